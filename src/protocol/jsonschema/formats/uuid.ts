import { END, NODE_SHIFT, START, type Tape } from '../../json/tape.ts';

/** Characters of a UUID (RFC 9562 section 4), quotes not counted. */
const LENGTH = 36;

/**
 * Whether a string node is a UUID in either case. On the bytes, because identifiers are the commonest
 * strings of all; an escaped spelling of one is refused.
 */
export function isUuidAt(tape: Tape, node: number): boolean {
  const cell = node << NODE_SHIFT;
  const start = (tape.cells[cell + START] as number) + 1;
  if ((tape.cells[cell + END] as number) - 1 - start !== LENGTH) return false;
  for (let at = 0; at < LENGTH; at++) {
    const byte = tape.source[start + at] as number;
    const dash = at === 8 || at === 13 || at === 18 || at === 23;
    if (dash ? byte !== 0x2d : !isHexDigit(byte)) return false;
  }
  return true;
}

function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);
}
