import { X509Certificate } from 'node:crypto';
import type { FaultCode } from '../errors/faults.ts';
import type { ParsedCertificate } from './certificate.ts';

type Report = (code: FaultCode, message: string, suggestion?: string) => void;

export interface ServerChainRequest {
  /** Leaf first, extensions readable. */
  readonly chain: readonly ParsedCertificate[];
  /** PEM of the roots that need not be sent. */
  readonly public_roots: readonly string[];
  readonly now_ms: number;
  readonly report: Report;
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/**
 * Judges the chain a listener is to send: each certificate issued by the next (RFC 8446 section 4.4.2), up to a
 * root in the file or one that every client has.
 */
export function judgeServerChain({ chain, public_roots, now_ms, report }: ServerChainRequest): void {
  for (const [index, certificate] of chain.entries()) {
    judgeCertificate(certificate, place(index), now_ms, report);
    const next = chain[index + 1];
    if (next) judgeLink(certificate, next, index, chain, report);
    else judgeTop(certificate, chain.length - 1, public_roots, report);
  }
  const usages = chain[0]?.extensions.extended_key_usage;
  if (usages && !usages.includes(SERVER_AUTH)) {
    report('CERT_CHAIN', `${place(0)} may not be used for servers`, 'Issue it with extended key usage serverAuth.');
  }
}

function judgeCertificate(certificate: ParsedCertificate, name: string, now_ms: number, report: Report): void {
  const verdict = certificate.key_verdict;
  if (!verdict.ok) report('KEY_WEAK', `${name}: ${verdict.reason}`);
  if (certificate.signature_hash === null && !certificate.self_issued) {
    report('CERT_CHAIN', `${name} is signed with an algorithm that is not accepted`);
  }
  if (!(now_ms <= certificate.not_after_ms)) {
    report('CERT_EXPIRED', `${name} expired at ${new Date(certificate.not_after_ms).toISOString()}`, 'Renew it.');
  } else if (!(now_ms >= certificate.not_before_ms)) {
    report('CERT_EXPIRED', `${name} is not valid before ${new Date(certificate.not_before_ms).toISOString()}`);
  }
}

function judgeLink(
  certificate: ParsedCertificate,
  next: ParsedCertificate,
  index: number,
  chain: readonly ParsedCertificate[],
  report: Report,
): void {
  if (certificate.issuer === next.subject && certificate.isSignedBy(next)) {
    const may_sign = next.extensions.ca && (next.extensions.key_usage?.cert_sign ?? true);
    if (!may_sign) report('CERT_CHAIN', `${place(index + 1)} is not a CA certificate`);
    return;
  }
  const elsewhere = chain.some((other) => other !== certificate && other.subject === certificate.issuer);
  const issuer = oneLine(certificate.issuer);
  if (certificate.issuer === next.subject) {
    report('CERT_CHAIN', `${place(index + 1)} has the right name but did not sign ${place(index)}`);
  } else if (elsewhere) {
    report('CERT_CHAIN', 'the chain is out of order', 'Put the server certificate first, then each issuer in turn.');
  } else {
    report(
      'CERT_CHAIN',
      `${place(index)} is not followed by its issuer "${issuer}"`,
      `Add the certificate of "${issuer}".`,
    );
  }
}

/** The last one: a root, or issued by a root that need not be sent. */
function judgeTop(top: ParsedCertificate, index: number, public_roots: readonly string[], report: Report): void {
  if (top.self_issued && top.isSignedBy(top)) return;
  if (isIssuedByOneOf(public_roots, top)) return;
  const issuer = oneLine(top.issuer);
  const message = `the chain is incomplete: the certificate of "${issuer}", issuer of ${place(index)}, is missing`;
  report('CERT_CHAIN', message, `Append the certificate of "${issuer}" to the file.`);
}

function isIssuedByOneOf(roots: readonly string[], top: ParsedCertificate): boolean {
  return roots.some((pem) => {
    const root = new X509Certificate(pem);
    return root.subject === top.issuer && top.x509.checkIssued(root) && top.x509.verify(root.publicKey);
  });
}

function place(index: number): string {
  return index === 0 ? 'the server certificate' : `certificate ${index + 1} of the chain`;
}

function oneLine(name: string): string {
  return name.replaceAll('\n', ', ');
}
