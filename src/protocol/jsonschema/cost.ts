import { END, ESCAPED, KEY_END, KEY_ESCAPED, KEY_START, NODE_SHIFT, START } from '../json/tape.ts';
import { type Decimal, parseDecimal } from './decimal.ts';
import type { Run } from './run.ts';

/**
 * What work costs in steps. A step stands for about 50 ns, so whatever depends on the length of a text is paid
 * by its bytes: 32 bytes a step where they are only looked at, 8 where they are unescaped or matched.
 */
const LOOK_SHIFT = 5;
const WORK_SHIFT = 3;
/** A call of the runtime that builds a string. */
const DECODE_STEPS = 10;
/** A name as a string, and its place among others. */
const NAME_STEPS = 8;
/** What a format costs however short the string is. */
const FORMAT_STEPS = 8;
/** A number of at most 64 characters as an exact decimal, and one comparison of it. */
const NUMBER_STEPS = 24;
/** The squarings that a digit of an exponent takes. */
const POWER_DIGIT_STEPS = 10;
/** One node of a canonical text: its string, its place in a sorted list. */
const CANONICAL_STEPS = 20;

/** Pays for reading a string node once. */
export function payString(run: Run, node: number): void {
  const { cells } = run;
  const cell = node << NODE_SHIFT;
  const size_bytes = (cells[cell + END] as number) - (cells[cell + START] as number);
  run.spend(textSteps(size_bytes, ((cells[cell] as number) & ESCAPED) !== 0));
}

/** Pays for reading a member's name as a string. */
export function payName(run: Run, member: number): void {
  const { cells } = run;
  const cell = member << NODE_SHIFT;
  const size_bytes = (cells[cell + KEY_END] as number) - (cells[cell + KEY_START] as number);
  run.spend(NAME_STEPS + textSteps(size_bytes, ((cells[cell] as number) & KEY_ESCAPED) !== 0));
}

function textSteps(size_bytes: number, escaped: boolean): number {
  return escaped ? DECODE_STEPS + (size_bytes >> WORK_SHIFT) : 1 + (size_bytes >> LOOK_SHIFT);
}

/** Pays for holding a string node to a format. */
export function payFormat(run: Run, node: number): void {
  payString(run, node);
  run.spend(FORMAT_STEPS + matchSteps(run.tape.end(node) - run.tape.start(node)));
}

/** Steps of one pass that does more than look at each byte. */
export function matchSteps(size_bytes: number): number {
  return 1 + (size_bytes >> WORK_SHIFT);
}

/** A number node as an exact decimal, paid for together with one comparison. */
export function exactNumber(run: Run, node: number): Decimal {
  run.spend(NUMBER_STEPS);
  return parseDecimal(run.tape.textAt(node));
}

/** Steps of raising 10 to a power by squaring, modulo a number of the contract. */
export function powerSteps(exponent: bigint): number {
  return exponent > 0n ? exponent.toString().length * POWER_DIGIT_STEPS : 0;
}

/** Pays for the canonical text of a node and everything below it. */
export function payCanonical(run: Run, node: number): void {
  const { tape } = run;
  run.spend((tape.next(node) - node) * CANONICAL_STEPS + matchSteps(tape.end(node) - tape.start(node)));
}
