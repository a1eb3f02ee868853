import { constants, createHash, type KeyObject, publicDecrypt, verify, X509Certificate } from 'node:crypto';
import { ByteReader, Truncated } from './byte-reader.ts';
import { cipherSuite } from './cipher-suites.ts';
import { paddingOf } from './proof-of-key.ts';
import { TLS_1_2 } from './versions.ts';

/** A signed ServerKeyExchange, and what its signature covers. */
export interface SignedKeyExchange {
  /** DER. */
  readonly leaf: Buffer;
  readonly cipher_suite: number;
  /** 0x0300 to 0x0303. */
  readonly version: number;
  /** 32 bytes each. */
  readonly client_random: Buffer;
  readonly server_random: Buffer;
  /** The body of the message. */
  readonly body: Buffer;
}

/**
 * Whether the server has the key of the certificate it sent, before TLS 1.3: the parameters of an ephemeral key exchange are signed with it,
 * together with the randoms of both hellos (RFC 5246 section 7.4.3, RFC 4346 section 7.4.3, RFC 8422 section 5.4).
 *
 * @returns null where it cannot be told: a suite without such a signature, a message or certificate that cannot be read
 */
export function provesKeyExchange(signed: SignedKeyExchange): boolean | null {
  const parts = partsOf(signed);
  const key = keyOf(signed.leaf);
  if (parts === null || key === null) return null;
  const { params, scheme, signature } = parts;
  const covered = Buffer.concat([signed.client_random, signed.server_random, params]);
  try {
    return scheme === null ? verifyOld(key, covered, signature) : verifyScheme(key, scheme, covered, signature);
  } catch {
    return false;
  }
}

interface Parts {
  readonly params: Buffer;
  /** SignatureScheme; null before TLS 1.2. */
  readonly scheme: number | null;
  readonly signature: Buffer;
}

const NAMED_CURVE = 3;

function partsOf({ cipher_suite, version, body }: SignedKeyExchange): Parts | null {
  const suite = cipherSuite(cipher_suite);
  if (suite === null || suite.psk) return null;
  const reader = new ByteReader(body);
  try {
    if (suite.key_exchange === 'ecdhe') {
      if (reader.uint8() !== NAMED_CURVE) return null;
      reader.uint16();
      reader.vector8();
    } else if (suite.key_exchange === 'dhe') for (let part = 0; part < 3; part++) reader.vector16();
    else return null;
    const before = reader.left;
    const params = body.subarray(0, body.length - before);
    const scheme = version === TLS_1_2 ? reader.uint16() : null;
    const signature = reader.vector16().rest();
    return reader.done ? { params, scheme, signature } : null;
  } catch (error) {
    if (error instanceof Truncated) return null;
    throw error;
  }
}

function keyOf(leaf: Buffer): KeyObject | null {
  try {
    return new X509Certificate(leaf).publicKey;
  } catch {
    return null;
  }
}

/** HashAlgorithm (RFC 5246 section 7.4.1.4.1). */
const HASHES = [null, 'md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;
const FIRST_SCHEME_OF_TLS13 = 0x0804;

function verifyScheme(key: KeyObject, scheme: number, covered: Buffer, signature: Buffer): boolean | null {
  if (scheme >= FIRST_SCHEME_OF_TLS13) {
    const hash = scheme === 0x0807 || scheme === 0x0808 ? null : PSS_HASHES[scheme];
    if (hash === undefined) return null;
    return verify(hash, covered, { key, ...paddingOf(scheme) }, signature);
  }
  const hash = HASHES[scheme >> 8];
  return hash === null || hash === undefined ? null : verify(hash, covered, key, signature);
}

const PSS_HASHES: Readonly<Record<number, string>> = {
  [0x0804]: 'sha256',
  [0x0805]: 'sha384',
  [0x0806]: 'sha512',
  [0x0809]: 'sha256',
  [0x080a]: 'sha384',
  [0x080b]: 'sha512',
};

/** RFC 4346 section 7.4.3: with RSA both hashes, one after the other and without a name, else SHA-1. */
function verifyOld(key: KeyObject, covered: Buffer, signature: Buffer): boolean {
  if (key.asymmetricKeyType !== 'rsa') return verify('sha1', covered, key, signature);
  const expected = Buffer.concat(['md5', 'sha1'].map((hash) => createHash(hash).update(covered).digest()));
  return publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature).equals(expected);
}
