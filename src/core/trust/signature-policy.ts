import type { AlgorithmIdentifier } from './asn1.ts';

/** Signature hash by signature algorithm OID (RFC 3279, 4055, 5758, 8410). Whatever is not here is weak. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['1.3.101.112', 'ed25519'],
  ['1.3.101.113', 'ed448'],
]);

const RSASSA_PSS = '1.2.840.113549.1.1.10';

/** The SHA-2 hashes by the last number of their OID, 2.16.840.1.101.3.4.2.x. */
const SHA2: readonly (readonly [number, string])[] = [
  [1, 'sha256'],
  [2, 'sha384'],
  [3, 'sha512'],
];

/**
 * RSASSA-PSS parameters as hex (RFC 4055 section 3.1): the same SHA-2 hash for the message and for MGF1, with NULL
 * parameters or without (section 2.1 asks to accept both), then the salt length. Every field is present, for
 * the default of each would mean SHA-1.
 */
const PSS_PARAMETERS: readonly (readonly [RegExp, string])[] = SHA2.map(([last, name]) => {
  const oid = `060960864801650304020${last}`;
  const hash = `(?:300d${oid}0500|300b${oid})`;
  return [new RegExp(`^30..a0..${hash}a1..30..06092a864886f70d010108${hash}a2(?:030201..|040202....)$`), name];
});

/**
 * The hash a certificate signature rests on, such as `sha256`, or null where the algorithm is not accepted (MD5,
 * SHA-1, DSA, unknown ones, PSS with uneven parameters).
 */
export function signatureHash(algorithm: AlgorithmIdentifier): string | null {
  if (algorithm.algorithm !== RSASSA_PSS) return HASHES.get(algorithm.algorithm) ?? null;
  if (!algorithm.parameters) return null;
  const parameters = Buffer.from(algorithm.parameters).toString('hex');
  return PSS_PARAMETERS.find(([pattern]) => pattern.test(parameters))?.[1] ?? null;
}
