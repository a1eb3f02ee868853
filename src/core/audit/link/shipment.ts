/** Records on their way to the process that writes the log. */

import type { Entry } from '../entry.ts';
import type { AuditUnavailable } from '../unavailable.ts';
import { entryLine } from './wire.ts';

/** Records that travel, and become durable, together. */
export class Shipment {
  readonly number: number;
  /** When its first record was handed over. */
  readonly begun_ms: number;
  readonly durable: Promise<void>;
  /** Bytes of its records. */
  size_bytes = 0;
  /** Nobody waits for it any more. */
  late = false;
  #lines = '';
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;

  constructor(number: number, begun_ms: number) {
    this.number = number;
    this.begun_ms = begun_ms;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.durable = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    // A caller that does not wait must not bring the process down.
    promise.catch(() => undefined);
  }

  add(entry: Entry): void {
    this.#lines += entryLine(entry);
    this.size_bytes += entry.text.length;
  }

  /** What is to be sent; held no longer. */
  takeLines(): string {
    const lines = this.#lines;
    this.#lines = '';
    return lines;
  }

  /** Its records are durable. Whoever was told that they are late is told no more. */
  settle(): void {
    this.#resolve();
  }

  fail(error: AuditUnavailable): void {
    this.#reject(error);
  }

  /** Those who wait are told so; it stays on its way. */
  giveUp(error: AuditUnavailable): void {
    this.late = true;
    this.#reject(error);
  }
}
