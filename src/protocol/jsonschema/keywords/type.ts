import { INTEGER, KIND_MASK, NODE_SHIFT, NULL, NUMBER, type Tape } from '../../json/tape.ts';
import { isInteger, parseDecimal } from '../decimal.ts';
import { ALL_KINDS, kindsOfType } from '../kinds.ts';
import type { Check } from '../run.ts';
import type { Scope } from '../scope.ts';
import { readBoolean } from '../values.ts';

/** `type` (2020-12 validation 6.1.1), and OpenAPI 3.0's `nullable` beside it. */
export function compileType(scope: Scope): Check | null {
  const { type } = scope.schema;
  const nullable = readBoolean(scope, 'nullable') === true;
  if (type === undefined) return null;
  const kinds = kindsOfType(type);
  if (kinds === undefined || (scope.options.dialect === '3.0' && (Array.isArray(type) || type === 'null'))) {
    scope.fault('invalid', 'type is not one of the types of this dialect', 'type');
    return null;
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

function integerOr(allowed: number): Check {
  return (run, node) => {
    const kind = (run.cells[node << NODE_SHIFT] as number) & KIND_MASK;
    if (((allowed >> kind) & 1) === 0) return run.fail(node, 'type');
    return kind !== NUMBER || isIntegerNode(run.tape, node) || run.fail(node, 'type');
  };
}

/** Whether a number node is an integer by value. */
export function isIntegerNode(tape: Tape, node: number): boolean {
  if (((tape.cells[node << NODE_SHIFT] as number) & INTEGER) !== 0) return true;
  return isInteger(parseDecimal(tape.textAt(node)));
}
