import { constants, type KeyObject, type SignKeyObjectInput, verify, X509Certificate } from 'node:crypto';
import type { CertificateVerify } from './tls13-messages.ts';

/** SignatureScheme (RFC 8446 section 4.2.3) by the hash it signs; null for those that hash by themselves. */
const HASHES: ReadonlyMap<number, string | null> = new Map<number, string | null>([
  [0x0403, 'sha256'],
  [0x0503, 'sha384'],
  [0x0603, 'sha512'],
  [0x0804, 'sha256'],
  [0x0805, 'sha384'],
  [0x0806, 'sha512'],
  [0x0809, 'sha256'],
  [0x080a, 'sha384'],
  [0x080b, 'sha512'],
  [0x081a, 'sha256'],
  [0x081b, 'sha384'],
  [0x081c, 'sha512'],
  [0x0807, null],
  [0x0808, null],
]);

/**
 * Whether the server has the key of the certificate it sent (RFC 8446 section 4.4.3).
 *
 * @param transcript_hash of all messages up to its Certificate
 * @returns null where it cannot be told: a certificate that cannot be read, a scheme that is not known here
 */
export function provesKey(leaf: Buffer, proof: CertificateVerify, transcript_hash: Buffer): boolean | null {
  const hash = HASHES.get(proof.scheme);
  if (hash === undefined) return null;
  let key: KeyObject;
  try {
    key = new X509Certificate(leaf).publicKey;
  } catch {
    return null;
  }
  const context = Buffer.from('TLS 1.3, server CertificateVerify\0', 'latin1');
  const signed = Buffer.concat([Buffer.alloc(64, 0x20), context, transcript_hash]);
  try {
    return verify(hash, signed, { key, ...paddingOf(proof.scheme) }, proof.signature);
  } catch {
    return false;
  }
}

/** RSASSA-PSS with a salt as long as the hash. */
export function paddingOf(scheme: number): Partial<SignKeyObjectInput> {
  const is_pss = (scheme >= 0x0804 && scheme <= 0x0806) || (scheme >= 0x0809 && scheme <= 0x080b);
  if (!is_pss) return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}
