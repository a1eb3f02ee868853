import { CertificateUnreadable, type ParsedCertificate, satisfiesConstraints } from '../../../core/trust/index.ts';
import type { Roots } from './roots.ts';
import { TRUST_FAILURES, type Trust, type TrustFailure } from './sent-chain.ts';
import type { Signatures } from './signatures.ts';

export interface TrustRequest {
  readonly leaf: ParsedCertificate;
  /** What else was sent. */
  readonly sent: readonly ParsedCertificate[];
  readonly roots: Roots;
  readonly signatures: Signatures;
  /** Unix milliseconds. */
  readonly now_ms: number;
}

/** Most paths that are tried, and certificates of one. */
const MAX_PATHS = 24;
const MAX_LENGTH = 8;

/**
 * Whether a client with these roots, and nothing but what was sent beside them, gets from the leaf to a root (RFC 5280
 * section 6.1). Times and usage of the leaf, sizes of keys and hashes have rules of their own. A root is trusted as it
 * is but for its time. Never throws for what was sent.
 */
export function judgeTrust(request: TrustRequest): Trust {
  const { leaf, roots } = request;
  if (roots.has(leaf.thumbprint)) return { trusted: true, root: leaf.subject };
  let furthest: TrustFailure = 'no path leads to a root';
  let left = MAX_PATHS;
  for (const path of pathsFrom([leaf], request)) {
    const failure = judgePath(path, request);
    if (failure === null) return { trusted: true, root: path.at(-1)!.subject };
    if (TRUST_FAILURES.indexOf(failure) > TRUST_FAILURES.indexOf(furthest)) furthest = failure;
    if (--left === 0) break;
  }
  return { trusted: false, reason: furthest };
}

/** By names alone, those to a root first. */
function* pathsFrom(
  below: readonly ParsedCertificate[],
  request: TrustRequest,
): Generator<readonly ParsedCertificate[]> {
  const { issuer } = below.at(-1)!;
  if (issuer === '' || below.length >= MAX_LENGTH) return;
  for (const root of request.roots.bySubject(issuer)) yield [...below, root];
  for (const next of request.sent) {
    if (next.subject !== issuer || below.some(({ thumbprint }) => thumbprint === next.thumbprint)) continue;
    // What did not sign it leads nowhere, and is not followed: names alone would give more ways than there is time.
    if (request.signatures.isIssuedBy(below.at(-1)!, next)) yield* pathsFrom([...below, next], request);
  }
}

function judgePath(path: readonly ParsedCertificate[], { signatures, now_ms }: TrustRequest): TrustFailure | null {
  const issuers = path.slice(1);
  if (!issuers.every((issuer, index) => signatures.isIssuedBy(path[index]!, issuer))) {
    return 'a signature does not verify';
  }
  if (!issuers.every((one) => one.not_before_ms <= now_ms && now_ms <= one.not_after_ms)) {
    return 'a CA has expired or is not valid yet';
  }
  try {
    const intermediates = issuers.slice(0, -1);
    readEach(path.slice(0, -1));
    if (!intermediates.every((issuer, index) => mayIssue(issuer, index))) return 'a CA may not issue it';
    return intermediates.every((issuer, index) => constraintsHold(issuer, path.slice(0, index + 1)))
      ? null
      : 'name constraints forbid it';
  } catch (error) {
    if (error instanceof CertificateUnreadable) return 'a certificate cannot be read';
    throw error;
  }
}

/** @throws CertificateUnreadable where one has an extension that is critical and not known (RFC 5280 section 4.2), or none that can be read */
function readEach(certificates: readonly ParsedCertificate[]): void {
  for (const { extensions } of certificates) void extensions;
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const ANY_USAGE = '2.5.29.37.0';

/** `below`: how many CAs stand between it and the leaf. */
function mayIssue({ extensions }: ParsedCertificate, below: number): boolean {
  const { ca, key_usage, path_length, extended_key_usage: usages } = extensions;
  if (!ca || key_usage?.cert_sign === false || below > (path_length ?? below)) return false;
  return usages === null || usages.includes(SERVER_AUTH) || usages.includes(ANY_USAGE);
}

function constraintsHold({ extensions }: ParsedCertificate, below: readonly ParsedCertificate[]): boolean {
  const { constraints } = extensions;
  return (
    constraints === null || below.every((one) => satisfiesConstraints(one.extensions.names, one.subject, constraints))
  );
}
