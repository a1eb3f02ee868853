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

/** `minimum`, `maximum` and their exclusive forms (2020-12 validation 6.2; booleans in OpenAPI 3.0). */
export function compileBounds(scope: Scope): Check | null {
  const bounds = scope.options.dialect === '3.0' ? oldBounds(scope) : newBounds(scope);
  return bounds.length === 0 ? null : allOf(bounds.map(boundCheck));
}

function newBounds(scope: Scope): Bound[] {
  return [
    ...bound(scope, 'minimum', -1, false),
    ...bound(scope, 'exclusiveMinimum', -1, true),
    ...bound(scope, 'maximum', 1, false),
    ...bound(scope, 'exclusiveMaximum', 1, true),
  ];
}

function oldBounds(scope: Scope): Bound[] {
  const exclusive = (keyword: string): boolean => {
    const value = scope.schema[keyword];
    if (value !== undefined && typeof value !== 'boolean') {
      scope.fault('invalid', `${keyword} is true or false in OpenAPI 3.0`, keyword);
    }
    return value === true;
  };
  return [
    ...bound(scope, 'minimum', -1, exclusive('exclusiveMinimum')),
    ...bound(scope, 'maximum', 1, exclusive('exclusiveMaximum')),
  ];
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

const INTEGER_FORMATS: ReadonlyMap<unknown, readonly [min: bigint, max: bigint]> = new Map([
  ['int32', [-(2n ** 31n), 2n ** 31n - 1n] as const],
  ['int64', [-(2n ** 63n), 2n ** 63n - 1n] as const],
]);

/** `format: int32` and `int64` (OpenAPI format registry), exact on the digits. */
export function compileNumberFormat(scope: Scope): Check | null {
  const range = INTEGER_FORMATS.get(scope.schema['format']);
  if (range === undefined) return null;
  const [min, max] = [decimalOf(range[0]), decimalOf(range[1])];
  return numberCheck(
    'format',
    (decimal) => isInteger(decimal) && compareDecimals(decimal, min) >= 0 && compareDecimals(decimal, max) <= 0,
    9,
  );
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
