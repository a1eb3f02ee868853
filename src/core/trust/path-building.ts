import type { Anchor, TrustStore } from './anchors.ts';
import { CertificateUnreadable, ParsedCertificate } from './certificate.ts';

/** Most certificates of a path, leaf and anchor included. */
export const MAX_PATH = 6;
/** Most issuer candidates that are tried for one leaf, over all its paths. */
export const MAX_CANDIDATES = 32;
/** Most certificates beside the leaf that are read from what a client presents. */
export const MAX_PRESENTED = 10;
/** Largest certificate of a client, its own included, that is read; real ones have 400 to 4,000 bytes. */
export const MAX_PRESENTED_BYTES = 8_192;

/** Certificates that fit by name, leaf first, anchor last. Nothing is proven about them yet. */
export interface CandidatePath {
  readonly certificates: readonly ParsedCertificate[];
  readonly anchor: Anchor;
}

interface Search {
  readonly store: TrustStore;
  readonly presented: readonly ParsedCertificate[];
  candidates_left: number;
}

/**
 * All paths from the leaf to an anchor by issuer and subject names (RFC 5280 section 6, RFC 4158), within the
 * bounds above. At each step anchors come first, then intermediates of the store, then what was presented: what a
 * client adds can therefore never push a path of ours out of the bounds.
 */
export function candidatePaths(
  leaf: ParsedCertificate,
  presented: readonly Buffer[],
  store: TrustStore,
): Generator<CandidatePath> {
  const search = { store, presented: readPresented(presented, store), candidates_left: MAX_CANDIDATES };
  return extend([leaf], search);
}

function* extend(below: readonly ParsedCertificate[], search: Search): Generator<CandidatePath> {
  const name = below.at(-1)?.issuer;
  if (!name || below.length >= MAX_PATH) return;
  for (const anchor of search.store.anchors_by_subject.get(name) ?? []) {
    if (!isNew(anchor.certificate, below) || !spend(search)) continue;
    yield { certificates: [...below, anchor.certificate], anchor };
  }
  const known = search.store.intermediates_by_subject.get(name) ?? [];
  const sent = search.presented.filter((certificate) => certificate.subject === name);
  for (const issuer of [...known, ...sent]) {
    if (isNew(issuer, below) && spend(search)) yield* extend([...below, issuer], search);
  }
}

/** A certificate stands in a path once: cross-certified CAs would go round for ever. */
function isNew(certificate: ParsedCertificate, below: readonly ParsedCertificate[]): boolean {
  return !below.some((other) => other.thumbprint === certificate.thumbprint);
}

function spend(search: Search): boolean {
  search.candidates_left -= 1;
  return search.candidates_left >= 0;
}

/** What cannot be read cannot be part of a path; it is no reason to refuse the leaf. */
function readPresented(presented: readonly Buffer[], store: TrustStore): ParsedCertificate[] {
  return presented.slice(0, MAX_PRESENTED).flatMap((der) => readCertificate(der, store) ?? []);
}

/** @returns null where the bytes are not a certificate, or too many */
export function readCertificate(der: Buffer, store: TrustStore): ParsedCertificate | null {
  if (der.length > MAX_PRESENTED_BYTES) return null;
  try {
    return store.memory.recall(der) ?? new ParsedCertificate(der);
  } catch (error) {
    if (error instanceof CertificateUnreadable) return null;
    throw error;
  }
}
