/** The log as seen from a process that does not write it. */

import type { Duplex } from 'node:stream';
import type { LogState } from '../commit.ts';
import { type Entry, eventEntry, intentEntry, outcomeEntry } from '../entry.ts';
import type { Recorder } from '../log.ts';
import { createSerializer, type Serializer } from '../ocsf.ts';
import type { EventRecord, ExchangeRecord, IntentRecord } from '../record.ts';
import { AuditUnavailable, type UnavailableReason } from '../unavailable.ts';
import { Shipment } from './shipment.ts';
import { frame, type Reply, ReplyReader, WireError } from './wire.ts';

export interface RemoteLogOptions {
  /** Version of the gate, stands in every record. */
  readonly product_version: string;
  /** Records are refused while this many bytes are on their way and not acknowledged. */
  readonly waiting_bytes: number;
  /** A record that is not durable after this long is not waited for, and no more are taken until it is. */
  readonly late_ms: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** A shipment of this size is not made larger, nor kept back for the one before. */
const SHIPMENT_BYTES = 1024 * 1024;

/**
 * Sends records to the process that writes the log, and holds to what a log promises: a call resolves when its record
 * is on disk. Without a link nothing is taken.
 *
 * One shipment is under way, and what comes meanwhile goes together with the next: the disk takes its time anyway, and
 * each shipment costs both processes a turn.
 *
 * An exchange whose intent went over a link that broke has no outcome of its own any more: whoever opens the log next
 * closes it as OUTCOME_UNKNOWN, so what this process would say of it later is refused.
 */
export class RemoteLog implements Recorder {
  readonly #options: RemoteLogOptions;
  readonly #serializer: Serializer;
  #link: Duplex | null = null;
  #closed = false;
  /** What the writer said of its log last. */
  #writer_open = false;
  /** Shipments under way that nobody waits for any more. */
  #late = 0;
  #late_timer: NodeJS.Timeout | null = null;
  #next_number = 1;
  #waiting_bytes = 0;
  /** Has not been sent yet. */
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
    if (this.#closed) return 'closed';
    return this.#writer_open && this.#late === 0 ? 'open' : 'failed';
  }

  /** Milliseconds from handing over to the acknowledgement, of the last shipment. */
  get lag_ms(): number {
    return this.#lag_ms;
  }

  /** Goes on over this link, in place of one that broke. */
  attach(link: Duplex): void {
    this.#link?.destroy();
    this.#forget();
    // Whoever waits for the end has nothing to wait for any more.
    this.#closing?.();
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
    this.#closed = true;
    this.#send();
    if (this.#under_way.length > 0) await new Promise<void>((resolve) => (this.#closing = resolve));
    this.#link?.end();
  }

  #ship(entry: Entry): Promise<void> {
    const refusal = this.#refusal(entry);
    if (refusal !== null) return Promise.reject(refusal);
    const shipment = this.#gather();
    shipment.add(entry);
    this.#waiting_bytes += entry.text.length;
    if (entry.kind === 'intent') this.#open.add(entry.exchange_id);
    if (entry.kind === 'outcome' && this.#open.size > 0) this.#open.delete(entry.exchange_id);
    return shipment.durable;
  }

  #refusal({ kind, exchange_id }: Entry): AuditUnavailable | null {
    const { state } = this;
    if (state === 'closed') return new AuditUnavailable('closed');
    // Asked for their size first: a Set makes a name of each string that it is asked for.
    if (kind === 'outcome' && this.#orphans.size > 0 && this.#orphans.delete(exchange_id))
      return new AuditUnavailable('recorder');
    if (this.#link === null) return new AuditUnavailable('recorder');
    // The writer has to hear of the outcome of what it has an intent of, even to refuse it.
    if (kind === 'outcome' && this.#open.has(exchange_id)) return null;
    if (state === 'failed') return new AuditUnavailable(this.#late > 0 ? 'late' : 'failed');
    return this.#waiting_bytes < this.#options.waiting_bytes ? null : new AuditUnavailable('backlog');
  }

  #gather(): Shipment {
    if (this.#gathering !== null && this.#gathering.size_bytes < SHIPMENT_BYTES) return this.#gathering;
    this.#send();
    const shipment = new Shipment(this.#next_number, this.#options.now());
    this.#gathering = shipment;
    this.#next_number = (this.#next_number + 1) >>> 0;
    if (this.#late > 0) this.#giveUp(shipment);
    this.#late_timer ??= this.#lookForLate(this.#options.late_ms);
    // Everything of this turn of the event loop goes together.
    if (this.#under_way.length === 0) setImmediate(() => this.#send());
    return shipment;
  }

  #send(): void {
    const shipment = this.#gathering;
    if (shipment === null) return;
    this.#gathering = null;
    this.#under_way.push(shipment);
    this.#link?.write(frame(shipment.number, shipment.takeLines()));
  }

  #hear(reply: Reply): void {
    if (reply.say === 'state') return this.#change(() => (this.#writer_open = reply.open), 'write', reply.os_code);
    const at = this.#under_way.findIndex(({ number }) => number === reply.number);
    const [shipment] = at < 0 ? [] : this.#under_way.splice(at, 1);
    if (shipment === undefined) return;
    this.#lag_ms = this.#options.now() - shipment.begun_ms;
    this.#waiting_bytes -= shipment.size_bytes;
    if (this.#under_way.length === 0) this.#send();
    if (reply.say === 'durable') shipment.settle();
    else shipment.fail(new AuditUnavailable(reply.reason, reply.os_code === null ? null : { code: reply.os_code }));
    if (shipment.late) this.#change(() => this.#late--, 'late', null);
    if (this.#under_way.length === 0) this.#closing?.();
  }

  #lookForLate(in_ms: number): NodeJS.Timeout {
    // One more turn: where it was this process that stood still, the answers are here and have not been read.
    return setTimeout(() => setImmediate(() => this.#look()), in_ms).unref();
  }

  #look(): void {
    this.#late_timer = null;
    const oldest = this.#under_way[0] ?? this.#gathering;
    if (oldest === null || oldest.late) return;
    const left_ms = oldest.begun_ms + this.#options.late_ms - this.#options.now();
    if (left_ms > 0) this.#late_timer = this.#lookForLate(left_ms);
    else this.#change(() => this.#giveUpAll(), 'late', null);
  }

  /** The writer may be stopped, or its disk hang: what came after the oldest fares no better. */
  #giveUpAll(): void {
    for (const shipment of this.#under_way) if (!shipment.late) this.#giveUp(shipment);
    if (this.#gathering !== null) this.#giveUp(this.#gathering);
  }

  #giveUp(shipment: Shipment): void {
    this.#late++;
    shipment.giveUp(new AuditUnavailable('late'));
  }

  /** Does something that may open or close the log, and tells of it where it did. */
  #change(act: () => unknown, reason: UnavailableReason, os_code: string | null): void {
    const before = this.state;
    act();
    const after = this.state;
    if (before === 'closed' || before === after) return;
    if (after === 'open') for (const listener of this.#resume_listeners) listener();
    else this.#tellFailure(new AuditUnavailable(reason, os_code === null ? undefined : { code: os_code }));
  }

  #lost(link: Duplex): void {
    if (this.#link !== link) return;
    link.destroy();
    this.#forget();
    // Also where nothing was taken before: whoever makes links has to know.
    if (!this.#closed) this.#tellFailure(new AuditUnavailable('recorder'));
    this.#closing?.();
  }

  #forget(): void {
    this.#link = null;
    this.#writer_open = false;
    this.#late = 0;
    this.#waiting_bytes = 0;
    for (const exchange_id of this.#open) this.#orphans.add(exchange_id);
    this.#open.clear();
    const unanswered = this.#gathering === null ? this.#under_way : [...this.#under_way, this.#gathering];
    this.#gathering = null;
    this.#under_way = [];
    for (const shipment of unanswered) shipment.fail(new AuditUnavailable('recorder'));
  }

  #tellFailure(error: AuditUnavailable): void {
    for (const listener of this.#failure_listeners) listener(error);
  }
}
