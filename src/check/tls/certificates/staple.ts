import { createHash } from 'node:crypto';
import type { ParsedCertificate } from '../../../core/trust/index.ts';
import { certificateParts } from './certificate-parts.ts';
import { NotDer } from './der.ts';
import { type BasicResponse, type OcspResponse, readOcspResponse, type SingleResponse } from './ocsp-response.ts';
import type { CertificateAnswer, Staple } from './sent-staple.ts';
import { judgeSignature } from './staple-signature.ts';

export interface StapleRequest {
  /** DER, as it came along. */
  readonly response: Buffer;
  /** Null where it cannot be read. */
  readonly leaf: ParsedCertificate | null;
  /** Whose key signed the leaf; null where that is not known. */
  readonly issuer: ParsedCertificate | null;
  /** Unix milliseconds. */
  readonly now_ms: number;
}

/**
 * What a stapled response says of the leaf, and whether who says so may (RFC 6960 section 3.2). Its times are told and not
 * judged. Bounded work, and never throws, whatever came along.
 */
export function judgeStaple(request: StapleRequest): Staple {
  const response = tryRead(request.response);
  if (response === null || typeof response === 'string') {
    return { response_status: response, answer: null, produced_at_ms: null, signature: null };
  }
  return {
    response_status: 'successful',
    answer: answerIn(response, request),
    produced_at_ms: response.produced_at_ms,
    signature: judgeSignature(response, request),
  };
}

function tryRead(der: Buffer): OcspResponse | null {
  try {
    return readOcspResponse(der);
  } catch (error) {
    if (error instanceof NotDer) return null;
    throw error;
  }
}

/** The hashes a CertID may be of, by OID. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['1.3.14.3.2.26', 'sha1'],
  ['2.16.840.1.101.3.4.2.1', 'sha256'],
  ['2.16.840.1.101.3.4.2.2', 'sha384'],
  ['2.16.840.1.101.3.4.2.3', 'sha512'],
]);

/** The worst that is said of the leaf, and of that the newest. */
function answerIn({ single_responses }: BasicResponse, request: StapleRequest): CertificateAnswer | null {
  const is_about = matcher(request);
  const answers = single_responses.filter(is_about).toSorted((one, other) => {
    const weight = SEVERITY.indexOf(other.cert_status) - SEVERITY.indexOf(one.cert_status);
    return weight === 0 ? other.this_update_ms - one.this_update_ms : weight;
  });
  const [worst] = answers;
  if (worst === undefined) return null;
  const { cert_status, revocation, this_update_ms, next_update_ms } = worst;
  return { cert_status, revocation, this_update_ms, next_update_ms };
}

const SEVERITY: readonly SingleResponse['cert_status'][] = ['good', 'unknown', 'revoked'];

/** By CertID (RFC 6960 section 4.1.1), as far as the issuer is known: without it, by name and serial number alone. */
function matcher({ leaf, issuer }: StapleRequest): (one: SingleResponse) => boolean {
  const parts = leaf && certificateParts(leaf.der);
  const by = issuer && certificateParts(issuer.der);
  if (parts === null || (issuer !== null && by === null)) return () => false;
  // The name of the issuer is the one in the leaf; some responders take the issuer's own, and a CA may write it otherwise.
  const names = by === null ? [parts.issuer] : [parts.issuer, by.subject];
  const known = new Map<string, { readonly names: readonly Buffer[]; readonly key: Buffer | null }>();
  const hashed = (oid: string) => {
    const digest = digestOf(oid);
    if (digest !== null && !known.has(oid)) known.set(oid, { names: names.map(digest), key: by && digest(by.key) });
    return known.get(oid);
  };
  return ({ hash, issuer_name_hash, issuer_key_hash, serial }) => {
    const ours = serial.equals(parts.serial) ? hashed(hash) : undefined;
    if (ours === undefined || !ours.names.some((name) => name.equals(issuer_name_hash))) return false;
    return ours.key === null || ours.key.equals(issuer_key_hash);
  };
}

function digestOf(oid: string): ((bytes: Buffer) => Buffer) | null {
  const hash = HASHES.get(oid);
  return hash === undefined ? null : (bytes) => createHash(hash).update(bytes).digest();
}
