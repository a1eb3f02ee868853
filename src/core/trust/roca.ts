import type { KeyObject } from 'node:crypto';

/** Small primes of the published test; the flawed generator made p = k * M + (65537^a mod M). */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
];

const GENERATOR = 65_537;

/** For each prime, the residues the generator reaches: the subgroup of 65537. */
const REACHED: readonly (readonly [bigint, ReadonlySet<number>])[] = PRIMES.map((prime) => [
  BigInt(prime),
  subgroup(prime),
]);

function subgroup(prime: number): ReadonlySet<number> {
  const residues = new Set<number>();
  for (let value = 1; !residues.has(value); value = (value * GENERATOR) % prime) residues.add(value);
  return residues;
}

/**
 * Whether an RSA modulus was made by the flawed library of CVE-2017-15361 (Nemec et al., "The Return of
 * Coppersmith's Attack", 2017): such keys are factored in practice. A sound key passes for one by chance in fewer
 * than 2^-27 cases.
 */
export function hasRocaFingerprint(key: KeyObject): boolean {
  const { n } = key.export({ format: 'jwk' });
  if (n === undefined) return false;
  return isRocaModulus(BigInt(`0x${Buffer.from(n, 'base64url').toString('hex')}`));
}

export function isRocaModulus(modulus: bigint): boolean {
  return REACHED.every(([prime, residues]) => residues.has(Number(modulus % prime)));
}
