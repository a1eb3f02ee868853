/** Reads a file of any size as lines, in bounded memory. */

import { createReadStream } from 'node:fs';

export interface Line {
  /** Without its LF. Valid until the next line is asked for. */
  readonly bytes: Buffer;
  /** Where the line begins in the file, in bytes. */
  readonly offset: number;
  /** 1-based. */
  readonly number: number;
  /** Whether an LF ends it; only the last line of a file can be without. */
  readonly ended: boolean;
}

const LF = 0x0a;
const CHUNK_BYTES = 1024 * 1024;

/**
 * No record comes near this; a segment's first line can, because it holds every open intent. A longer
 * line is given in pieces of this size with `ended` false, so that no damage can use up the memory.
 */
export const LINE_BYTES = 64 * 1024 * 1024;

export async function* readLines(path: string): AsyncGenerator<Line, void, undefined> {
  let rest: Buffer[] = [];
  let rest_bytes = 0;
  let offset = 0;
  let number = 1;
  const take = (last: Buffer, ended: boolean): Line => {
    const bytes = rest.length === 0 ? last : Buffer.concat([...rest, last]);
    const line = { bytes, offset, number, ended };
    offset += bytes.length + (ended ? 1 : 0);
    number += 1;
    rest = [];
    rest_bytes = 0;
    return line;
  };
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      yield take(chunk.subarray(start, end), true);
      start = end + 1;
    }
    if (start === chunk.length) continue;
    rest.push(chunk.subarray(start));
    rest_bytes += chunk.length - start;
    if (rest_bytes > LINE_BYTES) yield take(Buffer.alloc(0), false);
  }
  if (rest.length > 0) yield take(Buffer.alloc(0), false);
}
