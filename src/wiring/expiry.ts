import { X509Certificate } from 'node:crypto';
import type { FileReference, GateConfig } from '../config/load.ts';
import { readText } from './read-text.ts';

const DAY_MS = 86_400_000;
/** Time enough to order a certificate, and to ask a partner for one. */
const SOON_DAYS = 30;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * A sentence for each certificate of a listener or a trust bundle that expires within 30 days. Those that expired are
 * faults of the load already.
 *
 * @throws LoadError CONFIG_FILE
 */
export function expiryWarnings(config: GateConfig, now_ms: number): string[] {
  const files = new Map<string, { readonly reference: FileReference; readonly key: string }>();
  for (const zone of config.zones) {
    for (const [
      index,
      {
        certificate: { chain },
      },
    ] of zone.listen.entries()) {
      files.set(chain.path, { reference: chain, key: `zones.${zone.id}.listen[${index}].certificate.chain` });
    }
    for (const trust of zone.trust) {
      files.set(trust.path, { reference: trust, key: `zones.${zone.id}.trust.${trust.name}` });
    }
  }
  return [...files.values()].flatMap(({ reference, key }) =>
    (readText(reference, key).match(PEM_CERTIFICATE) ?? []).flatMap((pem) => {
      const { subject, validToDate } = new X509Certificate(pem);
      const days = Math.floor((validToDate.getTime() - now_ms) / DAY_MS);
      if (days >= SOON_DAYS) return [];
      const name = JSON.stringify(subject ?? '');
      const date = validToDate.toISOString().slice(0, 10);
      return [
        `${reference.file}: the certificate of ${name} expires on ${date}, in ${days} ${days === 1 ? 'day' : 'days'}`,
      ];
    }),
  );
}
