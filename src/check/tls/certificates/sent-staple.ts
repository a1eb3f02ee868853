/** A stapled OCSP response in neutral words, and what it is worth. */
import type { ResponseError, SingleResponse } from './ocsp-response.ts';
import type { SentCertificate } from './sent-certificate.ts';
import type { SignatureAlgorithm } from './signature-algorithms.ts';

/** Why the signature of a response does not count, in the order in which a signer is looked at: the last is the furthest. */
export const STAPLE_FAILURES = [
  'its signature algorithm is not accepted',
  'the certificate of its signer did not come along',
  'the CA of the certificate did not certify its signer',
  'the certificate of its signer has expired or is not valid yet',
  'its signer may not sign OCSP responses',
  'its signature does not verify',
] as const;

export type StapleFailure = (typeof STAPLE_FAILURES)[number];

export interface StapleSignature {
  /** Null for an algorithm without a name here. */
  readonly algorithm: SignatureAlgorithm | null;
  /** By the key of the CA, or of who has its leave; null where the CA of the leaf is not known. */
  readonly holds: boolean | null;
  /** Null where it holds, or nobody can tell. */
  readonly failure: StapleFailure | null;
  /** Whose key made it; null where it does not hold. */
  readonly signer: SentCertificate | null;
  /** The signer is another than the CA of the leaf. */
  readonly delegated: boolean;
}

/** What is said of the leaf. */
export type CertificateAnswer = Pick<
  SingleResponse,
  'cert_status' | 'revocation' | 'this_update_ms' | 'next_update_ms'
>;

export interface Staple {
  /** Null where it cannot be read. */
  readonly response_status: 'successful' | ResponseError | null;
  /** Null where it says nothing of the leaf. Not to be believed unless the signature holds. */
  readonly answer: CertificateAnswer | null;
  /** Unix milliseconds; null, as the signature, where it is no answer. */
  readonly produced_at_ms: number | null;
  readonly signature: StapleSignature | null;
}
