import type { KeyObject } from 'node:crypto';
import { hasRocaFingerprint } from './roca.ts';

/** A public key, as far as policies and records speak of it. */
export interface KeyFacts {
  readonly type: 'RSA' | 'RSA-PSS' | 'EC' | 'Ed25519' | 'Ed448';
  readonly bits: number;
}

/** The key is accepted, or why not (for operators; never holds key material). */
export type KeyVerdict =
  | { readonly ok: true; readonly facts: KeyFacts }
  | { readonly ok: false; readonly reason: string };

export const MIN_RSA_BITS = 2048;
/** Above this a verification costs a stranger nothing and us milliseconds. */
export const MAX_RSA_BITS = 8192;

const CURVE_BITS: ReadonlyMap<string, number> = new Map([
  ['prime256v1', 256],
  ['secp384r1', 384],
  ['secp521r1', 521],
]);

/**
 * The one policy for keys, ours and everybody's: RSA of 2048 to 8192 bits with an odd exponent from 65537 to
 * 2^32, NIST P-256, P-384, P-521 as named curves, Ed25519 and Ed448. All else is weak or unknown, and refused
 * (NIST SP 800-57 part 1 section 5.6.1, SP 800-131A; CA/Browser Forum BR 6.1.5 and 6.1.6).
 */
export function judgeKey(key: KeyObject): KeyVerdict {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return judgeRsa(key, 'RSA');
    case 'rsa-pss':
      return judgeRsa(key, 'RSA-PSS');
    case 'ec':
      return judgeCurve(key.asymmetricKeyDetails?.namedCurve);
    case 'ed25519':
      return { ok: true, facts: { type: 'Ed25519', bits: 256 } };
    case 'ed448':
      return { ok: true, facts: { type: 'Ed448', bits: 456 } };
    default:
      return weak(`key type ${key.asymmetricKeyType ?? 'unknown'} is not accepted`);
  }
}

function judgeRsa(key: KeyObject, type: 'RSA' | 'RSA-PSS'): KeyVerdict {
  const { modulusLength: bits = 0, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (bits < MIN_RSA_BITS) return weak(`RSA key of ${bits} bits; at least ${MIN_RSA_BITS} are required`);
  if (bits > MAX_RSA_BITS) return weak(`RSA key of ${bits} bits; at most ${MAX_RSA_BITS} are accepted`);
  const sane = exponent % 2n === 1n && exponent >= 65_537n && exponent <= 0x1_0000_0000n;
  if (!sane) return weak(`RSA public exponent ${exponent} is not an odd number from 65537 to 2^32`);
  // The modulus of an RSA-PSS key cannot be exported as JWK; the flawed generator made none of those.
  if (type === 'RSA' && hasRocaFingerprint(key)) return weak('RSA key has the ROCA weakness (CVE-2017-15361)');
  return { ok: true, facts: { type, bits } };
}

function judgeCurve(curve: string | undefined): KeyVerdict {
  const bits = curve === undefined ? undefined : CURVE_BITS.get(curve);
  if (bits === undefined) return weak(`elliptic curve ${curve ?? 'with explicit parameters'} is not accepted`);
  return { ok: true, facts: { type: 'EC', bits } };
}

function weak(reason: string): KeyVerdict {
  return { ok: false, reason };
}
