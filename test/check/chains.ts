/** Judged chains put together by hand. */
import type { SentCertificate } from '../../src/check/tls/certificates/sent-certificate.ts';
import type { JudgedChain } from '../../src/check/tls/certificates/sent-chain.ts';
import type { Staple } from '../../src/check/tls/certificates/sent-staple.ts';
import type { TlsEvidence } from '../../src/check/tls/evidence.ts';
import { NOW_MS, SOUND } from './evidence.ts';

export const DAY_MS = 86_400_000;

const EXTENSIONS: NonNullable<SentCertificate['extensions']> = {
  critical: ['2.5.29.19'],
  ca: false,
  key_usage: { digital_signature: true, non_repudiation: false, cert_sign: false },
  extended_key_usage: ['1.3.6.1.5.5.7.3.1'],
  dns_names: ['api.example.org', '*.wild.example.org'],
  ip_addresses: ['192.0.2.7', '2001:db8::7'],
  has_ocsp_url: false,
  has_issuer_url: true,
  scts: 2,
  must_staple: false,
};

export const EC_KEY: SentCertificate['key'] = {
  type: 'ec',
  bits: 256,
  curve: 'prime256v1',
  exponent: null,
  is_roca: false,
  sha256: '11',
};

export const RSA_KEY: SentCertificate['key'] = { ...EC_KEY, type: 'rsa', bits: 2048, curve: null, exponent: 65_537n };

const LEAF: SentCertificate = {
  sha256: '01',
  subject: 'CN=api.example.org',
  issuer: 'CN=Middle',
  self_signed: false,
  serial: '01',
  not_before_ms: NOW_MS - 30 * DAY_MS,
  not_after_ms: NOW_MS + 60 * DAY_MS,
  key: EC_KEY,
  signature: { name: 'RSA with SHA-256', is_broken: false },
  extensions: EXTENSIONS,
};

const MIDDLE: SentCertificate = {
  ...LEAF,
  sha256: '02',
  subject: 'CN=Middle',
  issuer: 'CN=Root',
  key: RSA_KEY,
  extensions: { ...EXTENSIONS, ca: true, dns_names: [], ip_addresses: [], scts: 0 },
};

/** A sound chain of a public CA: a leaf and one intermediate. */
const CHAIN: JudgedChain = {
  version: 0x0303,
  server_name: 'api.example.org',
  proves_key: true,
  certificates: [LEAF, MIDDLE],
  left_out: 0,
  order: {
    path: [0, 1],
    extra: [],
    misordered: false,
    root_sent: false,
    end: 'complete',
    last_issuer: 'CN=Root',
  },
  public_trust: { trusted: true, root: 'CN=Root' },
  private_trust: null,
  staples: [],
  scts: 2,
};

/** As it should be: by the CA, good, and in time. */
const STAPLE: Staple = {
  response_status: 'successful',
  answer: {
    cert_status: 'good',
    revocation: null,
    this_update_ms: NOW_MS - DAY_MS,
    next_update_ms: NOW_MS + 6 * DAY_MS,
  },
  produced_at_ms: NOW_MS - DAY_MS,
  signature: {
    algorithm: { name: 'RSA with SHA-256', is_broken: false },
    holds: true,
    failure: null,
    signer: MIDDLE,
    delegated: false,
  },
};

interface StapleParts {
  readonly answer?: Partial<NonNullable<Staple['answer']>> | null;
  readonly signature?: Partial<NonNullable<Staple['signature']>>;
}

/** The sound response, but for these parts. */
export function staple({ answer, signature }: StapleParts = {}): Staple {
  return {
    ...STAPLE,
    answer: answer === null ? null : { ...STAPLE.answer!, ...answer },
    signature: { ...STAPLE.signature!, ...signature },
  };
}

/** What is no answer: an error of the responder, or null for what cannot be read. */
export function noAnswer(response_status: Exclude<Staple['response_status'], 'successful'>): Staple {
  return { response_status, answer: null, produced_at_ms: null, signature: null };
}

type Parts = Partial<Omit<JudgedChain, 'order' | 'certificates'>> & {
  readonly order?: Partial<NonNullable<JudgedChain['order']>>;
  readonly leaf?: Partial<SentCertificate>;
  readonly leaf_extensions?: Partial<typeof EXTENSIONS>;
  readonly middle?: Partial<SentCertificate>;
};

/** The sound chain, but for these parts. */
export function chain({ leaf, leaf_extensions, middle, order, ...rest }: Parts = {}): JudgedChain {
  const extensions = { ...EXTENSIONS, ...leaf_extensions };
  return {
    ...CHAIN,
    certificates: [
      { ...LEAF, extensions, ...leaf },
      { ...MIDDLE, ...middle },
    ],
    order: { ...CHAIN.order!, ...order },
    ...rest,
  };
}

/** A sound server that sends the sound chain, but for these parts. */
export function withChain(parts: Parts = {}, more: Partial<TlsEvidence> = {}): TlsEvidence {
  return { ...SOUND, certificates: [chain(parts)], ...more };
}

/** A server whose first certificate is none. */
export const UNREADABLE: TlsEvidence = {
  ...SOUND,
  certificates: [{ ...CHAIN, certificates: [null], order: null, public_trust: null }],
};

/** What a private CA issued; nobody gave its root. */
export const UNTRUSTED = { public_trust: { trusted: false, reason: 'no path leads to a root' } } as const;
/** What a private CA issued, whose root was given. */
export const PRIVATE = { ...UNTRUSTED, private_trust: { trusted: true, root: 'CN=Root' } } as const;
