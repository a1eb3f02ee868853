/**
 * Group commit: one durable write is under way at a time, and every record that arrives meanwhile goes into
 * the next one.
 *
 *   open ── a write fails ──► failed ── a new segment could be begun ──► open
 *     └────────── close ──────────┴──► closed
 */

import { Batch } from './batch.ts';
import type { LinePlace } from './ocsf.ts';
import type { IntentRecord } from './record.ts';
import { AuditUnavailable, osCode } from './unavailable.ts';
import type { SegmentWriter } from './writer.ts';

export type LogState = 'open' | 'failed' | 'closed';

/** What the log does with what becomes of its batches. None may throw. */
export interface CommitOwner {
  /** The batch is durable. */
  settled(batch: Batch): void;
  /** Nothing of the batch is in the log, or what is will be cut off before the log goes on. */
  rejected(batch: Batch): void;
  failed(error: AuditUnavailable): void;
  /** Records are taken again, after `failed_ms` in which none were. */
  resumed(failed_ms: number, os_code: string | null): void;
  openIntents(): Iterable<IntentRecord>;
}

export interface CommitOptions {
  readonly writer: SegmentWriter;
  readonly now: () => number;
  readonly next_sequence: number;
  /** When this many bytes wait for the disk, what may be refused is refused. */
  readonly waiting_bytes: number;
  /** Pause between two attempts to come back after a failure. */
  readonly retry_ms: number;
}

/** A batch of this size is not made larger; what comes goes into the next. */
const BATCH_BYTES = 1024 * 1024;
/** Most batches fit; a larger one makes the buffer grow to little more than BATCH_BYTES. */
const BUFFER_BYTES = 256 * 1024;

export class GroupCommit {
  readonly #options: CommitOptions;
  readonly #owner: CommitOwner;
  #queue: Batch[] = [];
  #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #waiting_bytes = 0;
  #next_sequence: number;
  /** Sequence after the last durable record. */
  #durable_next: number;
  #state: LogState = 'open';
  #failure: { readonly since_ms: number; readonly os_code: string | null } | undefined;
  /** The writing or coming back that is under way; never rejects. */
  #working: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: CommitOptions, owner: CommitOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#next_sequence = options.next_sequence;
    this.#durable_next = options.next_sequence;
  }

  get state(): LogState {
    return this.#state;
  }

  /** Why no record is taken now; undefined when one is. */
  refusal(passes_full_queue: boolean): AuditUnavailable | undefined {
    if (this.#state !== 'open') return new AuditUnavailable(this.#state);
    if (this.#waiting_bytes < this.#options.waiting_bytes || passes_full_queue) return undefined;
    return new AuditUnavailable('backlog');
  }

  /** Puts one line into the next write and returns its batch. Only after `refusal` gave none. */
  add(serialize: (place: LinePlace) => string): Batch {
    const batch = this.#openBatch();
    const line = serialize({ sequence: this.#next_sequence, batch: batch.first_sequence });
    batch.add(line);
    this.#next_sequence += 1;
    this.#waiting_bytes += line.length;
    this.#working ??= this.#work();
    return batch;
  }

  /** Takes no more, finishes what waits and closes the segment. Never rejects. */
  async close(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#retry);
    await this.#working;
    await this.#options.writer.close().catch(() => undefined);
  }

  #openBatch(): Batch {
    const last = this.#queue.at(-1);
    if (last !== undefined && last.size_bytes < BATCH_BYTES) return last;
    const fresh = new Batch(this.#next_sequence);
    this.#queue.push(fresh);
    return fresh;
  }

  async #work(): Promise<void> {
    // Callers of the same turn of the event loop share a write: without the pause the first would write alone.
    await nextTurn();
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      try {
        await this.#options.writer.append(this.#bytesOf(batch), this.#carried(batch.first_sequence));
      } catch (error) {
        this.#fail([batch, ...this.#queue], error);
        break;
      }
      this.#settle(batch);
      await nextTurn();
    }
    this.#working = undefined;
  }

  /** One write is under way at a time, so all share one buffer. */
  #bytesOf(batch: Batch): Buffer {
    if (this.#buffer.length < batch.size_bytes) this.#buffer = Buffer.allocUnsafeSlow(batch.size_bytes);
    return batch.copyTo(this.#buffer);
  }

  #carried(next_sequence: number): { next_sequence: number; open_intents: Iterable<IntentRecord> } {
    return { next_sequence, open_intents: this.#owner.openIntents() };
  }

  #settle(batch: Batch): void {
    this.#waiting_bytes -= batch.size_bytes;
    this.#durable_next = this.#queue[0]?.first_sequence ?? this.#next_sequence;
    this.#owner.settled(batch);
    batch.resolve();
  }

  #fail(batches: readonly Batch[], cause: unknown): void {
    const error = new AuditUnavailable('write', cause);
    this.#queue = [];
    this.#waiting_bytes = 0;
    this.#next_sequence = this.#durable_next;
    this.#failure ??= { since_ms: this.#options.now(), os_code: error.os_code };
    if (this.#state === 'open') this.#state = 'failed';
    this.#retryLater();
    for (const batch of batches) {
      this.#owner.rejected(batch);
      batch.reject(error);
    }
    this.#owner.failed(error);
  }

  #retryLater(): void {
    if (this.#state !== 'failed') return;
    this.#retry = setTimeout(() => {
      this.#working = this.#comeBack();
    }, this.#options.retry_ms).unref();
  }

  async #comeBack(): Promise<void> {
    try {
      await this.#options.writer.resume(this.#carried(this.#durable_next));
    } catch (error) {
      this.#failure = { since_ms: this.#failure?.since_ms ?? this.#options.now(), os_code: osCode(error) };
      this.#working = undefined;
      this.#retryLater();
      return;
    }
    this.#working = undefined;
    if (this.#state === 'closed') return;
    const { since_ms, os_code } = this.#failure ?? { since_ms: this.#options.now(), os_code: null };
    this.#failure = undefined;
    this.#state = 'open';
    this.#owner.resumed(Math.max(0, this.#options.now() - since_ms), os_code);
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
