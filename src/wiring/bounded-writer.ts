/** Writes lines to whoever reads them. Where nobody does, they are dropped and counted: memory is worth more. */

import type { Writable } from 'node:stream';

export interface BoundedWriterOptions {
  readonly stream: Pick<Writable, 'write' | 'writableLength' | 'once'>;
  /** Bytes that may wait for the reader. One text more than that is taken, however long. */
  readonly max_bytes: number;
  /** Told how many lines were dropped, once there is room again. */
  readonly onDropped: (lines: number) => void;
}

/**
 * On a terminal and into a file a write is done when it returns; into a pipe it may wait, in this process, without end.
 *
 * @returns takes whole lines, each ended by LF
 */
export function boundedWriter({ stream, max_bytes, onDropped }: BoundedWriterOptions): (text: string) => void {
  let dropped = 0;
  /** All that waits is to be read first: else every text would be a gap of its own. */
  let is_full = false;
  const resume = (): void => {
    is_full = false;
    const lines = dropped;
    dropped = 0;
    if (lines > 0) onDropped(lines);
  };
  return (text) => {
    if (is_full) {
      dropped += linesIn(text);
      return;
    }
    stream.write(text);
    if (stream.writableLength <= max_bytes) return;
    is_full = true;
    stream.once('drain', resume);
  };
}

function linesIn(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
