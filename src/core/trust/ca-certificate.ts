/** The certificate of a CA of the gate's own: what of it can be judged without its key. */

import { type Fault, type FaultCode, LoadError } from '../errors/faults.ts';
import type { TrustBundle } from './anchors.ts';
import { Certificate, readBer, readDer, SubjectKeyIdentifier } from './asn1.ts';
import { findTrust } from './ca-trust.ts';
import { CertificateUnreadable, ParsedCertificate } from './certificate.ts';
import { allowsClients } from './path-validation.ts';
import { type PemBlock, readPem } from './pem.ts';

export interface CaCertificateRequest {
  /** For faults. */
  readonly file: string;
  /** PEM text: the certificate of the CA first; others may follow, and nothing else. */
  readonly pem: string;
  /** The bundles that zones trust. */
  readonly bundles: readonly TrustBundle[];
  readonly now_ms: number;
}

export interface CaCertificate {
  readonly certificate: ParsedCertificate;
  /** The bundle it stands in: credentials name what it issues by the name of that. */
  readonly trust: TrustBundle;
}

const SUBJECT_KEY_IDENTIFIER = '2.5.29.14';
/** What this runtime signs certificates with. */
const SIGNING_KEYS: readonly string[] = ['RSA', 'EC', 'Ed25519'];
/** As it begins in any form, readable or not. */
const PRIVATE_KEY = /BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY/;
const CERTIFICATES_ALONE = 'Name a PEM file that holds the certificate of the CA, and no key.';

/**
 * Judges the certificate of a CA that is to issue (RFC 5280 section 4.2.1), and finds the trust that vouches for it.
 *
 * @throws LoadError with every fault found: CERT_UNREADABLE, CERT_CHAIN, CERT_EXPIRED, KEY_WEAK, CONFIG_REFERENCE,
 * CONFIG_DUPLICATE
 */
export function judgeCaCertificate({ file, pem, bundles, now_ms }: CaCertificateRequest): CaCertificate {
  const faults: Fault[] = [];
  const report: Report = (code, message, suggestion) =>
    void faults.push({ code, file, message, ...(suggestion === undefined ? {} : { suggestion }) });
  const certificate = readFirst(pem, report);
  if (certificate === null) throw new LoadError(faults);
  judgeAuthority(certificate, report);
  judgeTimes(certificate, now_ms, report);
  const trust = findTrust({ certificate, bundles, report });
  if (faults.length > 0 || trust === null) throw new LoadError(faults);
  return { certificate, trust };
}

type Report = (code: FaultCode, message: string, suggestion?: string) => void;

function readFirst(pem: string, report: Report): ParsedCertificate | null {
  const blocks = readPem(pem);
  const [first] = blocks ?? [];
  const strange = blocks?.find(({ label }) => label !== 'CERTIFICATE');
  // The text is known to the supervisor and to workers, which are not to know the key of the CA.
  if (PRIVATE_KEY.test(pem)) report('CERT_UNREADABLE', 'a private key stands in it', CERTIFICATES_ALONE);
  else if (blocks === null) report('CERT_UNREADABLE', 'a PEM block in it cannot be read', CERTIFICATES_ALONE);
  else if (strange) report('CERT_UNREADABLE', `a block ${strange.label} stands in it`, CERTIFICATES_ALONE);
  else if (!first) report('CERT_UNREADABLE', 'no PEM certificate stands in it', CERTIFICATES_ALONE);
  else return readCertificate(first, report);
  return null;
}

function readCertificate(first: PemBlock, report: Report): ParsedCertificate | null {
  try {
    const certificate = new ParsedCertificate(first.der);
    return certificate.extensions ? certificate : null;
  } catch (error) {
    if (!(error instanceof CertificateUnreadable)) throw error;
    report('CERT_UNREADABLE', `the certificate cannot be read: ${error.message}`);
    return null;
  }
}

function judgeAuthority(certificate: ParsedCertificate, report: Report): void {
  const { key_verdict: verdict, extensions } = certificate;
  if (!verdict.ok) report('KEY_WEAK', verdict.reason);
  else if (!SIGNING_KEYS.includes(verdict.facts.type)) {
    report('KEY_WEAK', `certificates cannot be signed here with a key of type ${verdict.facts.type}`);
  }
  if (!extensions.ca || !(extensions.key_usage?.cert_sign ?? true)) {
    const suggestion = 'Give a certificate with basicConstraints CA:TRUE and keyUsage keyCertSign.';
    report('CERT_CHAIN', 'it is not the certificate of a CA', suggestion);
  } else if (!allowsClients(extensions.extended_key_usage)) {
    report('CERT_CHAIN', 'its extended key usage does not let it certify clients');
  }
  if (certificate.subject === '') report('CERT_CHAIN', 'it has an empty subject and can issue nothing');
  if (subjectKeyIdentifier(certificate) === null) {
    report('CERT_CHAIN', 'it has no subject key identifier, which a CA must have');
  }
}

function judgeTimes({ not_before_ms, not_after_ms }: ParsedCertificate, now_ms: number, report: Report): void {
  if (!(now_ms <= not_after_ms)) report('CERT_EXPIRED', `it expired at ${new Date(not_after_ms).toISOString()}`);
  else if (!(now_ms >= not_before_ms)) {
    report('CERT_EXPIRED', `it is not valid before ${new Date(not_before_ms).toISOString()}`);
  }
}

/** Lower-case hex, or null where it has none (RFC 5280 section 4.2.1.2). */
export function subjectKeyIdentifier({ der }: Pick<ParsedCertificate, 'der'>): string | null {
  const { extensions = [] } = readBer(der, Certificate).tbsCertificate;
  const found = [...extensions].find(({ extnID }) => extnID === SUBJECT_KEY_IDENTIFIER);
  if (found === undefined) return null;
  try {
    return Buffer.from(readDer(new Uint8Array(found.extnValue.buffer), SubjectKeyIdentifier).buffer).toString('hex');
  } catch {
    return null;
  }
}
