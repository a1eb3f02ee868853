import { parseJson } from '../../../protocol/json/index.ts';
import { ARRAY, OBJECT, type Tape } from '../../../protocol/json/tape.ts';
import type { Position } from './document.ts';
import { CONTRACT_JSON } from './json-limits.ts';

/**
 * Finds where JSON Pointers stand in a JSON text that was read before. Keeping places while reading would cost more
 * than reading does; here the text is read once more, and each pointer then costs a look at what is beside its path.
 */
export function createJsonLocator(text: string): (parts: readonly string[]) => Position {
  const bytes = Buffer.from(text);
  const tape = parseJson(bytes, CONTRACT_JSON);
  const lines = lineStarts(bytes);
  return (parts) => positionOf(bytes, lines, offsetOf(tape, parts));
}

/** 1-based, columns in UTF-16 code units. */
export function positionOf(bytes: Buffer, lines: readonly number[], offset: number): Position {
  const line = lineOf(lines, offset);
  return { line: line + 1, column: bytes.toString('utf8', lines[line], offset).length + 1 };
}

/** Offset of the first byte of each line. */
export function lineStarts(bytes: Buffer): number[] {
  const starts = [0];
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) starts.push(at + 1);
  return starts;
}

/** Index of the last line that starts at or before an offset. */
function lineOf(lines: readonly number[], offset: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lines[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Offset of the member's key (objects) or of the item (arrays); of the deepest place that exists otherwise. */
function offsetOf(tape: Tape, parts: readonly string[]): number {
  let node = 0;
  for (const part of parts) {
    const child = childOf(tape, node, part);
    if (child < 0) break;
    node = child;
  }
  return tape.isMember(node) ? tape.keyStart(node) - 1 : tape.start(node);
}

function childOf(tape: Tape, node: number, part: string): number {
  const kind = tape.kind(node);
  if (kind !== ARRAY && kind !== OBJECT) return -1;
  const end = tape.next(node);
  let index = 0;
  for (let child = node + 1; child < end; child = tape.next(child)) {
    if ((kind === OBJECT ? tape.keyOf(child) : String(index)) === part) return child;
    index++;
  }
  return -1;
}
