/** The audit log. A call resolves when its record is on disk, and not before. */

import type { Batch } from './batch.ts';
import { type CommitOwner, GroupCommit, type LogState } from './commit.ts';
import { type Entry, eventEntry, intentEntry, intentIn, outcomeEntry, placed } from './entry.ts';
import { opening } from './fault.ts';
import type { FolderLock } from './lock.ts';
import { createSerializer, type Serializer } from './ocsf.ts';
import { type AuditLogOptions, type OpenedFolder, openFolder } from './open.ts';
import { type EventRecord, type ExchangeRecord, type IntentRecord, unknownOutcome } from './record.ts';
import type { AuditUnavailable } from './unavailable.ts';

export type { LogState } from './commit.ts';
export type { AuditLogOptions } from './open.ts';

/** What opening found left over from a crash. */
export interface Recovered {
  /** Intents that were closed as OUTCOME_UNKNOWN. */
  readonly orphans: number;
  /** Bytes of unfinished, never acknowledged writes that were cut off. */
  readonly torn_bytes: number;
}

/** Where records go, wherever they are written. */
export interface Recorder {
  /** Before an unsafe operation is forwarded. Rejects with AuditUnavailable: then do not forward. */
  intent(record: IntentRecord): Promise<void>;
  /** Before the last byte of the answer leaves. Rejects with AuditUnavailable: then refuse. */
  outcome(record: ExchangeRecord): Promise<void>;
  event(record: EventRecord): Promise<void>;
  /** Takes no more records, waits for those under way and releases the folder. Never rejects. */
  close(): Promise<void>;
  readonly state: LogState;
  /** Called each time the log stops taking records; returns how to unsubscribe. */
  onFailure(listener: (error: AuditUnavailable) => void): () => void;
  /** Called each time it takes records again. */
  onResume(listener: () => void): () => void;
}

/** The log itself, in the process that writes it. */
export interface AuditLog extends Recorder {
  readonly recovered: Recovered;
  /** Takes a record that another process serialised. Resolves and rejects as `intent` and `outcome` do. */
  append(entry: Entry): Promise<void>;
  /** Nobody will bring the outcomes of these exchanges any more: they are closed as OUTCOME_UNKNOWN. */
  abandon(exchange_ids: Iterable<string>): void;
}

/**
 * Opens, or makes, the log in a folder, after a crash as after a clean stop. What a crash left open is closed
 * and on disk before this resolves. Throws LoadError (DATA_FOLDER) when the folder is in use, unsafe,
 * unwritable or damaged.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const folder = await openFolder(options);
  const log = new FolderLog(folder);
  try {
    await opening(options.folder, 'write to the audit log', () => log.recover());
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

class FolderLog implements AuditLog, CommitOwner {
  readonly recovered: Recovered;
  readonly #commit: GroupCommit;
  readonly #serializer: Serializer;
  readonly #lock: FolderLock;
  readonly #now: () => number;
  /** Durable intents without durable outcome, by exchange id. */
  readonly #open_intents: Map<string, IntentRecord | Entry>;
  /** Of these, those whose outcome was rejected: nobody will bring it again. */
  readonly #lost = new Set<string>();
  readonly #failure_listeners = new Set<(error: AuditUnavailable) => void>();
  readonly #resume_listeners = new Set<() => void>();
  #closing: Promise<void> | undefined;

  constructor({ options, lock, writer, next_sequence, open_intents, torn_bytes }: OpenedFolder) {
    const { now, waiting_bytes, retry_ms } = options;
    this.#commit = new GroupCommit({ writer, now, next_sequence, waiting_bytes, retry_ms }, this);
    this.#serializer = createSerializer(options.product_version);
    this.#lock = lock;
    this.#now = now;
    this.#open_intents = open_intents;
    this.recovered = { orphans: open_intents.size, torn_bytes };
  }

  get state(): LogState {
    return this.#commit.state;
  }

  intent(record: IntentRecord): Promise<void> {
    return this.append(intentEntry(this.#serializer, record));
  }

  outcome(record: ExchangeRecord): Promise<void> {
    return this.append(outcomeEntry(this.#serializer, record));
  }

  event(record: EventRecord): Promise<void> {
    return this.append(eventEntry(this.#serializer, record));
  }

  append(entry: Entry): Promise<void> {
    const { kind, exchange_id } = entry;
    // An executed exchange may pass a full queue: there are no more of them than intents were let in.
    const executed = kind === 'outcome' && this.#open_intents.has(exchange_id);
    const refusal = this.#commit.refusal(executed);
    if (refusal !== undefined) {
      if (executed) this.#lost.add(exchange_id);
      return Promise.reject(refusal);
    }
    const batch = this.#commit.add((place) => placed(entry, place));
    if (kind === 'intent') batch.intents.push(entry);
    if (kind === 'outcome') batch.outcomes.push(exchange_id);
    return batch.durable;
  }

  abandon(exchange_ids: Iterable<string>): void {
    for (const exchange_id of exchange_ids) this.#closeUnknown(exchange_id, this.#now());
  }

  onFailure(listener: (error: AuditUnavailable) => void): () => void {
    this.#failure_listeners.add(listener);
    return () => this.#failure_listeners.delete(listener);
  }

  onResume(listener: () => void): () => void {
    this.#resume_listeners.add(listener);
    return () => this.#resume_listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#commit.close().then(() => this.#lock.release());
    return this.#closing;
  }

  /** Closes what a crash left open. */
  async recover(): Promise<void> {
    const { orphans, torn_bytes } = this.recovered;
    if (orphans === 0 && torn_bytes === 0) return;
    const closed = [...this.openIntents()].map((intent) => this.outcome(unknownOutcome(intent, this.#now())));
    await Promise.all(closed);
    await this.event({ event: 'log_recovered', at_ms: this.#now(), plan: null, data: { orphans, torn_bytes } });
  }

  *openIntents(): Iterable<IntentRecord> {
    for (const intent of this.#open_intents.values()) yield recordOf(intent);
  }

  settled({ intents, outcomes }: Batch): void {
    for (const intent of intents) this.#open_intents.set(intent.exchange_id, intent);
    for (const exchange_id of outcomes) {
      this.#open_intents.delete(exchange_id);
      this.#lost.delete(exchange_id);
    }
  }

  rejected({ outcomes }: Batch): void {
    for (const exchange_id of outcomes) if (this.#open_intents.has(exchange_id)) this.#lost.add(exchange_id);
  }

  failed(error: AuditUnavailable): void {
    for (const listener of this.#failure_listeners) listener(error);
  }

  /** If these records fail in turn, the exchanges stay in `#lost` and the next resumption closes them. */
  resumed(failed_ms: number, os_code: string | null): void {
    const at_ms = this.#now();
    for (const exchange_id of this.#lost) this.#closeUnknown(exchange_id, at_ms);
    const data = { failed_ms, os_code, outcomes_unknown: this.#lost.size };
    this.event({ event: 'log_resumed', at_ms, plan: null, data }).catch(ignore);
    for (const listener of this.#resume_listeners) listener();
  }

  /** Where the log takes nothing now, the exchange stays in `#lost` and is closed when it does. */
  #closeUnknown(exchange_id: string, at_ms: number): void {
    const intent = this.#open_intents.get(exchange_id);
    if (intent !== undefined) this.outcome(unknownOutcome(recordOf(intent), at_ms)).catch(ignore);
  }
}

/** Parsed only when it is needed, which is seldom: nearly every intent is followed by its outcome. */
const recordOf = (intent: IntentRecord | Entry): IntentRecord => ('text' in intent ? intentIn(intent) : intent);

const ignore = (): void => undefined;
