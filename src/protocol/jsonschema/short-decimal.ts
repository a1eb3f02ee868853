import { END, NODE_SHIFT, START, type Tape } from '../json/tape.ts';

/**
 * Decimals of at most 15 digits and without exponent: a double holds each of them apart from every other, so
 * comparing the doubles compares the decimals. Almost every number in practice is one.
 */
const MAX_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: MAX_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/** The double of a number node that is a short decimal; NaN for any other. Allocates nothing. */
export function shortDouble(tape: Tape, node: number): number {
  const { cells, source } = tape;
  const cell = node << NODE_SHIFT;
  const end = cells[cell + END] as number;
  let at = cells[cell + START] as number;
  const negative = source[at] === 0x2d;
  if (negative) at++;
  if (end - at > MAX_DIGITS) return Number.NaN;
  let digits = 0;
  let fraction = 0;
  for (; at < end; at++) {
    const byte = source[at] as number;
    if (byte === 0x2e) fraction = end - at - 1;
    else if (byte > 0x39 || byte < 0x30) return Number.NaN;
    else digits = digits * 10 + (byte - 0x30);
  }
  // Both operands are exact, so the one division rounds correctly.
  const value = fraction === 0 ? digits : digits / (POWERS_OF_TEN[fraction] as number);
  return negative ? -value : value;
}

/** Whether the decimal form of a schema's number is a short decimal. */
export function isShortDecimal(text: string): boolean {
  return /^-?[0-9.]{1,15}$/.test(text);
}
