/** Writes durable batches to the current segment, begins the next one, and comes back after a failure. */

import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import type { AuditFile, AuditFs } from './files.ts';
import type { IntentRecord } from './record.ts';
import { FORMAT_VERSION, headerLine, type SegmentHeader, segmentName } from './segment.ts';

/** The segment that is being written, up to its last durable byte. */
export interface CurrentSegment {
  readonly segment: number;
  readonly file: AuditFile;
  readonly header_bytes: number;
  readonly sha256: Hash;
  size_bytes: number;
}

export interface SegmentWriterOptions {
  readonly folder: string;
  readonly fs: AuditFs;
  readonly now: () => number;
  /** A segment that has reached this size is followed by the next. */
  readonly segment_bytes: number;
  /** Whether the folder is still the one that was locked. */
  readonly isHeld: () => boolean;
}

/** What a new segment's header has to carry over. */
export interface Carried {
  readonly next_sequence: number;
  readonly open_intents: Iterable<IntentRecord>;
}

export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  #current: CurrentSegment;
  /** Path of a segment that was created and then failed, and is perhaps still there. */
  #leftover: string | undefined;

  constructor(options: SegmentWriterOptions, current: CurrentSegment) {
    this.#options = options;
    this.#current = current;
  }

  /** Resolves when the lines are durable. After a rejection only `resume` and `close` may be called. */
  async append(lines: Buffer, carried: Carried): Promise<void> {
    if (this.#isFull()) await this.#rotate(carried);
    const current = this.#current;
    await current.file.append(lines, current.size_bytes);
    current.size_bytes += lines.length;
    current.sha256.update(lines);
  }

  /**
   * After a failure: cuts the segment back to its last durable byte and begins a new one. The old file is
   * not written again, because after a failed sync the kernel may count pages as clean that never
   * reached the disk.
   */
  async resume(carried: Carried): Promise<void> {
    await this.#current.file.truncate(this.#current.size_bytes);
    await this.#rotate(carried);
  }

  close(): Promise<void> {
    return this.#current.file.close();
  }

  #isFull(): boolean {
    const { size_bytes, header_bytes } = this.#current;
    return size_bytes >= this.#options.segment_bytes && size_bytes > header_bytes;
  }

  async #rotate({ next_sequence, open_intents }: Carried): Promise<void> {
    const old = this.#current;
    const { folder, fs, now, isHeld } = this.#options;
    // In a folder that took this one's place, the new segment would stand among those of another gate.
    if (!isHeld()) throw Object.assign(new Error('the folder is gone or another'), { code: 'ENOENT' });
    const path = join(folder, segmentName(old.segment + 1));
    if (this.#leftover === path) await fs.remove(path).catch(() => undefined);
    this.#leftover = path;
    this.#current = await createSegment(folder, fs, {
      sallyport_audit: FORMAT_VERSION,
      segment: old.segment + 1,
      created_ms: now(),
      first_sequence: next_sequence,
      previous: {
        name: segmentName(old.segment),
        size_bytes: old.size_bytes,
        sha256: old.sha256.copy().digest('hex'),
      },
      open_intents: [...open_intents],
    });
    this.#leftover = undefined;
    // All its bytes are durable: an error on closing has nothing left to lose.
    await old.file.close().catch(() => undefined);
  }
}

/** The new segment with its header, both durable; on failure the file is closed and, if possible, removed. */
export async function createSegment(folder: string, fs: AuditFs, header: SegmentHeader): Promise<CurrentSegment> {
  const path = join(folder, segmentName(header.segment));
  const line = headerLine(header);
  const file = await fs.create(path);
  try {
    await file.append(line, 0);
    await fs.syncFolder(folder);
  } catch (error) {
    await file.close().catch(() => undefined);
    await fs.remove(path).catch(() => undefined);
    throw error;
  }
  const sha256 = createHash('sha256').update(line);
  return { segment: header.segment, file, header_bytes: line.length, sha256, size_bytes: line.length };
}
