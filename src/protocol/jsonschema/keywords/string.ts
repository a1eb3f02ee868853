import { END, ESCAPED, KIND_MASK, NODE_SHIFT, START, STRING, type Tape, WIDE } from '../../json/tape.ts';
import { codePointLength, codePointsInUtf8 } from '../../json/text.ts';
import { payFormat, payString } from '../cost.ts';
import { stringFormat } from '../formats/strings.ts';
import { compilePattern } from '../pattern.ts';
import type { Check, Run } from '../run.ts';
import type { Scope } from '../scope.ts';
import { readCount, readString } from '../values.ts';

/** `minLength` and `maxLength` (2020-12 validation 6.3), in code points. */
export function compileLength(scope: Scope): Check | null {
  const min = readCount(scope, 'minLength') ?? 0;
  const max = readCount(scope, 'maxLength') ?? Number.POSITIVE_INFINITY;
  if (min === 0 && max === Number.POSITIVE_INFINITY) return null;
  return (run, node) => {
    if (!isString(run, node)) return true;
    payString(run, node);
    const length = lengthOf(run.tape, node);
    if (length < min) return run.fail(node, 'minLength');
    return length <= max || run.fail(node, 'maxLength');
  };
}

/** `pattern` (2020-12 validation 6.3.3): found anywhere in the string, in linear time. */
export function compilePatternKeyword(scope: Scope): Check | null {
  const source = readString(scope, 'pattern');
  if (source === undefined) return null;
  const pattern = compilePattern(source);
  if (typeof pattern === 'string') {
    scope.fault('pattern', pattern, 'pattern');
    return null;
  }
  return (run, node) => !isString(run, node) || pattern.testNode(run, node) || run.fail(node, 'pattern');
}

/** `format` on strings, asserted; a format that is not known is an annotation. */
export function compileStringFormat(scope: Scope): Check | null {
  const name = readString(scope, 'format');
  const matches = name === undefined ? undefined : stringFormat(name);
  return matches === undefined ? null : formatCheck(matches);
}

function formatCheck(matches: (tape: Tape, node: number) => boolean): Check {
  return (run, node) => {
    if (!isString(run, node)) return true;
    payFormat(run, node);
    return matches(run.tape, node) || run.fail(node, 'format');
  };
}

function isString(run: Run, node: number): boolean {
  return ((run.cells[node << NODE_SHIFT] as number) & KIND_MASK) === STRING;
}

function lengthOf(tape: Tape, node: number): number {
  const cell = node << NODE_SHIFT;
  const flags = tape.cells[cell] as number;
  const start = (tape.cells[cell + START] as number) + 1;
  const end = (tape.cells[cell + END] as number) - 1;
  if ((flags & (WIDE | ESCAPED)) === 0) return end - start;
  return (flags & ESCAPED) !== 0 ? codePointLength(tape.stringAt(node)) : codePointsInUtf8(tape.source, start, end);
}
