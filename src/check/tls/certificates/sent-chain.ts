/** A chain in neutral words, and what it is worth. */
import type { SentCertificate } from './sent-certificate.ts';
import type { Staple } from './sent-staple.ts';

/** What trust by one set of roots comes to. The times of the leaf and its names are judged elsewhere. */
export type Trust =
  | { readonly trusted: true; readonly root: string }
  /** Why not, in a few words of ours; `root` where a path leads to it that does not hold. */
  | { readonly trusted: false; readonly reason: TrustFailure };

export const TRUST_FAILURES = [
  'no path leads to a root',
  'a signature does not verify',
  'a CA has expired or is not valid yet',
  'a CA may not issue it',
  'name constraints forbid it',
  'a certificate cannot be read',
] as const;

export type TrustFailure = (typeof TRUST_FAILURES)[number];

/** How the certificates stand to each other, by their place: 0 is the leaf. */
export interface ChainOrder {
  /** From the leaf upwards, each issued by the next. */
  readonly path: readonly number[];
  /** Not on the path: of no use to who has the roots. */
  readonly extra: readonly number[];
  /** The path is not in the order sent. */
  readonly misordered: boolean;
  /** A self-signed certificate at the end of the path, beside the leaf. */
  readonly root_sent: boolean;
  /**
   * - `complete`: the path ends in a root, sent or known
   * - `incomplete`: the next issuer is missing, by what the last says of it
   * - `self-signed`: the leaf is its own issuer
   * - `unknown`: the issuer of the last is a root that is not known here, or is missing
   */
  readonly end: 'complete' | 'incomplete' | 'self-signed' | 'unknown';
  /** Who issued the last of the path. */
  readonly last_issuer: string;
}

export interface JudgedChain {
  /** The version of the handshake. */
  readonly version: number;
  readonly server_name: string | null;
  /** The server has signed with the key of the leaf; null where it signed nothing, or nothing that can be read. */
  readonly proves_key: boolean | null;
  /** As sent; null for what is no certificate. Sixteen at most. */
  readonly certificates: readonly (SentCertificate | null)[];
  /** How many were sent beyond those. */
  readonly left_out: number;
  /** Null where the leaf cannot be read. */
  readonly order: ChainOrder | null;
  /** By the roots everybody has. Null where the leaf cannot be read. */
  readonly public_trust: Trust | null;
  /** By roots that were given for this target; null also where none were. */
  readonly private_trust: Trust | null;
  /** The OCSP responses that came along, each different one; empty where none did, or none was asked for. */
  readonly staples: readonly Staple[];
  /** Timestamps of Certificate Transparency, in the leaf and beside it. */
  readonly scts: number;
}

/** The part of the evidence that is about certificates. */
export interface CertificateEvidence {
  /** What the certificate must carry: a name in lower case, or an address. */
  readonly name: string;
  /** Unix milliseconds. */
  readonly checked_at_ms: number;
  /** Each chain that was sent, judged. */
  readonly certificates: readonly JudgedChain[];
}
