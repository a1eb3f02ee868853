/** The one trust that can vouch for a CA of the gate's own. */

import type { FaultCode } from '../errors/faults.ts';
import type { TrustBundle } from './anchors.ts';
import { CertificateUnreadable, ParsedCertificate } from './certificate.ts';
import { readPem } from './pem.ts';

export interface CaTrustRequest {
  readonly certificate: ParsedCertificate;
  /** The bundles that zones trust. */
  readonly bundles: readonly TrustBundle[];
  readonly report: (code: FaultCode, message: string, suggestion?: string) => void;
}

interface Trusted {
  readonly trust: string;
  readonly certificate: ParsedCertificate;
}

/**
 * The bundle that holds the certificate of a CA. No other may hold its key, or one that certifies it however far above:
 * whoever was certified as one machine could send what leads there, and would be another machine in a zone with that
 * trust. Keys are compared, not certificates: a certificate can be made anew. A certificate of the CA that stands in no
 * bundle cannot be known here.
 *
 * @returns null where there is no such bundle; CONFIG_REFERENCE and CONFIG_DUPLICATE are reported
 */
export function findTrust({ certificate, bundles, report }: CaTrustRequest): TrustBundle | null {
  const trusted = bundles.flatMap(readBundle);
  const holders = trusted.filter((one) => one.certificate.thumbprint === certificate.thumbprint);
  const [name = null, other] = new Set(holders.map(({ trust }) => trust));
  if (name === null) {
    const suggestion = 'Name it as a trust of a zone, together with its root where it is none.';
    report('CONFIG_REFERENCE', 'no zone trusts this CA, so nothing it issues would be accepted', suggestion);
  } else if (other !== undefined) {
    const message = `it stands under trust ${name} and trust ${other}`;
    report('CONFIG_DUPLICATE', message, 'Leave it in one of them: credentials name it by that.');
  } else {
    const elsewhere = above(certificate, trusted).find(({ trust }) => trust !== name);
    if (elsewhere) reportElsewhere(elsewhere, report);
  }
  return bundles.find((bundle) => bundle.name === name) ?? null;
}

function reportElsewhere({ trust, certificate: { subject } }: Trusted, report: CaTrustRequest['report']): void {
  const message = `trust ${trust} could vouch for what it issues too, by ${subject.replaceAll('\n', ', ')}`;
  report(
    'CONFIG_DUPLICATE',
    message,
    'Let a CA issue that no other trust leads to, such as one with a root of its own.',
  );
}

/** Everything that has the key of this certificate, or certifies what is found so. */
function above(certificate: ParsedCertificate, trusted: readonly Trusted[]): Trusted[] {
  const found = new Set<Trusted>();
  const open = [certificate];
  for (const one of open) {
    for (const candidate of trusted) {
      if (found.has(candidate) || !(hasKeyOf(candidate.certificate, one) || certifies(candidate.certificate, one)))
        continue;
      found.add(candidate);
      open.push(candidate.certificate);
    }
  }
  return [...found];
}

function hasKeyOf({ public_key }: ParsedCertificate, other: ParsedCertificate): boolean {
  return public_key !== null && other.public_key !== null && public_key.equals(other.public_key);
}

function certifies(issuer: ParsedCertificate, certificate: ParsedCertificate): boolean {
  return issuer.subject === certificate.issuer && certificate.isSignedBy(issuer);
}

/** What cannot be read is a fault of the bundle, told where that is judged. */
function readBundle({ name, pem }: TrustBundle): Trusted[] {
  return (readPem(pem) ?? []).flatMap(({ der }) => {
    try {
      return [{ trust: name, certificate: new ParsedCertificate(der) }];
    } catch (error) {
      if (!(error instanceof CertificateUnreadable)) throw error;
      return [];
    }
  });
}
