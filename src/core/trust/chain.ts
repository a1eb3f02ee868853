import type { RefusalCode } from '../errors/codes.ts';
import type { Anchor, TrustStore } from './anchors.ts';
import { CertificateUnreadable, ParsedCertificate } from './certificate.ts';
import { type CertificateFacts, certificateFacts } from './facts.ts';
import { candidatePaths, MAX_PRESENTED_BYTES, readCertificate } from './path-building.ts';
import {
  allowsClients,
  checkValidity,
  maySign,
  PATH_CODES,
  type PathCode,
  type SignatureCheck,
  validatePath,
} from './path-validation.ts';

export interface ChainRequest {
  /** DER of the certificate whose key the client proved in the handshake. */
  readonly leaf: Buffer;
  /** DER of the other certificates the client sent, in any order; the first ten are read. */
  readonly presented: readonly Buffer[];
  readonly store: TrustStore;
  readonly now_ms: number;
}

export type ChainVerdict =
  | {
      readonly ok: true;
      readonly anchor: { readonly name: string; readonly id: string };
      readonly facts: CertificateFacts;
    }
  | { readonly ok: false; readonly code: RefusalCode };

export interface PinnedRequest {
  readonly leaf: Buffer;
  readonly now_ms: number;
}

export type PinnedVerdict =
  | { readonly ok: true; readonly facts: CertificateFacts }
  | { readonly ok: false; readonly code: RefusalCode };

const MALFORMED = { ok: false, code: 'AUTHN_CERT_MALFORMED' } as const;

/**
 * Verifies a client certificate against the anchors of a zone, on every connection anew: what the TLS library
 * said once, or said about a session it resumed, does not count.
 *
 * Which code a refusal has: AUTHN_CERT_MALFORMED where the leaf is not one certificate of at most
 * `MAX_PRESENTED_BYTES`; AUTHN_CERT_UNKNOWN_ISSUER where no names lead to an anchor; else the failure of the path that
 * came furthest through the checks of `PATH_CODES`, whatever the order of the certificates presented. Extensions,
 * which cost far more to decode than to send, are read only below a signature of an anchor.
 *
 * Never throws for bytes a client sent. Work is bounded by `MAX_PATH`, `MAX_CANDIDATES`, `MAX_PRESENTED` and
 * `MAX_PRESENTED_BYTES`.
 */
export function verifyClientChain({ leaf, presented, store, now_ms }: ChainRequest): ChainVerdict {
  const certificate = readCertificate(leaf, store);
  if (!certificate) return MALFORMED;
  const signatures: SignatureCheck = { memory: store.memory, results: new Map() };
  let furthest: PathCode | null = null;
  for (const path of candidatePaths(certificate, presented, store)) {
    const code = validatePath(path.certificates, now_ms, signatures);
    if (code === null) return accept(certificate, path.certificates, path.anchor, store);
    furthest = furthest === null || rank(code) > rank(furthest) ? code : furthest;
  }
  return { ok: false, code: furthest ?? 'AUTHN_CERT_UNKNOWN_ISSUER' };
}

function accept(
  leaf: ParsedCertificate,
  path: readonly ParsedCertificate[],
  anchor: Anchor,
  store: TrustStore,
): ChainVerdict {
  store.memory.remember(path);
  return { ok: true, anchor: { name: anchor.name, id: anchor.id }, facts: certificateFacts(leaf, path) };
}

function rank(code: PathCode): number {
  return PATH_CODES.indexOf(code);
}

/**
 * Judges a certificate that is known by its thumbprint, without a chain: key, signature algorithm, times and usage
 * (RFC 8705 section 2.2). It may be self-signed, may lack extended key usage and may say it is a CA, as what
 * common tools make by default does: a pinned certificate is never an issuer here.
 *
 * To be called only where the operator named this very certificate: extensions are read before any signature.
 */
export function verifyPinned({ leaf, now_ms }: PinnedRequest): PinnedVerdict {
  const certificate = tryRead(leaf);
  const facts = certificate && readFacts(certificate);
  if (!certificate || !facts) return MALFORMED;
  const code = judgePinned(certificate, now_ms);
  return code === null ? { ok: true, facts } : { ok: false, code };
}

function judgePinned(certificate: ParsedCertificate, now_ms: number): PathCode | null {
  if (!certificate.key_verdict.ok) return 'AUTHN_CERT_WEAK_KEY';
  if (certificate.self_issued && !certificate.isSignedBy(certificate)) return 'AUTHN_CERT_SIGNATURE';
  if (certificate.signature_hash === null) return 'AUTHN_CERT_WEAK_SIGNATURE';
  const validity = checkValidity([certificate], now_ms);
  if (validity) return validity;
  const usable = maySign(certificate) && allowsClients(certificate.extensions.extended_key_usage);
  return usable ? null : 'AUTHN_CERT_USAGE';
}

function tryRead(der: Buffer): ParsedCertificate | null {
  if (der.length > MAX_PRESENTED_BYTES) return null;
  try {
    return new ParsedCertificate(der);
  } catch (error) {
    if (error instanceof CertificateUnreadable) return null;
    throw error;
  }
}

function readFacts(leaf: ParsedCertificate): CertificateFacts | null {
  try {
    return certificateFacts(leaf, []);
  } catch (error) {
    if (error instanceof CertificateUnreadable) return null;
    throw error;
  }
}
