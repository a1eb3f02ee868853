import { RE2JS } from 're2js';

import { END, ESCAPED, NODE_SHIFT, START, WIDE } from '../json/tape.ts';
import { matchSteps, payString } from './cost.ts';
import { translatePattern } from './ecma.ts';
import { FlatPattern } from './flat-pattern.ts';
import type { Run } from './run.ts';

/** Longest pattern and largest compiled program: the cost of a match is their product with the text. */
const MAX_PATTERN_LENGTH = 4096;
const MAX_PROGRAM_SIZE = 20_000;

/**
 * Steps of the engine: for a call, for each character, and one more for each sixteen instructions. It takes far less
 * where it gets by with few states, and more where a text drives it through ever new ones.
 */
const ENGINE_STEPS = 4;
const ENGINE_BYTE_STEPS = 2;
const ENGINE_PROGRAM_SHIFT = 4;

/** Who pays for a match. */
type Payer = Pick<Run, 'spend'>;

/** A pattern of a contract; both ways of asking take time linear in the text, and have the run pay for it. */
export interface Pattern {
  test(payer: Payer, text: string): boolean;
  /** The same for a string node, without decoding it where that can be avoided. */
  testNode(run: Run, node: number): boolean;
}

/**
 * Compiles an ECMA-262 pattern to be found anywhere in a text, in linear time.
 *
 * @returns the pattern, or one sentence that says why it is not accepted
 */
export function compilePattern(source: string): Pattern | string {
  if (source.length > MAX_PATTERN_LENGTH) return `the pattern is longer than ${MAX_PATTERN_LENGTH} characters`;
  if (!isEcmaPattern(source)) return 'the pattern is not an ECMA-262 regular expression';
  try {
    const engine = RE2JS.compile(translatePattern(source));
    if (engine.programSize() > MAX_PROGRAM_SIZE) return 'the pattern is too large once its repetitions are written out';
    return withShortcut(engine, FlatPattern.from(source));
  } catch {
    return 'the pattern cannot run in linear time (look-around, back-reference or a repetition above 1000)';
  }
}

/** Most patterns in contracts are flat and most texts ASCII; the engine costs a hundred times more. */
function withShortcut(engine: RE2JS, flat: FlatPattern | undefined): Pattern {
  const byteSteps = ENGINE_BYTE_STEPS + (engine.programSize() >> ENGINE_PROGRAM_SHIFT);
  const byEngine = (payer: Payer, text: string) => {
    payer.spend(ENGINE_STEPS + text.length * byteSteps);
    return engine.test(text);
  };
  const decoded = (run: Run, node: number) => {
    payString(run, node);
    return byEngine(run, run.tape.stringAt(node));
  };
  if (flat === undefined) return { test: byEngine, testNode: decoded };
  return {
    test: (payer, text) => {
      const bytes = Buffer.from(text);
      if (bytes.length !== text.length) return byEngine(payer, text);
      payer.spend(matchSteps(bytes.length));
      return flat.testAscii(bytes, 0, bytes.length);
    },
    testNode: (run, node) => {
      const cell = node << NODE_SHIFT;
      const { cells } = run;
      if (((cells[cell] as number) & (WIDE | ESCAPED)) !== 0) return decoded(run, node);
      const start = (cells[cell + START] as number) + 1;
      const end = (cells[cell + END] as number) - 1;
      run.spend(matchSteps(end - start));
      return flat.testAscii(run.tape.source, start, end);
    },
  };
}

/** With the u flag as JSON Schema says (core 6.4), or without it, for contracts that escape too much. */
function isEcmaPattern(source: string): boolean {
  return ['u', ''].some((flags) => {
    try {
      new RegExp(source, flags);
      return true;
    } catch {
      return false;
    }
  });
}
