import { RE2JS } from 're2js';
import { isDeterministic } from './deterministic.ts';
import { translatePattern } from './ecma.ts';

/** Longest pattern and largest compiled program: the cost of a match is their product with the text. */
const MAX_PATTERN_LENGTH = 4096;
const MAX_PROGRAM_SIZE = 20_000;
const MAX_NATIVE_LENGTH = 65_536;

/**
 * Compiles an ECMA-262 pattern to run in time linear in the text, found anywhere in it.
 *
 * @returns the test, or one sentence that says why the pattern is not accepted
 */
export function compilePattern(source: string): ((text: string) => boolean) | string {
  if (source.length > MAX_PATTERN_LENGTH) return `the pattern is longer than ${MAX_PATTERN_LENGTH} characters`;
  if (!isEcmaPattern(source)) return 'the pattern is not an ECMA-262 regular expression';
  try {
    const pattern = RE2JS.compile(translatePattern(source));
    if (pattern.programSize() > MAX_PROGRAM_SIZE)
      return 'the pattern is too large once its repetitions are written out';
    return isDeterministic(source) ? nativeOr(source, pattern) : (text) => pattern.test(text);
  } catch {
    return 'the pattern cannot run in linear time (look-around, back-reference or a repetition above 1000)';
  }
}

/** The engine of the runtime is some twenty times faster, on texts that cannot fill its backtracking stack. */
function nativeOr(source: string, pattern: RE2JS): (text: string) => boolean {
  const native = new RegExp(source, 'u');
  return (text) => (text.length <= MAX_NATIVE_LENGTH ? native.test(text) : pattern.test(text));
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
