import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { Certificate, readBer } from './asn1.ts';
import { type Extensions, readExtensions } from './extensions.ts';
import { judgeKey, type KeyVerdict } from './key-policy.ts';
import { signatureHash } from './signature-policy.ts';

/** Largest certificate that is looked at; real ones are 400 to 4,000 bytes. */
export const MAX_CERTIFICATE_BYTES = 32_768;

/** The one thing reading a certificate throws. The message is for operators. */
export class CertificateUnreadable extends Error {}

/** SHA-256 of the DER, lower-case hex: the id of a certificate everywhere in the gate. */
export function thumbprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

/**
 * One certificate, read in two steps: names, times and key by OpenSSL at once, extensions when first asked for,
 * so that certificates which never become part of a path cost little. Immutable; safe to keep and share.
 */
export class ParsedCertificate {
  readonly der: Buffer;
  readonly thumbprint: string;
  readonly x509: X509Certificate;
  /** RFC 2253 escaped text, one attribute a line; empty where the name is empty. */
  readonly subject: string;
  readonly issuer: string;
  readonly not_before_ms: number;
  readonly not_after_ms: number;
  #key: { readonly public_key: KeyObject | null; readonly verdict: KeyVerdict } | undefined;
  #details: { readonly hash: string | null; readonly extensions: Extensions } | undefined;

  /** @throws CertificateUnreadable */
  constructor(der: Buffer) {
    this.der = der;
    this.thumbprint = thumbprint(der);
    this.x509 = openssl(der);
    // Empty names are absent in OpenSSL's view, whatever the type says.
    this.subject = (this.x509.subject as string | undefined) ?? '';
    this.issuer = (this.x509.issuer as string | undefined) ?? '';
    this.not_before_ms = this.x509.validFromDate.getTime();
    this.not_after_ms = this.x509.validToDate.getTime();
    if (!Number.isFinite(this.not_before_ms) || !Number.isFinite(this.not_after_ms)) {
      throw new CertificateUnreadable('the validity cannot be read');
    }
  }

  get serial(): string {
    return this.x509.serialNumber.toLowerCase();
  }

  get self_issued(): boolean {
    return this.subject === this.issuer;
  }

  /** Null where OpenSSL cannot read the key; then `key_verdict` refuses. */
  get public_key(): KeyObject | null {
    return this.#readKey().public_key;
  }

  get key_verdict(): KeyVerdict {
    return this.#readKey().verdict;
  }

  /** The hash of the signature, or null where its algorithm is not accepted. @throws CertificateUnreadable */
  get signature_hash(): string | null {
    return this.#readDetails().hash;
  }

  /** @throws CertificateUnreadable */
  get extensions(): Extensions {
    return this.#readDetails().extensions;
  }

  /** Whether the key of `issuer` made the signature; names, times and policies are not looked at. */
  isSignedBy(issuer: ParsedCertificate): boolean {
    if (!issuer.public_key) return false;
    try {
      return this.x509.verify(issuer.public_key);
    } catch {
      return false;
    }
  }

  #readKey() {
    this.#key ??= readKey(this.x509);
    return this.#key;
  }

  #readDetails() {
    this.#details ??= readDetails(this.der);
    return this.#details;
  }
}

function openssl(der: Buffer): X509Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) throw new CertificateUnreadable('the certificate is too large');
  let x509: X509Certificate;
  try {
    x509 = new X509Certificate(der);
  } catch {
    throw new CertificateUnreadable('not an X.509 certificate');
  }
  // OpenSSL also takes PEM and ignores what follows the certificate; the thumbprint must cover one certificate.
  if (!x509.raw.equals(der)) throw new CertificateUnreadable('not the DER of one certificate');
  return x509;
}

function readKey(x509: X509Certificate): { public_key: KeyObject | null; verdict: KeyVerdict } {
  try {
    const public_key = x509.publicKey;
    return { public_key, verdict: judgeKey(public_key) };
  } catch {
    return { public_key: null, verdict: { ok: false, reason: 'the public key cannot be read' } };
  }
}

function readDetails(der: Buffer): { hash: string | null; extensions: Extensions } {
  try {
    const certificate = readBer(der, Certificate);
    return { hash: signatureHash(certificate.signatureAlgorithm), extensions: readExtensions(certificate) };
  } catch (error) {
    throw new CertificateUnreadable(error instanceof Error ? error.message : 'unreadable');
  }
}
