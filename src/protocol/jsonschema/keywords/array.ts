import { ARRAY, COUNT, KIND_MASK, NEXT, NODE_SHIFT } from '../../json/tape.ts';
import { payCanonical } from '../cost.ts';
import { canonicalText } from '../equal.ts';
import { type Check, DECLARED, OPEN } from '../run.ts';
import { ACCEPT, type Scope } from '../scope.ts';
import { readBoolean, readCount, readSchemas } from '../values.ts';

/** Most items `uniqueItems` compares; a longer array does not satisfy it. */
const MAX_UNIQUE_ITEMS = 10_000;

/** `prefixItems` and `items` (2020-12 core 10.3.1). Items that neither reaches stay unmarked. */
export function compileItems(scope: Scope): Check | null {
  const { items } = scope.schema;
  const prefix = (readSchemas(scope, 'prefixItems') ?? []).map((schema, at) => scope.child(schema, 'prefixItems', at));
  if (items === undefined && prefix.length === 0) return null;
  const rest = items === undefined ? null : scope.child(items, 'items');
  const mark = items === true ? OPEN : DECLARED;
  return (run, node) => {
    const { cells } = run;
    const cell = node << NODE_SHIFT;
    if (((cells[cell] as number) & KIND_MASK) !== ARRAY) return true;
    run.spend(1 + (cells[cell + COUNT] as number));
    const end = cells[cell + NEXT] as number;
    let index = 0;
    for (let child = node + 1; child < end; child = cells[(child << NODE_SHIFT) + NEXT] as number) {
      const first = index < prefix.length;
      const check = first ? (prefix[index] as Check) : rest;
      index++;
      if (check === null) return true;
      run.mark(child, first ? DECLARED : mark);
      if (check !== ACCEPT && !check(run, child)) return false;
    }
    return true;
  };
}

/** `minItems` and `maxItems` (2020-12 validation 6.4.1, 6.4.2). */
export function compileItemCount(scope: Scope): Check | null {
  const min = readCount(scope, 'minItems') ?? 0;
  const max = readCount(scope, 'maxItems') ?? Number.POSITIVE_INFINITY;
  if (min === 0 && max === Number.POSITIVE_INFINITY) return null;
  if (min > 0 && scope.schema['items'] === undefined) scope.fragile();
  return (run, node) => {
    if (run.tape.kind(node) !== ARRAY) return true;
    const count = run.tape.count(node);
    if (count < min) return run.fail(node, 'minItems');
    return count <= max || run.fail(node, 'maxItems');
  };
}

/** `uniqueItems` (2020-12 validation 6.4.3): hashed, so that n items cost n steps. */
export function compileUniqueItems(scope: Scope): Check | null {
  if (readBoolean(scope, 'uniqueItems') !== true) return null;
  scope.fragile();
  return (run, node) => {
    const { tape } = run;
    if (tape.kind(node) !== ARRAY) return true;
    if (tape.count(node) > MAX_UNIQUE_ITEMS) return run.fail(node, 'uniqueItems');
    payCanonical(run, node);
    const seen = new Set<string>();
    for (let child = node + 1; child < tape.next(node); child = tape.next(child)) {
      seen.add(canonicalText(tape, child));
    }
    return seen.size === tape.count(node) || run.fail(node, 'uniqueItems');
  };
}

/** `contains` with `minContains` and `maxContains` (2020-12 core 10.3.1.3). The items it accepts are declared. */
export function compileContains(scope: Scope): Check | null {
  const min = readCount(scope, 'minContains') ?? 1;
  const max = readCount(scope, 'maxContains') ?? Number.POSITIVE_INFINITY;
  const subschema = scope.schema['contains'];
  if (subschema === undefined) return null;
  const check = scope.child(subschema, 'contains');
  scope.fragile();
  return (run, node) => {
    const { tape } = run;
    if (tape.kind(node) !== ARRAY) return true;
    run.spend(1 + tape.count(node));
    let found = 0;
    run.strict++;
    run.beginLogging();
    for (let child = node + 1; child < tape.next(node); child = tape.next(child)) {
      const log = run.log.length;
      const fills = run.fills.length;
      if (check(run, child)) {
        found++;
        run.mark(child, DECLARED);
      } else run.rollback(log, fills);
    }
    run.endLogging();
    run.strict--;
    if (found < min) return run.fail(node, min === 1 ? 'contains' : 'minContains');
    return found <= max || run.fail(node, 'maxContains');
  };
}
