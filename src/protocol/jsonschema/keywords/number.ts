import { INTEGER, KIND_MASK, NODE_SHIFT, NUMBER } from '../../json/tape.ts';
import { exactNumber, powerSteps } from '../cost.ts';
import { compareDecimals, type Decimal, decimalOf, isInteger, isMultiple } from '../decimal.ts';
import type { Check, Run } from '../run.ts';
import { allOf, type Scope } from '../scope.ts';
import { isShortDecimal, shortDouble } from '../short-decimal.ts';
import { readNumber } from '../values.ts';

interface Bound {
  readonly keyword: string;
  readonly value: number | bigint;
  /** -1 for a lower bound, 1 for an upper one. */
  readonly side: -1 | 1;
  readonly exclusive: boolean;
}

/**
 * `minimum`, `maximum` and their exclusive forms: numbers of their own in 2020-12 (validation 6.2), `true` beside
 * the bound in OpenAPI 3.0. Neither can be taken for the other, so both are enforced in both dialects.
 */
export function compileBounds(scope: Scope): Check | null {
  const bounds = [
    ...boundsOf(scope, 'minimum', 'exclusiveMinimum', -1),
    ...boundsOf(scope, 'maximum', 'exclusiveMaximum', 1),
  ];
  return bounds.length === 0 ? null : allOf(bounds.map(boundCheck));
}

function boundsOf(scope: Scope, keyword: string, exclusive: string, side: -1 | 1): Bound[] {
  const value = scope.schema[exclusive];
  const old = scope.options.dialect === '3.0';
  if (value !== undefined && (typeof value === 'boolean') !== old) {
    scope.note(
      `${exclusive} is ${old ? 'true or false' : 'a number'} in this dialect; it is enforced as it is meant`,
      exclusive,
    );
  }
  if (typeof value === 'boolean') return bound(scope, keyword, side, value);
  return [...bound(scope, keyword, side, false), ...bound(scope, exclusive, side, true)];
}

function bound(scope: Scope, keyword: string, side: -1 | 1, exclusive: boolean): Bound[] {
  const value = readNumber(scope, keyword);
  return value === undefined ? [] : [{ keyword, value, side, exclusive }];
}

/** Compares as doubles where that is exact, and by digits everywhere else. */
function boundCheck({ keyword, value, side, exclusive }: Bound): Check {
  const exact = decimalOf(value);
  const double = isShortDecimal(String(value)) ? Number(value) : Number.NaN;
  return (run, node) => {
    if (((run.cells[node << NODE_SHIFT] as number) & KIND_MASK) !== NUMBER) return true;
    let order = shortDouble(run.tape, node) - double;
    if (Number.isNaN(order)) order = compareDecimals(exactNumber(run, node), exact);
    if (order * side < 0 || (order === 0 && !exclusive)) return true;
    return run.fail(node, keyword);
  };
}

/** `multipleOf` (2020-12 validation 6.2.1), on the digits: 0.3 is a multiple of 0.1. */
export function compileMultipleOf(scope: Scope): Check | null {
  const value = readNumber(scope, 'multipleOf');
  if (value === undefined) return null;
  if (value <= 0) {
    scope.fault('invalid', 'multipleOf must be above 0', 'multipleOf');
    return null;
  }
  const divisor = decimalOf(value);
  return numberCheck('multipleOf', (decimal, run) => {
    run.spend(powerSteps(decimal.exponent));
    return isMultiple(decimal, divisor);
  });
}

type Range = readonly [min: bigint, max: bigint];

const INTEGER_FORMATS: ReadonlyMap<unknown, Range> = new Map([
  ...[8n, 16n, 32n, 64n].flatMap((bits): [string, Range][] => [
    [`int${bits}`, [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n]],
    [`uint${bits}`, [0n, 2n ** bits - 1n]],
  ]),
  ['double-int', [-(2n ** 53n) + 1n, 2n ** 53n - 1n]],
]);

/** `format` of integers (OpenAPI format registry), exact on the digits. */
export function compileNumberFormat(scope: Scope): Check | null {
  const range = INTEGER_FORMATS.get(scope.schema['format']);
  if (range === undefined) return null;
  const [min, max] = [decimalOf(range[0]), decimalOf(range[1])];
  // Nine digits, sign included, are within 32 bits; a sign or fewer bits need a look.
  const passes = range[0] < 0n && range[1] >= 2n ** 31n - 1n ? 9 : 0;
  const holds = (value: Decimal) =>
    isInteger(value) && compareDecimals(value, min) >= 0 && compareDecimals(value, max) <= 0;
  return numberCheck('format', holds, passes);
}

/** @param passes_digits plain integers of at most this many characters pass unseen */
function numberCheck(keyword: string, holds: (value: Decimal, run: Run) => boolean, passes_digits = 0): Check {
  return (run, node) => {
    const flags = run.cells[node << NODE_SHIFT] as number;
    if ((flags & KIND_MASK) !== NUMBER) return true;
    const { tape } = run;
    if ((flags & INTEGER) !== 0 && tape.end(node) - tape.start(node) <= passes_digits) return true;
    return holds(exactNumber(run, node), run) || run.fail(node, keyword);
  };
}
