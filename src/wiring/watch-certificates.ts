/** Tells, while a gate runs, of the certificates in force that come to their end. */

import type { EventName } from '../core/audit/index.ts';
import type { Notify } from '../core/oplog/index.ts';
import { DAY_MS, describeExpiry, distinct, type PlanCertificate, SOON_DAYS } from './expiry.ts';
import type { RunningGate } from './running-gate.ts';

/** Days left below which a certificate is told of, once each; 0 is its end. */
const THRESHOLDS_DAYS = [0, 1, 7, SOON_DAYS] as const;
/** A clock that is set is noticed within a minute: timers go by another one. */
const LOOK_MS = 60_000;

export interface CertificateWatchOptions {
  /** Those in force. */
  readonly certificates: () => readonly PlanCertificate[];
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly onNotice: Notify;
  readonly event: RunningGate['event'];
}

/**
 * Tells of each certificate once for each threshold it comes under, and again after the clock was set back behind it.
 * One that is replaced is forgotten; the one in its place is judged anew.
 */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  /** The threshold each is under, in days; absent above all. */
  #under = new Map<string, number>();
  /** Events that the log did not take; the last one of each certificate. */
  readonly #unrecorded = new Map<string, readonly [EventName, Parameters<RunningGate['event']>[1]]>();
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
  }

  /** Judges what is in force now, and looks again by itself; to be called at the start and after each reload. */
  look(): void {
    if (this.#stopped) return;
    const now_ms = this.#options.now();
    const under = new Map<string, number>();
    let again_ms = LOOK_MS;
    for (const [id, event] of [...this.#unrecorded]) this.#record(id, ...event);
    for (const [id, certificate] of distinct(this.#options.certificates())) {
      const left_ms = certificate.expires_ms - now_ms;
      for (const days of THRESHOLDS_DAYS) {
        const until_ms = left_ms - days * DAY_MS;
        if (until_ms >= 0) again_ms = Math.min(again_ms, until_ms + 1);
      }
      const threshold = THRESHOLDS_DAYS.find((days) => left_ms < days * DAY_MS);
      if (threshold === undefined) continue;
      under.set(id, threshold);
      if (threshold < (this.#under.get(id) ?? Number.POSITIVE_INFINITY)) this.#tell(id, certificate, now_ms);
    }
    this.#under = under;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.look(), again_ms).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #tell(id: string, certificate: PlanCertificate, now_ms: number): void {
    const { use, zone, name, file, subject, thumbprint, expires_ms } = certificate;
    const has_expired = expires_ms < now_ms;
    const told = describeExpiry(certificate, now_ms);
    this.#options.onNotice(has_expired ? `${told}: ${MEANING[use]}` : told, has_expired ? 'error' : 'warn');
    this.#record(id, has_expired ? 'certificate_expired' : 'certificate_expiring', {
      use,
      zone,
      name,
      file,
      subject,
      thumbprint,
      expires_ms,
    });
  }

  #record(id: string, event: EventName, data: Parameters<RunningGate['event']>[1]): void {
    this.#unrecorded.delete(id);
    this.#options.event(event, data).catch(() => {
      if (!this.#unrecorded.has(id)) this.#unrecorded.set(id, [event, data]);
    });
  }
}

const MEANING: Readonly<Record<PlanCertificate['use'], string>> = {
  listener: 'callers refuse this gate; put the new one in place and reload',
  trust: 'callers whose certificate leads to it are refused; put the new one in place and reload',
  upstream: 'it proves no service any more; put the new one in place and reload',
  collector: 'it proves no collector any more; put the new one in place and reload',
};
