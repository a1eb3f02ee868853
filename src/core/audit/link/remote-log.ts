/** The log as seen from a process that does not write it. */

import type { Duplex } from 'node:stream';
import type { LogState } from '../commit.ts';
import { type Entry, eventEntry, intentEntry, outcomeEntry } from '../entry.ts';
import type { Recorder } from '../log.ts';
import { createSerializer, type Serializer } from '../ocsf.ts';
import type { EventRecord, ExchangeRecord, IntentRecord } from '../record.ts';
import { AuditUnavailable } from '../unavailable.ts';
import { entryLine, frame, type Reply, ReplyReader, WireError } from './wire.ts';

export interface RemoteLogOptions {
  /** Version of the gate, stands in every record. */
  readonly product_version: string;
  /** Records are refused while this many bytes are on their way and not acknowledged. */
  readonly waiting_bytes: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Records of one turn of the event loop: they travel, and become durable, together. */
class Shipment {
  readonly number: number;
  readonly sent_ms: number;
  readonly durable: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly entries: Entry[] = [];
  lines = '';

  constructor(number: number, sent_ms: number) {
    this.number = number;
    this.sent_ms = sent_ms;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.durable = promise;
    this.resolve = resolve;
    this.reject = reject;
    // A caller that does not wait must not bring the process down.
    promise.catch(() => undefined);
  }
}

const SHIPMENT_BYTES = 1024 * 1024;

/**
 * Sends records to the process that writes the log, and holds to what a log promises: a call resolves when its record
 * is on disk. Without a link nothing is taken.
 *
 * An exchange whose intent went over a link that broke has no outcome of its own any more: whoever opens the log next
 * closes it as OUTCOME_UNKNOWN, so what this process would say of it later is refused.
 */
export class RemoteLog implements Recorder {
  readonly #options: RemoteLogOptions;
  readonly #serializer: Serializer;
  #link: Duplex | null = null;
  #state: LogState = 'failed';
  #next_number = 1;
  #waiting_bytes = 0;
  /** Gathers the records of this turn. */
  #gathering: Shipment | null = null;
  /**
   * In the order they were sent, which is nearly always the order they are answered. No Map: one that entries come to
   * and leave keeps them until the next full collection.
   */
  #under_way: Shipment[] = [];
  /** Exchanges with an intent and without an outcome, over this link. */
  readonly #open = new Set<string>();
  /** The same over links that broke. */
  readonly #orphans = new Set<string>();
  readonly #failure_listeners = new Set<(error: AuditUnavailable) => void>();
  readonly #resume_listeners = new Set<() => void>();
  #closing: (() => void) | null = null;
  #lag_ms = 0;

  constructor(options: RemoteLogOptions) {
    this.#options = options;
    this.#serializer = createSerializer(options.product_version);
  }

  get state(): LogState {
    return this.#state;
  }

  /** Milliseconds from handing over to the acknowledgement, of the last shipment. */
  get lag_ms(): number {
    return this.#lag_ms;
  }

  /** Goes on over this link, in place of one that broke. */
  attach(link: Duplex): void {
    if (this.#link !== null) this.#lost(this.#link);
    this.#link = link;
    const replies = new ReplyReader();
    link.on('error', () => undefined);
    link.on('end', () => link.end());
    link.on('close', () => this.#lost(link));
    link.on('data', (chunk: Buffer) => {
      try {
        for (const reply of replies.push(chunk)) this.#hear(reply);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        link.destroy();
      }
    });
    // It may have been paused on its way here.
    link.resume();
  }

  intent(record: IntentRecord): Promise<void> {
    return this.#ship(intentEntry(this.#serializer, record));
  }

  outcome(record: ExchangeRecord): Promise<void> {
    return this.#ship(outcomeEntry(this.#serializer, record));
  }

  event(record: EventRecord): Promise<void> {
    return this.#ship(eventEntry(this.#serializer, record));
  }

  onFailure(listener: (error: AuditUnavailable) => void): () => void {
    this.#failure_listeners.add(listener);
    return () => this.#failure_listeners.delete(listener);
  }

  onResume(listener: () => void): () => void {
    this.#resume_listeners.add(listener);
    return () => this.#resume_listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#state = 'closed';
    this.#send();
    if (this.#under_way.length > 0) await new Promise<void>((resolve) => (this.#closing = resolve));
    this.#link?.end();
  }

  #ship(entry: Entry): Promise<void> {
    const refusal = this.#refusal(entry);
    if (refusal !== null) return Promise.reject(refusal);
    const shipment = this.#gather();
    shipment.entries.push(entry);
    shipment.lines += entryLine(entry);
    this.#waiting_bytes += entry.text.length;
    if (entry.kind === 'intent') this.#open.add(entry.exchange_id);
    if (entry.kind === 'outcome') this.#open.delete(entry.exchange_id);
    return shipment.durable;
  }

  #refusal({ kind, exchange_id }: Entry): AuditUnavailable | null {
    if (this.#state === 'closed') return new AuditUnavailable('closed');
    if (kind === 'outcome' && this.#orphans.delete(exchange_id)) return new AuditUnavailable('recorder');
    if (this.#link === null) return new AuditUnavailable('recorder');
    // The writer has to hear of the outcome of what it has an intent of, even to refuse it.
    if (kind === 'outcome' && this.#open.has(exchange_id)) return null;
    if (this.#state === 'failed') return new AuditUnavailable('failed');
    return this.#waiting_bytes < this.#options.waiting_bytes ? null : new AuditUnavailable('backlog');
  }

  #gather(): Shipment {
    if (this.#gathering !== null && this.#gathering.lines.length < SHIPMENT_BYTES) return this.#gathering;
    this.#send();
    this.#gathering = new Shipment(this.#next_number, this.#options.now());
    this.#next_number = (this.#next_number + 1) >>> 0;
    // Everything of this turn of the event loop goes together.
    setImmediate(() => this.#send());
    return this.#gathering;
  }

  #send(): void {
    const shipment = this.#gathering;
    if (shipment === null) return;
    this.#gathering = null;
    this.#under_way.push(shipment);
    this.#link?.write(frame(shipment.number, shipment.lines));
    shipment.lines = '';
  }

  #hear(reply: Reply): void {
    if (reply.say === 'state') return this.#changeState(reply.open, reply.os_code);
    const at = this.#under_way.findIndex(({ number }) => number === reply.number);
    const [shipment] = at < 0 ? [] : this.#under_way.splice(at, 1);
    if (shipment === undefined) return;
    this.#lag_ms = this.#options.now() - shipment.sent_ms;
    this.#settled(shipment);
    if (reply.say === 'durable') shipment.resolve();
    else shipment.reject(new AuditUnavailable(reply.reason, reply.os_code === null ? null : { code: reply.os_code }));
    if (this.#under_way.length === 0) this.#closing?.();
  }

  #settled(shipment: Shipment): void {
    for (const { text } of shipment.entries) this.#waiting_bytes -= text.length;
  }

  #changeState(open: boolean, os_code: string | null): void {
    if (this.#state === 'closed' || open === (this.#state === 'open')) return;
    this.#state = open ? 'open' : 'failed';
    if (open) for (const listener of this.#resume_listeners) listener();
    else this.#tellFailure(new AuditUnavailable('write', os_code === null ? undefined : { code: os_code }));
  }

  #lost(link: Duplex): void {
    if (this.#link !== link) return;
    this.#link = null;
    link.destroy();
    const was_open = this.#state === 'open';
    if (this.#state !== 'closed') this.#state = 'failed';
    for (const exchange_id of this.#open) this.#orphans.add(exchange_id);
    this.#open.clear();
    const error = new AuditUnavailable('recorder');
    const unanswered = this.#under_way;
    if (this.#gathering !== null) unanswered.push(this.#gathering);
    this.#gathering = null;
    this.#under_way = [];
    for (const shipment of unanswered) {
      this.#settled(shipment);
      shipment.reject(error);
    }
    this.#closing?.();
    if (was_open) this.#tellFailure(error);
  }

  #tellFailure(error: AuditUnavailable): void {
    for (const listener of this.#failure_listeners) listener(error);
  }
}
