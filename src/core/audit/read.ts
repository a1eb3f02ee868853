/** Reads a log from beginning to end, for reports and tests. Needs no lock and changes nothing. */

import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { dataFolderError } from './fault.ts';
import { type Line, readLines } from './lines.ts';
import { parseRecord, type StoredRecord } from './parse.ts';
import { isTornHeader, listSegments, parseHeader, type SegmentHeader, segmentName } from './segment.ts';

export type { StoredRecord } from './parse.ts';

/** What a segment must be followed by. */
interface Finished {
  readonly segment: number;
  readonly name: string;
  readonly size_bytes: number;
  readonly sha256: string;
  readonly next_sequence: number;
}

/**
 * Every complete record in order. Checks that sequences have no hole and that each segment is what the next
 * one says it was. An unfinished end, as of a log in use, ends the iteration; anything else that is not
 * a record throws LoadError (DATA_FOLDER) with file and line.
 */
export async function* readRecords(folder: string): AsyncGenerator<StoredRecord, void, undefined> {
  const segments = await listSegments(folder);
  let before: Finished | undefined;
  for (const segment of segments) {
    before = yield* readSegment(folder, segment, before, segment === segments.at(-1));
  }
}

async function* readSegment(
  folder: string,
  segment: number,
  before: Finished | undefined,
  is_last: boolean,
): AsyncGenerator<StoredRecord, Finished, undefined> {
  const name = segmentName(segment);
  const path = join(folder, name);
  const sha256 = createHash('sha256');
  let next_sequence: number | undefined;
  let size_bytes = 0;
  let unfinished: number | undefined;
  for await (const line of readLines(path)) {
    if (unfinished !== undefined) throw damaged(path, unfinished);
    if (next_sequence === undefined) {
      if (is_last && !line.ended && isTornHeader(line.bytes)) break;
      next_sequence = checkHeader(path, parseHeader(line.bytes, segment), before);
    } else {
      const record = line.ended ? parseRecord(line.bytes) : undefined;
      if (record === undefined && is_last) {
        unfinished = line.number;
        continue;
      }
      if (record?.sequence !== next_sequence) throw damaged(path, line.number);
      next_sequence += 1;
      yield record;
    }
    size_bytes = keep(sha256, line);
  }
  return { segment, name, size_bytes, sha256: sha256.digest('hex'), next_sequence: next_sequence ?? 0 };
}

function keep(sha256: Hash, line: Line): number {
  sha256.update(line.bytes).update('\n');
  return line.offset + line.bytes.length + 1;
}

function checkHeader(path: string, header: SegmentHeader | undefined, before: Finished | undefined): number {
  if (header === undefined) throw damaged(path, 1);
  if (before === undefined) return header.first_sequence;
  const { previous, first_sequence } = header;
  if (header.segment !== before.segment + 1 || first_sequence !== before.next_sequence) throw damaged(path, 1);
  const same = previous?.name === before.name && previous.size_bytes === before.size_bytes;
  if (!same || previous.sha256 !== before.sha256) {
    throw dataFolderError({ message: `${before.name} is not what it was when it was finished`, file: path, line: 1 });
  }
  return first_sequence;
}

const damaged = (file: string, line: number): Error =>
  dataFolderError({ message: 'the record is damaged, missing or out of order', file, line });
