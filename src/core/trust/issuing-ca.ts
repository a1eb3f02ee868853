/** A CA that certifies machines: it takes numbers and a URI, and gives a certificate that this gate accepts. */

import type { KeyObject, webcrypto } from 'node:crypto';
import type { IssueCode } from '../errors/index.ts';
import { createTrustStore, type TrustBundle } from './anchors.ts';
import { ParsedCertificate } from './certificate.ts';
import { verifyClientChain } from './chain.ts';
import type { CertificateFacts } from './facts.ts';
import { type LeafIssuer, type RandomBytes, signLeaf } from './leaf.ts';
import { readPem, writePem } from './pem.ts';
import { readPublicJwk } from './public-jwk.ts';

export interface IssuingCaOptions {
  /** PEM text, the certificate of the CA first. */
  readonly certificate: string;
  readonly key: KeyObject;
  /** The bundle that vouches for it. */
  readonly trust: TrustBundle;
  /** Of what it issues, in milliseconds; never beyond the CA's own end. */
  readonly validity_ms: number;
  /** When certificate and bundle were judged: what has expired since is no reason not to open. */
  readonly judged_ms: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly random: RandomBytes;
}

export interface CaOrder {
  /** A public key as a JSON Web Key; whatever it is, it is read strictly. */
  readonly key: unknown;
  /** The one name. */
  readonly uri: string;
  /** For people. */
  readonly common_name: string;
}

export type Issued =
  | {
      readonly ok: true;
      /** PEM. */
      readonly certificate: string;
      /** Lower-case hex. */
      readonly serial: string;
      /** SHA-256 of its DER, lower-case hex. */
      readonly thumbprint: string;
      readonly not_before_ms: number;
      readonly not_after_ms: number;
    }
  | {
      readonly ok: false;
      readonly code: Extract<IssueCode, 'ISSUE_KEY' | 'ISSUE_CA_TIME' | 'ISSUE_CHAIN'>;
      readonly reason: string;
    };

export interface IssuingCa {
  /** Never rejects for what an order holds. */
  issue(order: CaOrder): Promise<Issued>;
}

/** Clocks of partners differ a little. */
const BACKDATE_MS = 5 * 60_000;
/** From where on an RSA key is stronger than SHA-256 signs (NIST SP 800-57 part 1 section 5.6.1). */
const LONG_RSA_BITS = 3072;

/** @throws LoadError where the bundle is none that was judged */
export function openIssuingCa(options: IssuingCaOptions): IssuingCa {
  const { trust, validity_ms, judged_ms, now, random } = options;
  const ca = new ParsedCertificate(readPem(options.certificate)![0]!.der);
  const issuer = issuerOf(ca, options.key);
  const store = createTrustStore([trust], { now_ms: judged_ms });

  /** What a library signed is proven again as it will be when the machine comes. */
  function prove(der: Buffer, uri: string, key: KeyObject, now_ms: number): CertificateFacts | string {
    const verdict = verifyClientChain({ leaf: der, presented: [], store, now_ms });
    if (!verdict.ok) return `a machine that came with it would be refused with ${verdict.code}`;
    const { uris, dns_names } = verdict.facts;
    const as_ordered = uris.length === 1 && uris[0] === uri && dns_names.length === 0;
    const same_key = new ParsedCertificate(der).public_key?.equals(key) ?? false;
    return as_ordered && same_key ? verdict.facts : 'it does not say what was ordered';
  }

  return {
    async issue({ key: jwk, uri, common_name }) {
      const read = readPublicJwk(jwk);
      if (!read.ok) return { ok: false, code: 'ISSUE_KEY', reason: read.reason };
      const now_ms = now();
      if (!(ca.not_before_ms <= now_ms && now_ms <= ca.not_after_ms)) {
        return { ok: false, code: 'ISSUE_CA_TIME', reason: `the certificate of the CA is valid ${period(ca)}` };
      }
      const signed = await signLeaf(issuer, {
        kind: 'client',
        public_key: read.key.export({ type: 'spki', format: 'der' }),
        common_name,
        names: [],
        uris: [uri],
        not_before_ms: Math.max(now_ms - BACKDATE_MS, ca.not_before_ms),
        not_after_ms: Math.min(now_ms + validity_ms, ca.not_after_ms),
        random,
      });
      const der = Buffer.from(signed.rawData);
      const facts = prove(der, uri, read.key, now_ms);
      if (typeof facts === 'string') return { ok: false, code: 'ISSUE_CHAIN', reason: facts };
      const { serial, thumbprint, not_before_ms, not_after_ms } = facts;
      const certificate = writePem('CERTIFICATE', der);
      return { ok: true, certificate, serial, thumbprint, not_before_ms, not_after_ms };
    },
  };
}

function period({ not_before_ms, not_after_ms }: ParsedCertificate): string {
  return `from ${new Date(not_before_ms).toISOString()} to ${new Date(not_after_ms).toISOString()}`;
}

/** The hash fits the key: RFC 5758 section 3.2, and FIPS 186-5 for RSA. */
function issuerOf({ der, key_verdict }: ParsedCertificate, key: KeyObject): LeafIssuer {
  const { type, bits } = key_verdict.ok ? key_verdict.facts : { type: 'none', bits: 0 };
  const importAs = (algorithm: Parameters<KeyObject['toCryptoKey']>[0], hash: LeafIssuer['hash']): LeafIssuer => ({
    certificate: der,
    key: key.toCryptoKey(algorithm, false, ['sign']) as webcrypto.CryptoKey,
    hash,
  });
  if (type === 'RSA') {
    const hash = bits > LONG_RSA_BITS ? 'SHA-384' : 'SHA-256';
    return importAs({ name: 'RSASSA-PKCS1-v1_5', hash }, hash);
  }
  if (type === 'Ed25519') return importAs({ name: 'Ed25519' }, 'SHA-512');
  const hash = bits > 384 ? 'SHA-512' : bits > 256 ? 'SHA-384' : 'SHA-256';
  return importAs({ name: 'ECDSA', namedCurve: `P-${bits}` }, hash);
}
