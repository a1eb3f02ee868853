import { constants, type KeyObject, type SignKeyObjectInput, verify, X509Certificate } from 'node:crypto';
import type { CertificateVerify } from './tls13-messages.ts';

interface Scheme {
  /** Null for those that hash by themselves. */
  readonly hash: string | null;
  /** As node:crypto calls the type of a key. */
  readonly key: string;
  readonly curve?: string;
}

/** SignatureScheme of TLS 1.3, each bound to a kind of key (RFC 8446 section 4.2.3, RFC 8734 section 3). */
const SCHEMES: ReadonlyMap<number, Scheme> = new Map<number, Scheme>([
  [0x0403, { hash: 'sha256', key: 'ec', curve: 'prime256v1' }],
  [0x0503, { hash: 'sha384', key: 'ec', curve: 'secp384r1' }],
  [0x0603, { hash: 'sha512', key: 'ec', curve: 'secp521r1' }],
  [0x0804, { hash: 'sha256', key: 'rsa' }],
  [0x0805, { hash: 'sha384', key: 'rsa' }],
  [0x0806, { hash: 'sha512', key: 'rsa' }],
  [0x0809, { hash: 'sha256', key: 'rsa-pss' }],
  [0x080a, { hash: 'sha384', key: 'rsa-pss' }],
  [0x080b, { hash: 'sha512', key: 'rsa-pss' }],
  [0x081a, { hash: 'sha256', key: 'ec', curve: 'brainpoolP256r1' }],
  [0x081b, { hash: 'sha384', key: 'ec', curve: 'brainpoolP384r1' }],
  [0x081c, { hash: 'sha512', key: 'ec', curve: 'brainpoolP512r1' }],
  [0x0807, { hash: null, key: 'ed25519' }],
  [0x0808, { hash: null, key: 'ed448' }],
]);

/**
 * Whether the server has the key of the certificate it sent (RFC 8446 section 4.4.3).
 *
 * @param transcript_hash of all messages up to its Certificate
 * @returns null where it cannot be told: a certificate that cannot be read, a scheme that is not known here
 */
export function provesKey(leaf: Buffer, proof: CertificateVerify, transcript_hash: Buffer): boolean | null {
  const scheme = SCHEMES.get(proof.scheme);
  if (scheme === undefined) return null;
  let key: KeyObject;
  try {
    key = new X509Certificate(leaf).publicKey;
  } catch {
    return null;
  }
  if (!isOf(key, scheme)) return false;
  const context = Buffer.from('TLS 1.3, server CertificateVerify\0', 'latin1');
  const signed = Buffer.concat([Buffer.alloc(64, 0x20), context, transcript_hash]);
  try {
    return verify(scheme.hash, signed, { key, ...paddingOf(proof.scheme) }, proof.signature);
  } catch {
    return false;
  }
}

function isOf(key: KeyObject, { key: type, curve }: Scheme): boolean {
  return key.asymmetricKeyType === type && key.asymmetricKeyDetails?.namedCurve === curve;
}

/** RSASSA-PSS with a salt as long as the hash. */
export function paddingOf(scheme: number): Partial<SignKeyObjectInput> {
  const is_pss = (scheme >= 0x0804 && scheme <= 0x0806) || (scheme >= 0x0809 && scheme <= 0x080b);
  if (!is_pss) return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}
