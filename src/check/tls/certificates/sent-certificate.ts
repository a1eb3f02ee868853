/** A certificate in neutral words: what rules and reports need of it, and no bytes. */
import type { SignatureAlgorithm } from './signature-algorithms.ts';

export interface CertificateKey {
  /** As Node.js calls it, such as `rsa`, `ec`, `ed25519`; `unknown` where it cannot be read. */
  readonly type: string;
  /** 0 where the type has no size of its own. */
  readonly bits: number;
  /** As OpenSSL calls it; null for none, or one written out in numbers. */
  readonly curve: string | null;
  /** Of RSA; null elsewhere. */
  readonly exponent: bigint | null;
  /** Made by the flawed generator of CVE-2017-15361. */
  readonly is_roca: boolean;
  /** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
  readonly sha256: string;
}

/** What rules ask for of it (RFC 5280 section 4.2.1.3). */
export interface KeyUsage {
  readonly digital_signature: boolean;
  /** contentCommitment, or nonRepudiation of old. */
  readonly non_repudiation: boolean;
  readonly cert_sign: boolean;
}

/** Where an extension is not there, everything it could restrict is null. */
export interface CertificateExtensions {
  /** OIDs of those that are critical. */
  readonly critical: readonly string[];
  readonly ca: boolean;
  readonly key_usage: KeyUsage | null;
  /** OIDs. */
  readonly extended_key_usage: readonly string[] | null;
  /** Lower case; 256 at most, and so are the addresses. */
  readonly dns_names: readonly string[];
  /** In text, IPv6 as RFC 5952 has it. */
  readonly ip_addresses: readonly string[];
  readonly has_ocsp_url: boolean;
  /** Says where the certificate of its issuer is. */
  readonly has_issuer_url: boolean;
  /** Timestamps of Certificate Transparency within the certificate. */
  readonly scts: number;
  /** The server must bring an OCSP response (RFC 7633). */
  readonly must_staple: boolean;
}

export interface SentCertificate {
  /** SHA-256 of the DER, lower-case hex. */
  readonly sha256: string;
  /** One line, cut at 256 characters, as its owner wrote it. */
  readonly subject: string;
  readonly issuer: string;
  /** Subject and issuer are one name, and the key made the signature. */
  readonly self_signed: boolean;
  /** Lower-case hex. */
  readonly serial: string;
  readonly not_before_ms: number;
  readonly not_after_ms: number;
  readonly key: CertificateKey;
  /** Null for an algorithm without a name here. */
  readonly signature: SignatureAlgorithm | null;
  /** Null where they are not well-formed, or there are more than any certificate needs. */
  readonly extensions: CertificateExtensions | null;
}
