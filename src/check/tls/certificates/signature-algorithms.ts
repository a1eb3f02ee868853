/** What a certificate is signed with, by the OID of the algorithm (RFC 3279, 4055, 5758, 8410, 9881, 9909). */
export interface SignatureAlgorithm {
  /** As people call it. */
  readonly name: string;
  /** Collisions are made for it in practice, so that a signature over one text is one over another. */
  readonly is_broken: boolean;
}

const sound = (name: string): SignatureAlgorithm => ({ name, is_broken: false });
const broken = (name: string): SignatureAlgorithm => ({ name, is_broken: true });

const ALGORITHMS: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['1.2.840.113549.1.1.2', broken('RSA with MD2')],
  ['1.2.840.113549.1.1.4', broken('RSA with MD5')],
  ['1.2.840.113549.1.1.5', broken('RSA with SHA-1')],
  ['1.3.14.3.2.29', broken('RSA with SHA-1')],
  ['1.2.840.10040.4.3', broken('DSA with SHA-1')],
  ['1.2.840.10045.4.1', broken('ECDSA with SHA-1')],
  ['2.16.840.1.101.3.4.3.1', sound('DSA with SHA-224')],
  ['2.16.840.1.101.3.4.3.2', sound('DSA with SHA-256')],
  ['1.2.840.113549.1.1.14', sound('RSA with SHA-224')],
  ['1.2.840.113549.1.1.11', sound('RSA with SHA-256')],
  ['1.2.840.113549.1.1.12', sound('RSA with SHA-384')],
  ['1.2.840.113549.1.1.13', sound('RSA with SHA-512')],
  ['1.2.840.10045.4.3.1', sound('ECDSA with SHA-224')],
  ['1.2.840.10045.4.3.2', sound('ECDSA with SHA-256')],
  ['1.2.840.10045.4.3.3', sound('ECDSA with SHA-384')],
  ['1.2.840.10045.4.3.4', sound('ECDSA with SHA-512')],
  ['1.3.101.112', sound('Ed25519')],
  ['1.3.101.113', sound('Ed448')],
  ['2.16.840.1.101.3.4.3.17', sound('ML-DSA-44')],
  ['2.16.840.1.101.3.4.3.18', sound('ML-DSA-65')],
  ['2.16.840.1.101.3.4.3.19', sound('ML-DSA-87')],
]);

const RSASSA_PSS = '1.2.840.113549.1.1.10';

/** OIDs of SHA-2 (2.16.840.1.101.3.4.2.1 to 3), as DER, and what they are called. */
const PSS_HASHES: readonly (readonly [Buffer, string])[] = [
  [Buffer.from('0609608648016503040201', 'hex'), 'SHA-256'],
  [Buffer.from('0609608648016503040202', 'hex'), 'SHA-384'],
  [Buffer.from('0609608648016503040203', 'hex'), 'SHA-512'],
];

/**
 * @param parameters DER as it stands behind the OID
 * @returns null for an algorithm that has no name here
 */
export function signatureAlgorithm(oid: string, parameters: Buffer): SignatureAlgorithm | null {
  if (oid !== RSASSA_PSS) return ALGORITHMS.get(oid) ?? null;
  const hash = PSS_HASHES.find(([der]) => parameters.includes(der));
  // Without a hash of its own it is SHA-1 (RFC 4055 section 3.1).
  return hash === undefined ? broken('RSASSA-PSS with SHA-1') : sound(`RSASSA-PSS with ${hash[1]}`);
}
