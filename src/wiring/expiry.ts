import { X509Certificate } from 'node:crypto';
import type { FileReference, GateConfig } from '../config/load.ts';
import { readText } from './read-text.ts';

const DAY_MS = 86_400_000;
/** Time enough to order a certificate, and to ask a partner for one. */
const SOON_DAYS = 30;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A file of certificates, and what it is for. */
interface CertificateFile {
  readonly use: 'listener' | 'trust';
  readonly zone: string;
  /** First host name of the listener, or name of the trust. */
  readonly name: string;
  readonly reference: FileReference;
  readonly key: string;
}

function certificateFiles({ zones }: GateConfig): CertificateFile[] {
  return zones.flatMap((zone) => [
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
}

function certificatesIn({ reference, key }: CertificateFile): X509Certificate[] {
  return (readText(reference, key).match(PEM_CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem));
}

/**
 * A sentence for each certificate of a listener or a trust bundle that expires within 30 days. Those that expired are
 * faults of the load already.
 *
 * @throws LoadError CONFIG_FILE
 */
export function expiryWarnings(config: GateConfig, now_ms: number): string[] {
  const files = new Map(certificateFiles(config).map((file) => [file.reference.path, file]));
  return [...files.values()].flatMap((file) =>
    certificatesIn(file).flatMap(({ subject, validToDate }) => {
      const days = Math.floor((validToDate.getTime() - now_ms) / DAY_MS);
      if (days >= SOON_DAYS) return [];
      const name = JSON.stringify(subject ?? '');
      const date = validToDate.toISOString().slice(0, 10);
      return [
        `${file.reference.file}: the certificate of ${name} expires on ${date}, in ${days} ${days === 1 ? 'day' : 'days'}`,
      ];
    }),
  );
}

/** When the first certificate of a file expires. */
export interface CertificateExpiry extends Pick<CertificateFile, 'use' | 'zone' | 'name'> {
  readonly file: string;
  /** Unix milliseconds. */
  readonly expires_ms: number;
}

/**
 * One for each listener name and trust of a zone: of several files that go by one name, the first to expire.
 *
 * @throws LoadError CONFIG_FILE
 */
export function certificateExpiries(config: GateConfig): CertificateExpiry[] {
  const first = new Map<string, CertificateExpiry>();
  for (const file of certificateFiles(config)) {
    const { use, zone, name, reference } = file;
    const expires_ms = Math.min(...certificatesIn(file).map(({ validToDate }) => validToDate.getTime()));
    const id = JSON.stringify([use, zone, name]);
    const other = first.get(id);
    if (Number.isFinite(expires_ms) && (other === undefined || expires_ms < other.expires_ms)) {
      first.set(id, { use, zone, name, file: reference.file, expires_ms });
    }
  }
  return [...first.values()];
}
