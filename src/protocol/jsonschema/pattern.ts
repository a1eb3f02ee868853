import { RE2JS } from 're2js';

import { END, ESCAPED, NODE_SHIFT, START, type Tape, WIDE } from '../json/tape.ts';
import { translatePattern } from './ecma.ts';
import { FlatPattern } from './flat-pattern.ts';

/** Longest pattern and largest compiled program: the cost of a match is their product with the text. */
const MAX_PATTERN_LENGTH = 4096;
const MAX_PROGRAM_SIZE = 20_000;

/** A pattern of a contract; both ways of asking take time linear in the text. */
export interface Pattern {
  test(text: string): boolean;
  /** The same for a string node, without decoding it where that can be avoided. */
  testNode(tape: Tape, node: number): boolean;
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
  const test = (text: string) => engine.test(text);
  if (flat === undefined) return { test, testNode: (tape, node) => test(tape.stringAt(node)) };
  return {
    test: (text) => {
      const bytes = Buffer.from(text);
      return bytes.length === text.length ? flat.testAscii(bytes, 0, bytes.length) : test(text);
    },
    testNode: (tape, node) => {
      const cell = node << NODE_SHIFT;
      const { cells, source } = tape;
      if (((cells[cell] as number) & (WIDE | ESCAPED)) !== 0) return test(tape.stringAt(node));
      return flat.testAscii(source, (cells[cell + START] as number) + 1, (cells[cell + END] as number) - 1);
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
