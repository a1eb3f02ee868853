/**
 * Public keys as JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037): numbers, so that whoever holds secrets need not
 * parse what a stranger encoded.
 */

import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { judgeKey, type KeyFacts, MAX_RSA_BITS, MIN_RSA_BITS } from './key-policy.ts';

export type PublicJwk = z.infer<typeof publicJwk>;

export type JwkVerdict =
  | { readonly ok: true; readonly key: KeyObject; readonly facts: KeyFacts }
  /** For operators; never holds key material. */
  | { readonly ok: false; readonly reason: string };

const MOST_EXPONENT_BYTES = 5;

/** A number or point of `min` to `max` bytes, base64url in its only form (RFC 7515 section 2). */
function bytes(min: number, max = min) {
  const longest = Math.ceil((max * 4) / 3);
  return z
    .string()
    .max(longest)
    .regex(/^[A-Za-z0-9_-]+$/)
    .refine((text) => {
      const value = Buffer.from(text, 'base64url');
      return value.length >= min && value.length <= max && value.toString('base64url') === text;
    });
}

const curve = <Name extends string>(crv: Name, size_bytes: number) =>
  z.strictObject({ kty: z.literal('EC'), crv: z.literal(crv), x: bytes(size_bytes), y: bytes(size_bytes) });

const edwards = <Name extends string>(crv: Name, size_bytes: number) =>
  z.strictObject({ kty: z.literal('OKP'), crv: z.literal(crv), x: bytes(size_bytes) });

/** The members of a public key and no others: a private one is no key that anybody should be sent. */
export const publicJwk = z.union([
  curve('P-256', 32),
  curve('P-384', 48),
  curve('P-521', 66),
  edwards('Ed25519', 32),
  edwards('Ed448', 57),
  z.strictObject({
    kty: z.literal('RSA'),
    n: bytes(MIN_RSA_BITS / 8, MAX_RSA_BITS / 8),
    e: bytes(1, MOST_EXPONENT_BYTES),
  }),
]);

/** Reads a key strictly and holds it to the policy for keys. Never throws, whatever the value is. */
export function readPublicJwk(value: unknown): JwkVerdict {
  const read = publicJwk.safeParse(value);
  if (!read.success) return refused('not a public key of an accepted type in the form of a JSON Web Key');
  const jwk = read.data;
  if (jwk.kty === 'RSA' && ![jwk.n, jwk.e].every(isOdd))
    return refused('a number of the RSA key is even, or begins with zeros');
  if (jwk.kty === 'OKP' && isLowOrder(jwk)) return refused('the public key is a point of low order');
  let key: KeyObject;
  try {
    // Refuses what is no point of its curve.
    key = createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return refused('the numbers are no key of that type');
  }
  const verdict = judgeKey(key);
  return verdict.ok ? { ok: true, key, facts: verdict.facts } : refused(verdict.reason);
}

/** Written without leading zeros (RFC 7518 section 2). */
function isOdd(number: string): boolean {
  const value = Buffer.from(number, 'base64url');
  return value[0] !== 0 && ((value.at(-1) ?? 0) & 1) === 1;
}

const FIELDS = { Ed25519: 2n ** 255n - 19n, Ed448: 2n ** 448n - 2n ** 224n - 1n } as const;

/** The ordinate of the points of order 8 of Ed25519, one of each sign; Ed448 has none of that order. */
const ORDER_8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n;

/** Under such a key everybody can sign (RFC 8032 has eight such points for Ed25519, four for Ed448). */
function isLowOrder({ crv, x }: { readonly crv: keyof typeof FIELDS; readonly x: string }): boolean {
  const encoded = Buffer.from(x, 'base64url');
  // The highest bit is the sign of the other coordinate.
  encoded[encoded.length - 1]! &= 0x7f;
  const field = FIELDS[crv];
  const ordinate = BigInt(`0x${encoded.reverse().toString('hex')}`) % field;
  const low = [0n, 1n, field - 1n, ...(crv === 'Ed25519' ? [ORDER_8, field - ORDER_8] : [])];
  return low.includes(ordinate);
}

function refused(reason: string): JwkVerdict {
  return { ok: false, reason };
}
