import { INTEGER, KIND_MASK, NODE_SHIFT, NULL, NUMBER } from '../../json/tape.ts';
import { exactNumber } from '../cost.ts';
import { isInteger, magnitudeOf } from '../decimal.ts';
import { ALL_KINDS, kindsOfType } from '../kinds.ts';
import type { Check, Run } from '../run.ts';
import type { Scope } from '../scope.ts';
import { readBoolean } from '../values.ts';

/** Beyond what any double reaches, and short enough to be written out. */
const MAX_INTEGER_DIGITS = 1024n;

/** `type` (2020-12 validation 6.1.1), and OpenAPI 3.0's `nullable` beside it. A list means one thing in both dialects. */
export function compileType(scope: Scope): Check | null {
  const { type } = scope.schema;
  const old = scope.options.dialect === '3.0';
  const nullable = old && readBoolean(scope, 'nullable') === true;
  if (type === undefined) return null;
  const kinds = kindsOfType(type);
  if (kinds === undefined) {
    scope.fault('invalid', `type must be ${old ? TYPES_30 : TYPES_31}, found ${shown(type)}`, 'type');
    return null;
  }
  if (old && (Array.isArray(type) || type === 'null')) {
    scope.note(`type is ${TYPES_30} in OpenAPI 3.0; it is enforced as in 3.1`, 'type');
  }
  const allowed = nullable ? kinds | (1 << NULL) : kinds;
  const names: unknown[] = Array.isArray(type) ? type : [type];
  if (names.includes('integer') && !names.includes('number')) return integerOr(allowed);
  if (allowed === ALL_KINDS) return null;
  return (run, node) => {
    const kind = (run.cells[node << NODE_SHIFT] as number) & KIND_MASK;
    return ((allowed >> kind) & 1) === 1 || run.fail(node, 'type');
  };
}

const TYPES_30 = 'boolean, integer, number, string, array or object';
const TYPES_31 = `null, ${TYPES_30}, or a list of these`;
const SHOWN_LENGTH = 64;

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

function integerOr(allowed: number): Check {
  return (run, node) => {
    const kind = (run.cells[node << NODE_SHIFT] as number) & KIND_MASK;
    if (((allowed >> kind) & 1) === 0) return run.fail(node, 'type');
    return kind !== NUMBER || isIntegerNode(run, node) || run.fail(node, 'type');
  };
}

/**
 * Whether a number node is an integer by value: 1.0 and 1e2 are. Not those that an exponent makes longer than
 * {@link MAX_INTEGER_DIGITS}: who turns them into integers would write out every digit.
 */
function isIntegerNode(run: Run, node: number): boolean {
  if (((run.cells[node << NODE_SHIFT] as number) & INTEGER) !== 0) return true;
  const value = exactNumber(run, node);
  return isInteger(value) && magnitudeOf(value) <= MAX_INTEGER_DIGITS;
}
