/** Records that become durable together. */

import type { Entry } from './entry.ts';

export class Batch {
  /** Sequence of its first record. */
  readonly first_sequence: number;
  /** Settles for all its records at once. */
  readonly durable: Promise<void>;
  readonly intents: Entry[] = [];
  /** Exchange ids of its outcomes. */
  readonly outcomes: string[] = [];
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  #lines = '';

  constructor(first_sequence: number) {
    this.first_sequence = first_sequence;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.durable = promise;
    this.resolve = resolve;
    this.reject = reject;
    // A caller that does not wait must not bring the process down; the log's failure is told to its listeners.
    promise.catch(() => undefined);
  }

  /** Lines are ASCII: characters are bytes. */
  get size_bytes(): number {
    return this.#lines.length;
  }

  add(line: string): void {
    this.#lines += line;
  }

  /** Puts the lines at the front of a buffer that has room for them, and returns that part of it. */
  copyTo(buffer: Buffer): Buffer {
    return buffer.subarray(0, buffer.write(this.#lines, 0, 'latin1'));
  }
}
