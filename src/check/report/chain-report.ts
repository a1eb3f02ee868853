import { createHash, X509Certificate } from 'node:crypto';
import type { SentCertificate } from '../tls/certificates/sent-certificate.ts';
import type { JudgedChain, Trust } from '../tls/certificates/sent-chain.ts';
import type { SentChain } from '../tls/evidence.ts';
import type { TlsReport } from './report.ts';
import { stapleReport } from './staple-report.ts';

type ChainReport = TlsReport['chains'][number];
type Details = ChainReport['certificates'][number]['details'];

/** One chain, with what was made of it. */
export function chainReport({ certificates }: SentChain, judged: JudgedChain | undefined): ChainReport {
  const order = judged?.order ?? null;
  const places = (list: readonly number[] = []) => list.map((place) => place + 1);
  return {
    certificates: certificates.map((der, index) => ({
      ...certificateReport(der),
      details: detailsOf(judged?.certificates[index] ?? null),
    })),
    public_trust: trustReport(judged?.public_trust ?? null),
    private_trust: trustReport(judged?.private_trust ?? null),
    path: places(order?.path),
    extra: places(order?.extra),
    misordered: order?.misordered ?? false,
    root_sent: order?.root_sent ?? false,
    end: order?.end ?? 'unknown',
    proves_key: judged?.proves_key ?? null,
    stapled: judged?.staples.some(({ response_status }) => response_status === 'successful') ?? false,
    staples: judged?.staples.map(stapleReport) ?? [],
    scts: judged?.scts ?? 0,
  };
}

function trustReport(trust: Trust | null): ChainReport['public_trust'] {
  if (trust === null) return null;
  return trust.trusted
    ? { trusted: true, reason: null, root: oneLine(trust.root) }
    : { trusted: false, reason: trust.reason, root: null };
}

function detailsOf(certificate: SentCertificate | null): Details {
  if (certificate === null) return null;
  const { serial, not_before_ms, self_signed, key, signature, extensions } = certificate;
  return {
    serial,
    not_before: new Date(not_before_ms).toISOString(),
    self_signed,
    key_type: key.type,
    key_bits: key.bits,
    key_curve: key.curve,
    key_sha256: key.sha256,
    signature: signature?.name ?? null,
    is_ca: extensions?.ca ?? null,
    dns_names: extensions?.dns_names.map((name) => name.slice(0, MAX_NAME_CHARACTERS)) ?? null,
    ip_addresses: extensions === null ? null : [...extensions.ip_addresses],
    extended_key_usage: extensions?.extended_key_usage?.slice() ?? null,
    has_ocsp_url: extensions?.has_ocsp_url ?? null,
    must_staple: extensions?.must_staple ?? null,
  };
}

const MAX_NAME_CHARACTERS = 256;

/** What any bytes say of themselves that were sent as a certificate. */
export function certificateReport(der: Buffer): NonNullable<TlsReport['unnamed']> {
  const sha256 = createHash('sha256').update(der).digest('hex');
  const size_bytes = der.length;
  try {
    const { subject, issuer, validToDate } = new X509Certificate(der);
    return {
      sha256,
      size_bytes,
      subject: oneLine(subject),
      issuer: oneLine(issuer),
      not_after: validToDate.toISOString(),
    };
  } catch {
    // What a stranger sends as a certificate may be none; that it was sent is evidence all the same.
    return { sha256, size_bytes, subject: null, issuer: null, not_after: null };
  }
}

function oneLine(name: string): string {
  return (name ?? '').replaceAll('\n', ', ').slice(0, MAX_NAME_CHARACTERS);
}
