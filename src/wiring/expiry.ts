import { X509Certificate } from 'node:crypto';
import type { FileReference, GateConfig } from '../config/load.ts';
import type { ProjectFiles } from './project-files.ts';
import { readText } from './read-text.ts';

export const DAY_MS = 86_400_000;
/** Time enough to order a certificate, and to ask a partner for one. */
export const SOON_DAYS = 30;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A file of certificates, and what it is for. */
interface CertificateFile {
  readonly use: 'listener' | 'trust' | 'upstream' | 'collector';
  /** Empty for an upstream, which may serve several, and for the collector of traces. */
  readonly zone: string;
  /** First host name of the listener, name of the trust, the API behind which the upstream stands, or `traces`. */
  readonly name: string;
  readonly reference: FileReference;
  readonly key: string;
}

/** A certificate that a configuration names. */
export interface PlanCertificate extends Pick<CertificateFile, 'use' | 'zone' | 'name'> {
  readonly file: string;
  readonly subject: string;
  /** SHA-256 of its DER, lower-case hex. */
  readonly thumbprint: string;
  /** Unix milliseconds. */
  readonly expires_ms: number;
}

function certificateFiles({ zones, apis, traces }: GateConfig): CertificateFile[] {
  const of_zones = zones.flatMap((zone) => [
    ...zone.listen.map(({ certificate: { chain }, names }, index) => ({
      use: 'listener' as const,
      zone: zone.id,
      name: names[0] as string,
      reference: chain,
      key: `zones.${zone.id}.listen[${index}].certificate.chain`,
    })),
    ...zone.trust.map((trust) => ({
      use: 'trust' as const,
      zone: zone.id,
      name: trust.name,
      reference: trust,
      key: `zones.${zone.id}.trust.${trust.name}`,
    })),
  ]);
  const of_upstreams = apis.flatMap(({ id, upstream: { trust } }) =>
    trust === 'system'
      ? []
      : [{ use: 'upstream' as const, zone: '', name: id, reference: trust, key: `apis.${id}.upstream.trust` }],
  );
  return [...of_zones, ...of_upstreams, ...ofCollector(traces)];
}

function ofCollector(traces: GateConfig['traces']): CertificateFile[] {
  if (traces === null || traces.collector.trust === 'system') return [];
  const reference = traces.collector.trust;
  return [{ use: 'collector', zone: '', name: 'traces', reference, key: 'traces.collector.trust' }];
}

/**
 * Every certificate of a listener, a trust bundle, the trust of an upstream or of the collector of traces, once for each
 * place that names it.
 *
 * @param files where they are read: those of the load whose plan is meant, whatever stands on disk by now
 * @throws LoadError CONFIG_FILE
 */
export function certificatesOf(config: GateConfig, files: ProjectFiles): PlanCertificate[] {
  return certificateFiles(config).flatMap(({ use, zone, name, reference, key }) =>
    (readText(reference, key, files).match(PEM_CERTIFICATE) ?? []).flatMap((pem) => {
      const certificate = parsed(pem);
      if (certificate === null) return [];
      const { subject, fingerprint256, validToDate } = certificate;
      const thumbprint = fingerprint256.replaceAll(':', '').toLowerCase();
      const expires_ms = validToDate.getTime();
      return [{ use, zone, name, file: reference.file, subject: subject ?? '', thumbprint, expires_ms }];
    }),
  );
}

/** Null for what the load judges, and nobody has to foretell an end of. */
function parsed(pem: string): X509Certificate | null {
  try {
    const certificate = new X509Certificate(pem);
    return Number.isFinite(certificate.validToDate.getTime()) ? certificate : null;
  } catch {
    return null;
  }
}

/** Each once, however many places name it. */
export function distinct(certificates: readonly PlanCertificate[]): Map<string, PlanCertificate> {
  return new Map(certificates.map((one) => [JSON.stringify([one.file, one.thumbprint]), one]));
}

/** A sentence for each certificate that has expired or does within 30 days. */
export function expiryWarnings(certificates: readonly PlanCertificate[], now_ms: number): string[] {
  return [...distinct(certificates).values()]
    .filter(({ expires_ms }) => expires_ms - now_ms < SOON_DAYS * DAY_MS)
    .map((certificate) => describeExpiry(certificate, now_ms));
}

export function describeExpiry({ file, subject, expires_ms }: PlanCertificate, now_ms: number): string {
  const date = new Date(expires_ms).toISOString().slice(0, 10);
  const days = Math.floor((expires_ms - now_ms) / DAY_MS);
  const when = days < 0 ? `expired on ${date}` : `expires on ${date}, in ${days} ${days === 1 ? 'day' : 'days'}`;
  return `${file}: the certificate of ${JSON.stringify(subject)} ${when}`;
}

/** When the first certificate of a file expires. */
export type CertificateExpiry = Pick<PlanCertificate, 'use' | 'zone' | 'name' | 'file' | 'expires_ms'>;

/** One for each listener name and trust of a zone, each upstream and the collector: of several, the first to expire. */
export function certificateExpiries(certificates: readonly PlanCertificate[]): CertificateExpiry[] {
  const first = new Map<string, CertificateExpiry>();
  for (const { use, zone, name, file, expires_ms } of certificates) {
    const id = JSON.stringify([use, zone, name]);
    const other = first.get(id);
    if (other === undefined || expires_ms < other.expires_ms) first.set(id, { use, zone, name, file, expires_ms });
  }
  return [...first.values()];
}
