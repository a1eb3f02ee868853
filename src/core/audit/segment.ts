/**
 * Segments: the files of the log. `audit-000001.ndjson`, `audit-000002.ndjson` and so on; the first line of
 * each says how it follows from the one before, every other line is a record.
 */

import { readdir } from 'node:fs/promises';
import { ascii, TEXT_UNITS } from './json.ts';
import type { IntentRecord } from './record.ts';

export const FORMAT_VERSION = 1;

export interface SegmentHeader {
  readonly sallyport_audit: typeof FORMAT_VERSION;
  /** Number in the file name. */
  readonly segment: number;
  /** Unix time in milliseconds. */
  readonly created_ms: number;
  /** Sequence the first record of this segment has or will have. */
  readonly first_sequence: number;
  /** Null in the first segment of a log. */
  readonly previous: { readonly name: string; readonly size_bytes: number; readonly sha256: string } | null;
  /** Intents without outcome at this point: recovery has to read no earlier segment. */
  readonly open_intents: readonly IntentRecord[];
}

const NAME = /^audit-(\d{6,15})\.ndjson$/;
const HEADER_START = '{"sallyport_audit":';

export const segmentName = (segment: number): string => `audit-${String(segment).padStart(6, '0')}.ndjson`;

/** Numbers of the segments in a folder, ascending. */
export async function listSegments(folder: string): Promise<number[]> {
  const numbers: number[] = [];
  for (const name of await readdir(folder)) {
    const digits = NAME.exec(name)?.[1];
    if (digits !== undefined && segmentName(Number(digits)) === name) numbers.push(Number(digits));
  }
  return numbers.sort((left, right) => left - right);
}

/** The line with its LF, printable ASCII. */
export const headerLine = (header: SegmentHeader): Buffer =>
  Buffer.from(
    `${ascii({ ...header, open_intents: header.open_intents.map(bounded) })}
`,
    'latin1',
  );

/** An intent as it is on record: its texts are cut where the serialiser cuts them. */
function bounded(intent: IntentRecord): unknown {
  const entries = Object.entries(intent).map(([name, value]) =>
    typeof value === 'string' ? [name, value.slice(0, TEXT_UNITS)] : [name, value],
  );
  return Object.fromEntries(entries);
}

/** The header in a segment's first line; undefined when it is none of this format and segment. */
export function parseHeader(bytes: Buffer, segment: number): SegmentHeader | undefined {
  const value = parseObject(bytes);
  if (value?.['sallyport_audit'] !== FORMAT_VERSION || value['segment'] !== segment) return undefined;
  if (!Number.isSafeInteger(value['first_sequence']) || !Array.isArray(value['open_intents'])) return undefined;
  return value as unknown as SegmentHeader;
}

/** Whether these bytes, all there are in a segment, can be a header whose write was interrupted. */
export function isTornHeader(bytes: Buffer): boolean {
  const written = bytes.indexOf(0) < 0 ? bytes : bytes.subarray(0, bytes.indexOf(0));
  const start = written.toString('latin1', 0, HEADER_START.length);
  return HEADER_START.startsWith(start) && bytes.subarray(written.length).every((byte) => byte === 0);
}

/** A JSON object, or undefined. */
export function parseObject(json: Buffer | string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(typeof json === 'string' ? json : json.toString('latin1'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
