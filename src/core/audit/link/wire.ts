/**
 * How a process hands records to the one that writes the log, and what that one answers.
 *
 *   up    frames: u32 length, u32 number (big endian), then one line for each record:
 *         its kind as a letter, its exchange id, a space, its text (see entry.ts)
 *   down  lines: `a NUMBER` all durable; `n NUMBER REASON OS_CODE` at least one is not;
 *         `s open`, `s failed OS_CODE` the state of the log, first of all and at every change
 */

import { BATCH_MARK, type Entry, SEQUENCE_MARK } from '../entry.ts';
import type { UnavailableReason } from '../unavailable.ts';

const HEAD_BYTES = 8;
/** A frame is about one write's worth; no sender makes one near this. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;

const LETTERS = { intent: 'i', outcome: 'o', event: 'e' } as const;
const KINDS: ReadonlyMap<string, Entry['kind']> = new Map([
  ['i', 'intent'],
  ['o', 'outcome'],
  ['e', 'event'],
]);
/** A line that would not stay one line, or has no place for its place, must not reach the log. */
const PLACE = `${SEQUENCE_MARK}[ -~]*${BATCH_MARK}`;
const LINE = new RegExp(`^([ioe])([!-~]{0,128}) ([ -~]*${PLACE}[ -~]*)$`);

/** Bytes that are no frame: the sender is broken or is not ours. */
export class WireError extends Error {}

export const entryLine = ({ kind, exchange_id, text }: Entry): string => `${LETTERS[kind]}${exchange_id} ${text}`;

/** @param lines what `entryLine` gave, one after the other */
export function frame(number: number, lines: string): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + lines.length);
  bytes.writeUInt32BE(lines.length, 0);
  bytes.writeUInt32BE(number, 4);
  bytes.write(lines, HEAD_BYTES, 'latin1');
  return bytes;
}

export interface Frame {
  readonly number: number;
  readonly entries: readonly Entry[];
}

const NOTHING = Buffer.alloc(0);

/** Puts frames together from the pieces a stream brings. */
export class FrameReader {
  /** Holds `#length` bytes of a frame that is not whole; grows by doubling, so that many small pieces cost no more. */
  #pending: Buffer = NOTHING;
  #length = 0;

  /** @throws WireError */
  push(chunk: Buffer): Frame[] {
    let rest = this.#length === 0 ? chunk : this.#append(chunk);
    const frames: Frame[] = [];
    while (rest.length >= HEAD_BYTES) {
      const length = rest.readUInt32BE(0);
      if (length > MAX_FRAME_BYTES) throw new WireError('the frame is too large');
      if (length === 0) throw new WireError('the frame is empty');
      if (rest.length < HEAD_BYTES + length) break;
      const lines = rest.toString('latin1', HEAD_BYTES, HEAD_BYTES + length);
      frames.push({ number: rest.readUInt32BE(4), entries: entriesIn(lines) });
      rest = rest.subarray(HEAD_BYTES + length);
    }
    this.#keep(rest);
    return frames;
  }

  #append(chunk: Buffer): Buffer {
    const length = this.#length + chunk.length;
    if (length > this.#pending.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#pending.length));
      this.#pending.copy(larger, 0, 0, this.#length);
      this.#pending = larger;
    }
    chunk.copy(this.#pending, this.#length);
    this.#length = length;
    return this.#pending.subarray(0, length);
  }

  #keep(rest: Buffer): void {
    const { buffer, byteOffset } = this.#pending;
    // Nothing was taken off the front: it stands where it is.
    const stays = rest.buffer === buffer && rest.byteOffset === byteOffset && rest.length > 0;
    if (!stays) this.#pending = rest.length === 0 ? NOTHING : Buffer.from(rest);
    this.#length = rest.length;
  }
}

function entriesIn(lines: string): Entry[] {
  const entries: Entry[] = [];
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf('\n', start);
    if (end < 0) throw new WireError('a record has no end');
    entries.push(entryOf(lines.slice(start, end)));
    start = end + 1;
  }
  return entries;
}

function entryOf(line: string): Entry {
  const [, letter = '', exchange_id = '', text = ''] = LINE.exec(line) ?? [];
  const kind = KINDS.get(letter);
  if (kind === undefined) throw new WireError('this is no record');
  return { kind, exchange_id, text: `${text}\n` };
}

/** What the writer of the log says. */
export type Reply =
  | { readonly say: 'durable'; readonly number: number }
  | {
      readonly say: 'refused';
      readonly number: number;
      readonly reason: UnavailableReason;
      readonly os_code: string | null;
    }
  | { readonly say: 'state'; readonly open: boolean; readonly os_code: string | null };

export function replyLine(reply: Reply): string {
  switch (reply.say) {
    case 'durable':
      return `a ${reply.number}\n`;
    case 'refused':
      return `n ${reply.number} ${reply.reason} ${reply.os_code ?? '-'}\n`;
    case 'state':
      return reply.open ? 's open\n' : `s failed ${reply.os_code ?? '-'}\n`;
  }
}

/** Puts replies together from the pieces a stream brings. */
export class ReplyReader {
  #pending = '';

  /** @throws WireError */
  push(chunk: Buffer): Reply[] {
    const lines = (this.#pending + chunk.toString('latin1')).split('\n');
    this.#pending = lines.pop() ?? '';
    return lines.map(replyOf);
  }
}

function replyOf(line: string): Reply {
  const [letter, first = '', second = '', third = '-'] = line.split(' ');
  if (letter === 'a') return { say: 'durable', number: Number(first) };
  if (letter === 'n') {
    return { say: 'refused', number: Number(first), reason: second as UnavailableReason, os_code: codeOf(third) };
  }
  if (letter === 's') return { say: 'state', open: first === 'open', os_code: codeOf(second || '-') };
  throw new WireError('this is no reply');
}

const codeOf = (text: string): string | null => (text === '-' ? null : text);
