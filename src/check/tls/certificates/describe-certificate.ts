import { type AsymmetricKeyDetails, createHash, type KeyObject } from 'node:crypto';
import { hasRocaFingerprint, type ParsedCertificate } from '../../../core/trust/index.ts';
import { contentOf, elements, NotDer, oidText, TAG } from './der.ts';
import { readExtensions } from './read-extensions.ts';
import type { CertificateExtensions, CertificateKey, SentCertificate } from './sent-certificate.ts';
import { type SignatureAlgorithm, signatureAlgorithm } from './signature-algorithms.ts';

/** Never throws, whatever is within. */
export function describeCertificate(certificate: ParsedCertificate): SentCertificate {
  const { thumbprint, subject, issuer, serial, not_before_ms, not_after_ms } = certificate;
  return {
    sha256: thumbprint,
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    self_signed: isSelfSigned(certificate),
    serial,
    not_before_ms,
    not_after_ms,
    key: describeKey(certificate.public_key),
    ...describeDer(certificate.der),
  };
}

/** An RSA key larger than this costs more to use than any server has reason to ask for. */
const MAX_RSA_BITS = 16_384;

/** Its key is used once, and only where it is no key that was made to cost. */
export function isSelfSigned(certificate: ParsedCertificate): boolean {
  return certificate.self_issued && mayBeUsed(certificate.public_key) && certificate.isSignedBy(certificate);
}

/** Whether verifying a signature with this key is bounded work. */
export function mayBeUsed(key: KeyObject | null): boolean {
  const { modulusLength = 0, publicExponent = 0n } = detailsOf(key);
  return key !== null && modulusLength <= MAX_RSA_BITS && publicExponent <= 0x1_0000_0000n;
}

/**
 * Whether nobody but its owner can have made what verifies with this key. One that writes its curve out in numbers can be computed
 * to fit a signature of somebody else, by who chooses where the curve begins (CVE-2020-0601); RFC 5480 section 2.1.1 forbids it.
 */
export function provesSigner(key: KeyObject | null): boolean {
  return mayBeUsed(key) && (key?.asymmetricKeyType !== 'ec' || detailsOf(key).namedCurve !== undefined);
}

function detailsOf(key: KeyObject | null): AsymmetricKeyDetails {
  try {
    return key?.asymmetricKeyDetails ?? {};
  } catch {
    // Of a kind OpenSSL reads and Node.js does not know.
    return {};
  }
}

const MAX_NAME_CHARACTERS = 256;

function oneLine(name: string): string {
  return name.slice(0, MAX_NAME_CHARACTERS).replaceAll('\n', ', ');
}

const UNKNOWN_KEY: CertificateKey = {
  type: 'unknown',
  bits: 0,
  curve: null,
  exponent: null,
  is_roca: false,
  sha256: '',
};

const CURVE_BITS: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp256k1: 256,
  secp384r1: 384,
  secp521r1: 521,
  secp224r1: 224,
  prime192v1: 192,
  brainpoolP256r1: 256,
  brainpoolP384r1: 384,
  brainpoolP512r1: 512,
};

function describeKey(key: KeyObject | null): CertificateKey {
  if (key === null) return UNKNOWN_KEY;
  const type = key.asymmetricKeyType ?? 'unknown';
  const { modulusLength, namedCurve, publicExponent } = detailsOf(key);
  try {
    return {
      type,
      bits: modulusLength ?? CURVE_BITS[namedCurve ?? ''] ?? 0,
      curve: namedCurve ?? null,
      exponent: publicExponent ?? null,
      is_roca: type === 'rsa' && (modulusLength ?? 0) <= MAX_RSA_BITS && hasRocaFingerprint(key),
      sha256: createHash('sha256')
        .update(key.export({ type: 'spki', format: 'der' }))
        .digest('hex'),
    };
  } catch {
    // Some keys are read by OpenSSL and cannot be written again.
    return { ...UNKNOWN_KEY, type };
  }
}

type FromDer = Pick<SentCertificate, 'signature' | 'extensions'>;

function describeDer(der: Buffer): FromDer {
  try {
    const [body, algorithm] = elements(contentOf(der, TAG.sequence), 3);
    if (body === undefined || algorithm === undefined) throw new NotDer('no certificate');
    return { signature: namedAlgorithm(algorithm.content), extensions: extensionsOf(body.content) };
  } catch (error) {
    if (error instanceof NotDer) return { signature: null, extensions: null };
    throw error;
  }
}

/** @param content of an AlgorithmIdentifier @returns null for one without a name here @throws NotDer */
export function namedAlgorithm(content: Buffer): SignatureAlgorithm | null {
  const [oid] = elements(content, 2);
  if (oid?.tag !== TAG.oid) throw new NotDer('no algorithm');
  return signatureAlgorithm(oidText(oid.content), content.subarray(oid.whole.length));
}

const EXTENSIONS = 0xa3;

/** They stand last (RFC 5280 section 4.1). What is wrong with them leaves the rest of the certificate what it is. */
function extensionsOf(body: Buffer): CertificateExtensions | null {
  try {
    const last = elements(body, 10).at(-1);
    return readExtensions(last?.tag === EXTENSIONS ? last.content : null);
  } catch (error) {
    if (error instanceof NotDer) return null;
    throw error;
  }
}
