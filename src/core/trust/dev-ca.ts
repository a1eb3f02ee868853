import { createHash, KeyObject, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
// First, for the ASN.1 polyfill the next import needs.
import './asn1.ts';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate and its key; both PEM, the key PKCS #8 and a secret. */
export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
}

export interface DevelopmentCaRequest {
  /** Common name of the CA. */
  readonly name: string;
  readonly days: number;
  readonly now_ms: number;
  /** A cryptographic source, such as node:crypto's randomBytes. */
  readonly random: (size_bytes: number) => Uint8Array;
}

export interface IssueRequest {
  readonly ca: IssuedCertificate;
  readonly kind: 'server' | 'client';
  /** DNS names or IP addresses; the first is the common name too, where there is one. */
  readonly names: readonly string[];
  /** URI names, such as `spiffe://acme.example/erp`. */
  readonly uris: readonly string[];
  readonly days: number;
  readonly now_ms: number;
  readonly random: (size_bytes: number) => Uint8Array;
}

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Clocks of the machines on a bench differ a little. */
const BACKDATE_MS = 60_000;
const EXTENDED_KEY_USAGE = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;

/**
 * Makes a root CA (EC P-256, path length 0) for development and demonstration: its key is a plain file, so it is not
 * for production. Random bytes are for the serial; the key comes from the runtime's own source.
 */
export async function createDevelopmentCa(request: DevelopmentCaRequest): Promise<IssuedCertificate> {
  const keys = await generateKeys();
  const key_id = await keyIdentifier(keys.publicKey);
  const certificate = await X509CertificateGenerator.create({
    ...validity(request.now_ms, request.days),
    serialNumber: serialNumber(request.random),
    subject: [{ CN: [request.name] }],
    issuer: [{ CN: [request.name] }],
    publicKey: keys.publicKey,
    signingKey: keys.privateKey,
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new SubjectKeyIdentifierExtension(key_id),
    ],
  });
  return pemPair(certificate, keys.privateKey);
}

/**
 * Issues a leaf with everything a strict verifier asks for (RFC 5280 section 4.2), names in subjectAltName.
 *
 * @throws TypeError where neither a name nor a URI is given
 */
export async function issueDevelopmentCertificate(request: IssueRequest): Promise<IssuedCertificate> {
  if (request.names.length + request.uris.length === 0) throw new TypeError('a certificate needs a name or a URI');
  const ca = new X509Certificate(request.ca.cert);
  const keys = await generateKeys();
  const common_name = request.names[0] ?? request.uris[0] ?? request.kind;
  const certificate = await X509CertificateGenerator.create({
    ...validity(request.now_ms, request.days),
    serialNumber: serialNumber(request.random),
    // A common name is 64 characters at most (RFC 5280 appendix A.1); it is for people, nothing is decided by it.
    subject: [{ CN: [common_name.slice(0, 64)] }],
    issuer: ca.subjectName,
    publicKey: keys.publicKey,
    signingKey: await importKey(request.ca.key),
    signingAlgorithm: SIGNING_ALGORITHM,
    extensions: await leafExtensions(request, ca, keys.publicKey),
  });
  return pemPair(certificate, keys.privateKey);
}

async function leafExtensions(
  request: IssueRequest,
  ca: X509Certificate,
  key: webcrypto.CryptoKey,
): Promise<Extension[]> {
  const names = request.names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }));
  const uris = request.uris.map((value) => ({ type: 'url' as const, value }));
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([EXTENDED_KEY_USAGE[request.kind]], false),
    new SubjectAlternativeNameExtension([...names, ...uris], false),
    new SubjectKeyIdentifierExtension(await keyIdentifier(key)),
    new AuthorityKeyIdentifierExtension(issuerKeyIdentifier(ca)),
  ];
}

function issuerKeyIdentifier(ca: X509Certificate): string {
  const extension = ca.getExtension(SubjectKeyIdentifierExtension);
  if (!extension) throw new TypeError('the CA certificate has no subject key identifier');
  return extension.keyId;
}

/** RFC 7093 section 2 method 1: the left 160 bits of the SHA-256 of the key. */
async function keyIdentifier(key: webcrypto.CryptoKey): Promise<string> {
  const raw = await webcrypto.subtle.exportKey('raw', key);
  return createHash('sha256').update(new Uint8Array(raw)).digest('hex').slice(0, 40);
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign']);
}

/** 16 random bytes, positive and without a leading zero byte (RFC 5280 section 4.1.2.2), as hex. */
function serialNumber(random: (size_bytes: number) => Uint8Array): string {
  const bytes = Buffer.from(random(16));
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}

function validity(now_ms: number, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now_ms - BACKDATE_MS), notAfter: new Date(now_ms + days * DAY_MS) };
}

function pemPair(certificate: X509Certificate, key: webcrypto.CryptoKey): IssuedCertificate {
  const pem = KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' });
  return { cert: `${certificate.toString('pem')}\n`, key: pem.toString() };
}
