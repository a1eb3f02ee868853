/** End-entity certificates with everything a strict verifier asks for (RFC 5280 section 4.2). */

import { createHash, type webcrypto } from 'node:crypto';
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
import { readDer, SubjectPublicKeyInfo } from './asn1.ts';
import { subjectKeyIdentifier } from './ca-certificate.ts';

/** A source of random bytes, such as node:crypto's randomBytes. */
export type RandomBytes = (size_bytes: number) => Uint8Array;

/** Who signs. */
export interface LeafIssuer {
  /** DER of its certificate. */
  readonly certificate: Buffer;
  readonly key: webcrypto.CryptoKey;
  /** Where the key allows several. */
  readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512';
}

export interface LeafOrder {
  readonly kind: 'server' | 'client';
  /** SubjectPublicKeyInfo, DER. */
  readonly public_key: Buffer;
  /** For people, nothing is decided by it; 64 characters at most are kept (RFC 5280 appendix A.1). */
  readonly common_name: string;
  /** DNS names or IP addresses. */
  readonly names: readonly string[];
  readonly uris: readonly string[];
  /** Unix milliseconds; a certificate has whole seconds. */
  readonly not_before_ms: number;
  readonly not_after_ms: number;
  readonly random: RandomBytes;
}

const EXTENDED_KEY_USAGE = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const;
const COMMON_NAME_CHARACTERS = 64;

/** @throws TypeError where the issuer has no subject key identifier */
export function signLeaf(issuer: LeafIssuer, order: LeafOrder): Promise<X509Certificate> {
  return X509CertificateGenerator.create({
    notBefore: new Date(order.not_before_ms),
    notAfter: new Date(order.not_after_ms),
    serialNumber: serialNumber(order.random),
    subject: [{ CN: [order.common_name.slice(0, COMMON_NAME_CHARACTERS)] }],
    issuer: new X509Certificate(issuer.certificate).subjectName,
    publicKey: order.public_key,
    signingKey: issuer.key,
    signingAlgorithm: { name: issuer.key.algorithm.name, hash: issuer.hash },
    extensions: leafExtensions(issuer, order),
  });
}

function leafExtensions({ certificate }: LeafIssuer, order: LeafOrder): Extension[] {
  const names = order.names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }));
  const uris = order.uris.map((value) => ({ type: 'url' as const, value }));
  const issuer_key_id = subjectKeyIdentifier({ der: certificate });
  if (issuer_key_id === null) throw new TypeError('the CA certificate has no subject key identifier');
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([EXTENDED_KEY_USAGE[order.kind]], false),
    new SubjectAlternativeNameExtension([...names, ...uris], false),
    new SubjectKeyIdentifierExtension(keyIdentifier(order.public_key)),
    new AuthorityKeyIdentifierExtension(issuer_key_id),
  ];
}

/** RFC 7093 section 2 method 1: the left 160 bits of the SHA-256 of the key. */
export function keyIdentifier(spki: Buffer): string {
  const { subjectPublicKey } = readDer(spki, SubjectPublicKeyInfo);
  return createHash('sha256').update(new Uint8Array(subjectPublicKey)).digest('hex').slice(0, 40);
}

/** 16 random bytes, positive and without a leading zero byte (RFC 5280 section 4.1.2.2), as hex. */
export function serialNumber(random: RandomBytes): string {
  const bytes = Buffer.from(random(16));
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}
