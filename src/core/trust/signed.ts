/** Signatures over DER as certificates, requests and responses have them: what is signed, an AlgorithmIdentifier, and a BIT STRING. */

import { constants, type KeyObject, verify } from 'node:crypto';
import { AlgorithmIdentifier, readDer } from './asn1.ts';
import { signatureHash } from './signature-policy.ts';

export interface Signed {
  /** What the signature covers. */
  readonly info: Uint8Array;
  /** DER of the AlgorithmIdentifier. */
  readonly algorithm: Uint8Array;
  /** Without the octet that counts unused bits. */
  readonly signature: Uint8Array;
}

/**
 * - `unreadable`: the algorithm is not the DER of an AlgorithmIdentifier
 * - `not-accepted`: the algorithm is unknown, or rests on a hash that was not asked for
 * - `other-key`: the algorithm is not one for a key of this kind
 * - `parameters`: the algorithm has parameters that it does not have
 * - `broken`: the signature does not verify
 */
export type SignatureFailure = 'unreadable' | 'not-accepted' | 'other-key' | 'parameters' | 'broken';

/** Failed, and the OID of the algorithm; empty where it cannot be read. */
export interface SignatureFailed {
  readonly failure: SignatureFailure;
  readonly oid: string;
}

const NULL = Buffer.from('0500', 'hex');
const RSASSA_PSS = '1.2.840.113549.1.1.10';
const PKCS1 = '1.2.840.113549.1.1.';

/** The keys that an algorithm is for, by how its OID begins, the longest first (RFC 4055, 5758, 8410). */
const FAMILIES: readonly (readonly [string, readonly string[]])[] = [
  [RSASSA_PSS, ['rsa', 'rsa-pss']],
  [PKCS1, ['rsa']],
  ['1.2.840.10045.4.', ['ec']],
  ['1.3.101.112', ['ed25519']],
  ['1.3.101.113', ['ed448']],
];

/** What is no longer accepted, and is verified where it is told beside the result (RFC 3279 section 2.2). */
const SHA1: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.5', 'sha1'],
  ['1.2.840.10045.4.1', 'sha1'],
]);

/**
 * Verifies a signature by the algorithms of the signature policy. The key itself is not judged: who calls it has done so, for
 * one that was made to cost does.
 *
 * @param with_sha1 verifies RSA and ECDSA with SHA-1 too, for who says so of what it found
 * @returns null where it verifies. Never throws for what is signed or its signature
 */
export function verifySigned(signed: Signed, key: KeyObject, with_sha1 = false): SignatureFailed | null {
  let identifier: AlgorithmIdentifier;
  try {
    identifier = readDer(signed.algorithm, AlgorithmIdentifier);
  } catch {
    return { failure: 'unreadable', oid: '' };
  }
  const { algorithm: oid } = identifier;
  const hash = signatureHash(identifier) ?? (with_sha1 ? SHA1.get(oid) : undefined);
  if (hash === undefined || hash === null) return { failure: 'not-accepted', oid };
  const [, types = []] = FAMILIES.find(([begin]) => oid.startsWith(begin)) ?? [];
  if (!types.includes(key.asymmetricKeyType ?? '')) return { failure: 'other-key', oid };
  if (!hasOwnParameters(identifier)) return { failure: 'parameters', oid };
  return verifies(signed, { key, oid, hash }) ? null : { failure: 'broken', oid };
}

/** RFC 4055 section 5: NULL for RSA with PKCS #1 v1.5; none elsewhere, but for PSS, whose are read with the hash. */
function hasOwnParameters({ algorithm: oid, parameters }: AlgorithmIdentifier): boolean {
  if (oid === RSASSA_PSS) return true;
  if (parameters === undefined || parameters === null) return true;
  return oid.startsWith(PKCS1) && NULL.equals(Buffer.from(parameters));
}

function verifies(
  { info, signature }: Signed,
  { key, oid, hash }: { readonly key: KeyObject; readonly oid: string; readonly hash: string },
): boolean {
  const padding =
    oid === RSASSA_PSS ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO } : {};
  try {
    return verify(hash.startsWith('ed') ? null : hash, info, { key, ...padding }, signature);
  } catch {
    return false;
  }
}
