import { randomBytes, webcrypto } from 'node:crypto';
import '../../src/core/trust/asn1.ts';
import { AsnConvert } from '@peculiar/asn1-schema';
import { GeneralName, GeneralSubtree, GeneralSubtrees, NameConstraints } from '@peculiar/asn1-x509';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  type GeneralNameType,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

export { Extension };

/** The moment all tests happen at. */
export const NOW_MS = Date.UTC(2026, 5, 1, 12);
export const DAY_MS = 86_400_000;
export const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
export const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

export type KeyKind = 'P-256' | 'P-384' | 'RSA-2048' | 'RSA-1024' | 'RSA-PSS' | 'RSA-e3' | 'Ed25519';

/** A certificate made to order, with the keys behind it. */
export interface Forged {
  readonly name: string;
  readonly der: Buffer;
  readonly pem: string;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly kind: KeyKind;
}

export interface Order {
  readonly name: string;
  /** Absent: self-signed. */
  readonly issuer?: Forged;
  /** Key pair to certify again, for cross-certificates. */
  readonly keys?: webcrypto.CryptoKeyPair;
  readonly kind?: KeyKind;
  readonly hash?: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
  readonly from_days?: number;
  readonly to_days?: number;
  readonly ca?: boolean;
  readonly path_length?: number;
  /** null: no extension. */
  readonly key_usage?: number | null;
  readonly extended_key_usage?: readonly string[] | null;
  readonly names?: readonly { type: GeneralNameType; value: string }[];
  readonly constraints?: { permitted?: readonly GeneralName[]; excluded?: readonly GeneralName[] };
  readonly critical?: boolean;
  readonly extra?: readonly Extension[];
  readonly bare?: boolean;
}

const ALGORITHMS = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  'P-384': { name: 'ECDSA', namedCurve: 'P-384' },
  'RSA-2048': {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
  'RSA-1024': {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
  'RSA-PSS': { name: 'RSA-PSS', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
  'RSA-e3': { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([3]), hash: 'SHA-256' },
  Ed25519: { name: 'Ed25519' },
} as const;

export async function makeKeys(kind: KeyKind, hash = 'SHA-256'): Promise<webcrypto.CryptoKeyPair> {
  const algorithm = { ...ALGORITHMS[kind], ...('hash' in ALGORITHMS[kind] ? { hash } : {}) };
  return (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}

function signing(kind: KeyKind, hash: string) {
  if (kind === 'Ed25519') return { name: 'Ed25519' };
  if (kind === 'RSA-PSS') return { name: 'RSA-PSS', hash, saltLength: 32 };
  return { name: ALGORITHMS[kind].name, hash };
}

/** Makes a certificate with good defaults: a leaf for clients, or a CA. What a test wants wrong, it orders. */
export async function forge(order: Order): Promise<Forged> {
  const kind = order.kind ?? 'P-256';
  const hash = order.hash ?? 'SHA-256';
  // The hash of an RSA key object binds its signatures, so a CA that signs with SHA-1 has a SHA-1 key object.
  const keys = order.keys ?? (await makeKeys(kind, hash));
  const certificate = await X509CertificateGenerator.create({
    serialNumber: `40${randomBytes(15).toString('hex')}`,
    notBefore: new Date(NOW_MS + (order.from_days ?? -1) * DAY_MS),
    notAfter: new Date(NOW_MS + (order.to_days ?? 30) * DAY_MS),
    subject: `CN=${order.name}`,
    issuer: `CN=${order.issuer?.name ?? order.name}`,
    publicKey: keys.publicKey,
    signingKey: (order.issuer?.keys ?? keys).privateKey,
    signingAlgorithm: signing(order.issuer?.kind ?? kind, hash),
    extensions: order.bare ? [...(order.extra ?? [])] : await extensionsOf(order, keys.publicKey),
  });
  const der = Buffer.from(certificate.rawData);
  return { name: order.name, der, pem: `${certificate.toString('pem')}\n`, keys, kind };
}

async function extensionsOf(order: Order, key: webcrypto.CryptoKey): Promise<Extension[]> {
  const ca = order.ca ?? false;
  const usage =
    order.key_usage ?? (ca ? KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign : KeyUsageFlags.digitalSignature);
  const extended = order.extended_key_usage === undefined ? (ca ? null : [CLIENT_AUTH]) : order.extended_key_usage;
  return [
    new BasicConstraintsExtension(ca, order.path_length, true),
    ...(order.key_usage === null ? [] : [new KeyUsagesExtension(usage, true)]),
    ...(extended ? [new ExtendedKeyUsageExtension([...extended])] : []),
    ...(order.names ? [new SubjectAlternativeNameExtension([...order.names])] : []),
    ...(order.constraints ? [nameConstraints(order.constraints, order.critical ?? true)] : []),
    await SubjectKeyIdentifierExtension.create(key),
    ...(order.issuer ? [await AuthorityKeyIdentifierExtension.create(order.issuer.keys.publicKey)] : []),
    ...(order.extra ?? []),
  ];
}

function nameConstraints({ permitted, excluded }: NonNullable<Order['constraints']>, critical: boolean): Extension {
  const subtrees = (bases: readonly GeneralName[]) =>
    new GeneralSubtrees(bases.map((base) => new GeneralSubtree({ base })));
  const value = new NameConstraints({
    ...(permitted ? { permittedSubtrees: subtrees(permitted) } : {}),
    ...(excluded ? { excludedSubtrees: subtrees(excluded) } : {}),
  });
  return new Extension('2.5.29.30', critical, AsnConvert.serialize(value));
}

export const dnsBase = (dNSName: string) => new GeneralName({ dNSName });
export const uriBase = (uniformResourceIdentifier: string) => new GeneralName({ uniformResourceIdentifier });
export const mailBase = (rfc822Name: string) => new GeneralName({ rfc822Name });
export const spiffe = (value: string) => [{ type: 'url' as const, value }];
export const dns = (value: string) => [{ type: 'dns' as const, value }];
