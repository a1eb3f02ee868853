import type { RefusalCode } from '../errors/codes.ts';
import { CertificateUnreadable, type ParsedCertificate } from './certificate.ts';
import { satisfiesConstraints } from './name-constraints.ts';
import type { PathMemory } from './path-memory.ts';

/** A path from leaf to anchor; at least two certificates. */
export type Path = readonly ParsedCertificate[];

/** Signatures already verified while one leaf is judged: paths share edges. */
export interface SignatureCheck {
  readonly memory: PathMemory;
  readonly results: Map<string, boolean>;
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';

/**
 * The checks of a path in the order in which they are made; the first that fails gives the code. Signatures come
 * before extensions, so that nothing is decoded and no key used that the anchor does not vouch for.
 */
export const PATH_CODES = [
  'AUTHN_CERT_WEAK_KEY',
  'AUTHN_CERT_SIGNATURE',
  'AUTHN_CERT_MALFORMED',
  'AUTHN_CERT_WEAK_SIGNATURE',
  'AUTHN_CERT_EXPIRED',
  'AUTHN_CERT_NOT_YET_VALID',
  'AUTHN_CERT_USAGE',
  'AUTHN_CERT_CONSTRAINTS',
] as const satisfies readonly RefusalCode[];

export type PathCode = (typeof PATH_CODES)[number];

/**
 * Validates a path (RFC 5280 section 6.1). Stricter than the RFC in that an anchor's own validity, usage and
 * constraints bind too, and that the leaf must state clientAuth. Certificate policies are not evaluated.
 *
 * @returns the first check that fails, or null where the path is valid at `now_ms`
 */
export function validatePath(path: Path, now_ms: number, signatures: SignatureCheck): PathCode | null {
  if (!path.every((certificate) => certificate.key_verdict.ok)) return 'AUTHN_CERT_WEAK_KEY';
  if (!signaturesVerify(path, signatures)) return 'AUTHN_CERT_SIGNATURE';
  if (!path.every(isReadable)) return 'AUTHN_CERT_MALFORMED';
  // The anchor is trusted by its presence in the store, so its own signature proves nothing (RFC 5280 6.1).
  if (path.slice(0, -1).some((certificate) => certificate.signature_hash === null)) return 'AUTHN_CERT_WEAK_SIGNATURE';
  return (
    checkValidity(path, now_ms) ??
    (mayIssueAndAuthenticate(path) ? null : 'AUTHN_CERT_USAGE') ??
    (withinConstraints(path) ? null : 'AUTHN_CERT_CONSTRAINTS')
  );
}

/** From the anchor down: a key is used only once everything above it is proven. */
function signaturesVerify(path: Path, { memory, results }: SignatureCheck): boolean {
  for (let index = path.length - 2; index >= 0; index -= 1) {
    const [subject, issuer] = path.slice(index, index + 2) as [ParsedCertificate, ParsedCertificate];
    const edge = `${subject.thumbprint}${issuer.thumbprint}`;
    const verified = results.get(edge) ?? (memory.isKnownSignature(subject, issuer) || subject.isSignedBy(issuer));
    results.set(edge, verified);
    if (!verified) return false;
  }
  return true;
}

function isReadable(certificate: ParsedCertificate): boolean {
  try {
    return certificate.extensions !== undefined;
  } catch (error) {
    if (error instanceof CertificateUnreadable) return false;
    throw error;
  }
}

/** Both ends are inclusive (section 4.1.2.5). Written so that a time that is not a number refuses. */
export function checkValidity(path: Path, now_ms: number): 'AUTHN_CERT_EXPIRED' | 'AUTHN_CERT_NOT_YET_VALID' | null {
  if (!path.every((certificate) => now_ms <= certificate.not_after_ms)) return 'AUTHN_CERT_EXPIRED';
  if (!path.every((certificate) => now_ms >= certificate.not_before_ms)) return 'AUTHN_CERT_NOT_YET_VALID';
  return null;
}

/** basicConstraints, keyUsage and extendedKeyUsage (sections 4.2.1.3, 4.2.1.9, 4.2.1.12). */
function mayIssueAndAuthenticate([leaf, ...issuers]: Path): boolean {
  if (!leaf || leaf.extensions.ca || !maySign(leaf)) return false;
  if (!leaf.extensions.extended_key_usage?.includes(CLIENT_AUTH)) return false;
  return issuers.every(
    ({ extensions }) =>
      extensions.ca && (extensions.key_usage?.cert_sign ?? true) && allowsClients(extensions.extended_key_usage),
  );
}

/** A client proves itself with a signature, in TLS 1.3 always and in our TLS 1.2 suites too. */
export function maySign({ extensions }: ParsedCertificate): boolean {
  return extensions.key_usage?.digital_signature ?? true;
}

/** Absent means any; an issuer that names uses passes on those alone. */
export function allowsClients(usages: readonly string[] | null): boolean {
  return usages === null || usages.includes(CLIENT_AUTH) || usages.includes(ANY_EXTENDED_KEY_USAGE);
}

function withinConstraints(path: Path): boolean {
  return path.every((issuer, index) => index === 0 || bindsAll(issuer, path.slice(0, index)));
}

/** Path length and name constraints of one issuer over all below it; self-issued intermediates are exempt (6.1.4). */
function bindsAll({ extensions }: ParsedCertificate, below: Path): boolean {
  const counted = below.filter((certificate, index) => index === 0 || !certificate.self_issued);
  const intermediates = counted.length - 1;
  if (extensions.path_length !== null && intermediates > extensions.path_length) return false;
  const { constraints } = extensions;
  return (
    constraints === null ||
    counted.every((certificate) => satisfiesConstraints(certificate.extensions.names, certificate.subject, constraints))
  );
}
