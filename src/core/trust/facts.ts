import type { ParsedCertificate } from './certificate.ts';

/** What a client certificate says, for identification, policy and the record. */
export interface CertificateFacts {
  /** SHA-256 of the DER, lower-case hex. */
  readonly thumbprint: string;
  /** Serial number, lower-case hex. */
  readonly serial: string;
  /** URI names of subjectAltName, exactly as encoded. */
  readonly uris: readonly string[];
  /** DNS names of subjectAltName, lower case. */
  readonly dns_names: readonly string[];
  readonly not_before_ms: number;
  readonly not_after_ms: number;
  /** The earliest end of all certificates of the accepted path; of the leaf alone where none was accepted. */
  readonly path_not_after_ms: number;
  /** `RSA`, `RSA-PSS`, `EC`, `Ed25519`, `Ed448`, or `unaccepted`. */
  readonly key_type: string;
  /** 0 where the key is not accepted. */
  readonly key_bits: number;
  /** `sha256`, `sha384`, `sha512`, `ed25519`, `ed448`, or `unaccepted`. */
  readonly signature: string;
}

/** @throws CertificateUnreadable */
export function certificateFacts(leaf: ParsedCertificate, path: readonly ParsedCertificate[]): CertificateFacts {
  const { key_verdict, extensions } = leaf;
  return {
    thumbprint: leaf.thumbprint,
    serial: leaf.serial,
    uris: extensions.names.uris,
    dns_names: extensions.names.dns_names,
    not_before_ms: leaf.not_before_ms,
    not_after_ms: leaf.not_after_ms,
    path_not_after_ms: Math.min(leaf.not_after_ms, ...path.map((certificate) => certificate.not_after_ms)),
    key_type: key_verdict.ok ? key_verdict.facts.type : 'unaccepted',
    key_bits: key_verdict.ok ? key_verdict.facts.bits : 0,
    signature: leaf.signature_hash ?? 'unaccepted',
  };
}
