import { KeyObject, webcrypto } from 'node:crypto';
// First, for the ASN.1 polyfill the next import needs.
import './asn1.ts';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { keyIdentifier, type RandomBytes, serialNumber, signLeaf } from './leaf.ts';

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
  readonly random: RandomBytes;
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
  readonly random: RandomBytes;
}

const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
/** Clocks of the machines on a bench differ a little. */
const BACKDATE_MS = 60_000;

/**
 * Makes a root CA (EC P-256, path length 0) for development and demonstration: its key is a plain file, so it is not
 * for production. Random bytes are for the serial; the key comes from the runtime's own source.
 */
export async function createDevelopmentCa(request: DevelopmentCaRequest): Promise<IssuedCertificate> {
  const keys = await generateKeys();
  const key_id = keyIdentifier(spkiOf(keys.publicKey));
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
  const { notBefore, notAfter } = validity(request.now_ms, request.days);
  const issuer = {
    certificate: Buffer.from(ca.rawData),
    key: await importKey(request.ca.key),
    hash: 'SHA-256',
  } as const;
  const certificate = await signLeaf(issuer, {
    kind: request.kind,
    public_key: spkiOf(keys.publicKey),
    common_name: request.names[0] ?? request.uris[0] ?? request.kind,
    names: request.names,
    uris: request.uris,
    not_before_ms: notBefore.getTime(),
    not_after_ms: notAfter.getTime(),
    random: request.random,
  });
  return pemPair(certificate, keys.privateKey);
}

function spkiOf(key: webcrypto.CryptoKey): Buffer {
  return KeyObject.from(key).export({ type: 'spki', format: 'der' });
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify']);
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, false, ['sign']);
}

function validity(now_ms: number, days: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now_ms - BACKDATE_MS), notAfter: new Date(now_ms + days * DAY_MS) };
}

function pemPair(certificate: X509Certificate, key: webcrypto.CryptoKey): IssuedCertificate {
  const pem = KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' });
  return { cert: `${certificate.toString('pem')}\n`, key: pem.toString() };
}
