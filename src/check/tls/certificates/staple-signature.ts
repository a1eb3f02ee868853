import { createHash } from 'node:crypto';
import { type ParsedCertificate, verifySigned } from '../../../core/trust/index.ts';
import { certificateParts } from './certificate-parts.ts';
import { contentOf, NotDer, TAG } from './der.ts';
import { describeCertificate, namedAlgorithm, provesSigner } from './describe-certificate.ts';
import type { BasicResponse } from './ocsp-response.ts';
import { tryParse } from './roots.ts';
import { STAPLE_FAILURES, type StapleFailure, type StapleSignature } from './sent-staple.ts';
import type { SignatureAlgorithm } from './signature-algorithms.ts';
import { Signatures } from './signatures.ts';

export interface SignatureRequest {
  /** Whose key signed the leaf; null where that is not known. */
  readonly issuer: ParsedCertificate | null;
  /** Unix milliseconds. */
  readonly now_ms: number;
}

/**
 * Whether a response is signed by who issued the certificate, or by who has that CA's leave (RFC 6960 section 4.2.2.2): the
 * signer's certificate is signed by the very key that signed the leaf, so there is no chain to follow.
 */
export function judgeSignature(response: BasicResponse, { issuer, now_ms }: SignatureRequest): StapleSignature {
  const none = { algorithm: algorithmOf(response), failure: null, signer: null, delegated: false };
  if (issuer === null) return { ...none, holds: null };
  let furthest: StapleFailure = STAPLE_FAILURES[0];
  const signers = signersOf(response, issuer);
  if (signers.length === 0) furthest = 'the certificate of its signer did not come along';
  const signatures = new Signatures();
  for (const signer of signers) {
    const delegated = signer !== issuer;
    const failure =
      (delegated ? refusalOf(signer, { issuer, signatures, now_ms }) : null) ?? failureOf(response, signer);
    if (failure === null) return { ...none, holds: true, signer: describeCertificate(signer), delegated };
    if (STAPLE_FAILURES.indexOf(failure) > STAPLE_FAILURES.indexOf(furthest)) furthest = failure;
  }
  return { ...none, holds: false, failure: furthest };
}

function algorithmOf({ algorithm }: BasicResponse): SignatureAlgorithm | null {
  try {
    return namedAlgorithm(contentOf(Buffer.from(algorithm), TAG.sequence));
  } catch (error) {
    if (error instanceof NotDer) return null;
    throw error;
  }
}

/** Whoever the response may mean by its ResponderID: the issuer, and what came along. */
function signersOf({ by_name, by_key, certificates }: BasicResponse, issuer: ParsedCertificate): ParsedCertificate[] {
  const parsed = [issuer, ...certificates.map(tryParse).filter((one) => one !== null)];
  const distinct = parsed.filter((one, place) => place === parsed.findIndex((it) => it.thumbprint === one.thumbprint));
  return distinct.filter(({ der }) => {
    const parts = certificateParts(der);
    if (parts === null) return false;
    if (by_key === null) return by_name?.equals(parts.subject) ?? false;
    return createHash('sha1').update(parts.key).digest().equals(by_key);
  });
}

const ID_KP_OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

interface DelegateRequest {
  readonly issuer: ParsedCertificate;
  readonly signatures: Signatures;
  readonly now_ms: number;
}

/** Why a delegated responder may not sign. Nothing is decoded of a certificate that the CA did not sign. */
function refusalOf(signer: ParsedCertificate, { issuer, signatures, now_ms }: DelegateRequest): StapleFailure | null {
  if (!signatures.isIssuedBy(signer, issuer)) return 'the CA of the certificate did not certify its signer';
  if (now_ms < signer.not_before_ms || now_ms > signer.not_after_ms) {
    return 'the certificate of its signer has expired or is not valid yet';
  }
  return maySignResponses(signer) ? null : 'its signer may not sign OCSP responses';
}

/** What is read of the certificate of a responder, or has no effect on it (RFC 5280 section 4.2, RFC 6960 section 4.2.2.2.1). */
const PROCESSED: ReadonlySet<string> = new Set([
  '2.5.29.14', // subjectKeyIdentifier
  '2.5.29.15', // keyUsage
  '2.5.29.17', // subjectAltName
  '2.5.29.19', // basicConstraints
  '2.5.29.32', // certificatePolicies
  '2.5.29.35', // authorityKeyIdentifier
  '2.5.29.37', // extKeyUsage
  '1.3.6.1.5.5.7.48.1.5', // id-pkix-ocsp-nocheck
]);

/**
 * Leave for anything is not this leave: it must be designated. A critical extension that is not known takes all leave, and so does
 * a keyUsage without signatures (RFC 5280 sections 4.2.1.3 and 4.2.1.12).
 */
function maySignResponses(signer: ParsedCertificate): boolean {
  const { extensions } = describeCertificate(signer);
  if (extensions === null || !extensions.critical.every((oid) => PROCESSED.has(oid))) return false;
  const { key_usage } = extensions;
  if (key_usage !== null && !key_usage.digital_signature && !key_usage.non_repudiation) return false;
  return extensions.extended_key_usage?.includes(ID_KP_OCSP_SIGNING) === true;
}

function failureOf(response: BasicResponse, { public_key }: ParsedCertificate): StapleFailure | null {
  if (public_key === null || !provesSigner(public_key)) return 'its signature does not verify';
  const failed = verifySigned(response, public_key, true);
  if (failed === null) return null;
  const is_known = failed.failure !== 'unreadable' && failed.failure !== 'not-accepted';
  return is_known ? 'its signature does not verify' : 'its signature algorithm is not accepted';
}
