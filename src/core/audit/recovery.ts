/**
 * Reads the last segment of a log as a crash may have left it, and says where it can go on.
 *
 * What the log acknowledged was synced, so damage in it is never the mark of a crash and stops the load. What
 * was being written when the power went may be missing, cut, or filled with zeros by the file system; none
 * of it was acknowledged, so it is cut off.
 */

import { createHash, type Hash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolderError } from './fault.ts';
import { type Line, readLines } from './lines.ts';
import { intentOf, parseRecord, type StoredRecord } from './parse.ts';
import type { IntentRecord } from './record.ts';
import { isTornHeader, listSegments, parseHeader, type SegmentHeader, segmentName } from './segment.ts';

/** Where the log ends. */
export interface LogEnd {
  readonly segment: number;
  readonly size_bytes: number;
  /** Bytes after `size_bytes` that have to be cut off. */
  readonly torn_bytes: number;
  readonly header_bytes: number;
  readonly next_sequence: number;
  /** Intents without outcome, by exchange id. */
  readonly open_intents: Map<string, IntentRecord>;
  /** Over the first `size_bytes`. */
  readonly sha256: Hash;
}

/** A segment that was created but never came into use, and how many bytes it holds. */
export interface StillbornSegment {
  readonly name: string;
  readonly size_bytes: number;
}

export interface LogState {
  /** Undefined for an empty folder. */
  readonly end: LogEnd | undefined;
  readonly stillborn: StillbornSegment | undefined;
}

/** Changes nothing on disk. Throws LoadError (DATA_FOLDER) for a damaged or incomplete log. */
export async function inspectLog(folder: string): Promise<LogState> {
  const segments = await listSegments(folder);
  rejectGaps(folder, segments);
  const last = segments.at(-1);
  if (last === undefined) return { end: undefined, stillborn: undefined };
  const stillborn = await findStillborn(folder, last);
  const segment = stillborn === undefined ? last : segments.at(-2);
  if (segment === undefined) return { end: undefined, stillborn };
  return { end: await readEnd(folder, segment), stillborn };
}

/** Old segments may have been archived away, so the first need not be 1; a hole is a loss. */
function rejectGaps(folder: string, segments: readonly number[]): void {
  for (const [index, segment] of segments.entries()) {
    const expected = (segments[0] ?? 0) + index;
    if (segment === expected) continue;
    throw dataFolderError({
      message: 'a segment of the audit log is missing',
      file: join(folder, segmentName(expected)),
    });
  }
}

const STILLBORN_BYTES = 64 * 1024 * 1024;

async function findStillborn(folder: string, segment: number): Promise<StillbornSegment | undefined> {
  const name = segmentName(segment);
  const path = join(folder, name);
  const { size } = await stat(path);
  for await (const line of readLines(path)) {
    if (line.ended || size > STILLBORN_BYTES) return undefined;
    break;
  }
  return isTornHeader(await readFile(path)) ? { name, size_bytes: size } : undefined;
}

async function readEnd(folder: string, segment: number): Promise<LogEnd> {
  const path = join(folder, segmentName(segment));
  const reader = new SegmentEnd(path, segment);
  for await (const line of readLines(path)) reader.take(line);
  const end = reader.end();
  await checkPrevious(folder, end.header);
  return end;
}

async function checkPrevious(folder: string, { previous, segment }: SegmentHeader): Promise<void> {
  if (previous === null) return;
  const file = join(folder, previous.name);
  const found = await stat(file).catch(() => undefined);
  // Archived away is fine; what is here must be what it was when it was closed.
  if (found === undefined || found.size === previous.size_bytes) return;
  throw dataFolderError({
    message: `the segment has ${found.size} bytes where ${segmentName(segment)} says ${previous.size_bytes}`,
    file,
  });
}

interface Damage {
  readonly line: number;
  /** Zeros are what file systems leave in blocks that were allocated and never written. */
  readonly has_zeros: boolean;
  /** Batches a record after the damage can have if the damage lies in the last, unacknowledged write. */
  readonly batches: readonly number[];
}

/** Takes a segment's lines in order and keeps what is needed to go on after them. */
class SegmentEnd {
  readonly #path: string;
  readonly #segment: number;
  readonly #sha256 = createHash('sha256');
  readonly #open_intents = new Map<string, IntentRecord>();
  #header: SegmentHeader | undefined;
  #header_bytes = 0;
  #size_bytes = 0;
  #seen_bytes = 0;
  #next_sequence = 0;
  #batch = 0;
  #damage: Damage | undefined;

  constructor(path: string, segment: number) {
    this.#path = path;
    this.#segment = segment;
  }

  take(line: Line): void {
    this.#seen_bytes = line.offset + line.bytes.length + (line.ended ? 1 : 0);
    if (this.#header === undefined) this.#takeHeader(line);
    else this.#takeRecord(line, line.ended ? parseRecord(line.bytes) : undefined);
  }

  end(): LogEnd & { header: SegmentHeader } {
    if (this.#header === undefined) throw this.#fault(1, 'the segment has no header');
    return {
      header: this.#header,
      segment: this.#segment,
      size_bytes: this.#size_bytes,
      torn_bytes: this.#seen_bytes - this.#size_bytes,
      header_bytes: this.#header_bytes,
      next_sequence: this.#next_sequence,
      open_intents: this.#open_intents,
      sha256: this.#sha256,
    };
  }

  #takeHeader(line: Line): void {
    const header = line.ended ? parseHeader(line.bytes, this.#segment) : undefined;
    if (header === undefined) throw this.#fault(1, 'this is not the header of this segment');
    this.#header = header;
    this.#next_sequence = header.first_sequence;
    for (const intent of header.open_intents) this.#open_intents.set(intent.exchange_id, intent);
    this.#keep(line);
    this.#header_bytes = this.#size_bytes;
  }

  #takeRecord(line: Line, record: StoredRecord | undefined): void {
    if (this.#damage !== undefined) this.#takeAfterDamage(record, this.#damage);
    else if (record === undefined) this.#noteDamage(line);
    else this.#accept(line, record);
  }

  #accept(line: Line, record: StoredRecord): void {
    if (record.sequence !== this.#next_sequence) {
      throw this.#fault(line.number, `record ${this.#next_sequence} should stand here, not ${record.sequence}`);
    }
    this.#next_sequence = record.sequence + 1;
    this.#batch = record.batch;
    if (record.exchange_id !== null) {
      if (record.kind === 'intent') this.#open_intents.set(record.exchange_id, intentOf(record));
      else this.#open_intents.delete(record.exchange_id);
    }
    this.#keep(line);
  }

  #keep(line: Line): void {
    this.#sha256.update(line.bytes).update('\n');
    this.#size_bytes = line.offset + line.bytes.length + 1;
  }

  #noteDamage(line: Line): void {
    this.#damage = {
      line: line.number,
      has_zeros: line.bytes.includes(0),
      batches: [this.#batch, this.#next_sequence],
    };
  }

  /** A write begins only when the one before is durable: a record of a later write proves the damage is old. */
  #takeAfterDamage(record: StoredRecord | undefined, damage: Damage): void {
    const same_write = record === undefined || damage.batches.includes(record.batch);
    if (!damage.has_zeros || !same_write) throw this.#fault(damage.line, 'the record is damaged');
    if (record !== undefined) this.#damage = { ...damage, batches: [record.batch] };
  }

  #fault(line: number, message: string): Error {
    return dataFolderError({
      message,
      file: this.#path,
      line,
      suggestion: 'Keep the folder as evidence, restore it from a copy, or start with an empty one.',
    });
  }
}
