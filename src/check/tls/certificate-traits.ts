import { X509Certificate } from 'node:crypto';

/** What policies ask of a certificate, read from its DER. */
export interface CertificateTraits {
  /** `rsa`, `ed25519`, or the curve by the registered name of its group. */
  readonly key: string;
  /** Of an RSA modulus; null for other keys. */
  readonly rsa_bits: number | null;
  /** As OpenSSL names it: `sha256WithRSAEncryption`. */
  readonly signature: string;
  /** From the first moment to the last. */
  readonly days: number;
}

/** OpenSSL calls the curve by the name X9.62 has for it. */
const CURVES: ReadonlyMap<string, string> = new Map([['prime256v1', 'secp256r1']]);
const DAY_MS = 86_400_000;

/** @returns null for what is no certificate, or holds a key that cannot be read */
export function certificateTraits(der: Buffer): CertificateTraits | null {
  try {
    const { publicKey, signatureAlgorithm, validFromDate, validToDate } = new X509Certificate(der);
    const { asymmetricKeyType: type = '', asymmetricKeyDetails: details = {} } = publicKey;
    const curve = details.namedCurve;
    return {
      key: curve === undefined ? type : (CURVES.get(curve) ?? curve),
      rsa_bits: details.modulusLength ?? null,
      signature: signatureAlgorithm ?? '',
      days: (validToDate.getTime() - validFromDate.getTime()) / DAY_MS,
    };
  } catch {
    return null;
  }
}
