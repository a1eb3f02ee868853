import { CIPHER_SUITE_NAMES } from './cipher-suite-names.ts';

/** How the two ends come to a secret, as far as what a server sends of it is concerned. */
export type KeyExchangeKind = 'ecdhe' | 'dhe' | 'rsa-export' | 'other';

/** A cipher suite, with what its registered name says about it. */
export interface CipherSuite {
  readonly id: number;
  /** IANA's name, such as `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. */
  readonly name: string;
  /** Of TLS 1.3: names no key exchange, which always is an ephemeral one there. */
  readonly tls13: boolean;
  /** Defined for TLS 1.2 and not for what came before. */
  readonly needs_tls12: boolean;
  readonly aead: boolean;
  /** The key of the certificate alone does not open recorded traffic. */
  readonly forward_secret: boolean;
  readonly key_exchange: KeyExchangeKind;
  /** The key of the certificate that has to come with it; null where that is another, or none. */
  readonly certificate_key: 'rsa' | 'ecdsa' | null;
  /** Both ends know a secret beforehand: a ServerKeyExchange begins with a hint (RFC 4279). */
  readonly psk: boolean;
  /** What no server should take, or null: `anonymous`, `null`, `export`, `RC4`, `RC2`, `DES`, `3DES` or `IDEA`. */
  readonly broken: string | null;
}

const AEAD = /_(GCM|CCM|CCM_8|POLY1305|MGM_[LS])(_|$)|^AEGIS_/;

const SUITES: ReadonlyMap<number, CipherSuite> = new Map(
  CIPHER_SUITE_NAMES.trim()
    .split('\n')
    .map((line) => {
      const id = Number.parseInt(line.slice(0, 4), 16);
      return [id, suiteOf(id, line.slice(5))] as const;
    }),
);

/** Every suite of the registry. TLS_NULL_WITH_NULL_NULL is none: it is what a connection begins with. */
export const CIPHER_SUITES: readonly CipherSuite[] = [...SUITES.values()].filter(({ id }) => id !== 0);

/** The suite of a value, or null where the registry has none. */
export function cipherSuite(id: number): CipherSuite | null {
  return SUITES.get(id) ?? null;
}

/** The registered name, or `0x` and four hex digits where there is none. */
export function cipherSuiteName(id: number): string {
  return SUITES.get(id)?.name ?? `0x${id.toString(16).padStart(4, '0')}`;
}

function suiteOf(id: number, name: string): CipherSuite {
  const [exchange = '', cipher] = name.split('_WITH_');
  // RFC 9367 names a key exchange in suites of TLS 1.3 too.
  const tls13 = cipher === undefined || (id >= 0xc103 && id <= 0xc106);
  const aead = AEAD.test(name);
  const key_exchange = kindOf(exchange);
  return {
    id,
    name: `TLS_${name}`,
    tls13,
    needs_tls12: !tls13 && (aead || needsHashOfTls12(exchange, name)),
    aead,
    forward_secret: tls13 || key_exchange === 'dhe' || key_exchange === 'ecdhe' || /^(SRP|ECCPWD)/.test(exchange),
    key_exchange: tls13 ? 'other' : key_exchange,
    certificate_key: keyOf(exchange),
    psk: /(^|_)PSK(_|$)/.test(exchange),
    broken: brokenPart(exchange, cipher ?? name),
  };
}

/** RFC 5246 section 1.2; those with a pre-shared key may be used before TLS 1.2 as well (RFC 5487 section 3). */
function needsHashOfTls12(exchange: string, name: string): boolean {
  return /_(SHA256|SHA384)$/.test(name) && !/(^|_)PSK(_|$)/.test(exchange);
}

function kindOf(exchange: string): KeyExchangeKind {
  if (/^(ECDHE_|ECDH_anon)/.test(exchange)) return 'ecdhe';
  if (/^(DHE_|DH_anon|PSK_DHE)/.test(exchange)) return 'dhe';
  return exchange === 'RSA_EXPORT' ? 'rsa-export' : 'other';
}

function keyOf(exchange: string): CipherSuite['certificate_key'] {
  if (exchange === 'ECDHE_ECDSA') return 'ecdsa';
  return /^(RSA|(DHE|ECDHE)_RSA)(_|$)/.test(exchange) ? 'rsa' : null;
}

function brokenPart(exchange: string, cipher: string): string | null {
  if (/anon/.test(exchange)) return 'anonymous';
  if (/^NULL/.test(cipher) || /^SHA(256|384)_/.test(cipher)) return 'null';
  if (/EXPORT/.test(exchange)) return 'export';
  if (/^RC4/.test(cipher)) return 'RC4';
  if (/^RC2/.test(cipher)) return 'RC2';
  if (/^3DES/.test(cipher)) return '3DES';
  if (/^DES/.test(cipher)) return 'DES';
  return /^IDEA/.test(cipher) ? 'IDEA' : null;
}
