import { ARRAY, OBJECT } from '../../json/tape.ts';
import { type Check, DECLARED, EXCLUDED, OPEN, type Run } from '../run.ts';
import type { Scope } from '../scope.ts';

/** What happens to a member or item that nothing in this schema object evaluated. */
interface Rest {
  readonly keyword: 'unevaluatedProperties' | 'unevaluatedItems';
  readonly kind: number;
  /** null for `false`. */
  readonly check: Check | null;
  readonly mark: number;
}

/**
 * `unevaluatedProperties` and `unevaluatedItems` (2020-12 core 11): wraps every other keyword of the schema
 * object, and sees what they evaluated and nothing that stands beside or around the object.
 */
export function compileUnevaluated(scope: Scope, others: Check): Check {
  const rests = [rest(scope, 'unevaluatedItems', ARRAY), rest(scope, 'unevaluatedProperties', OBJECT)].filter(
    (found) => found !== null,
  );
  if (rests.length === 0) return others;
  scope.fragile();
  return (run, node) => {
    const log = run.beginLogging();
    const valid = others(run, node) && rests.every((each) => checkRest(run, node, each, log));
    run.endLogging();
    return valid;
  };
}

function rest(scope: Scope, keyword: Rest['keyword'], kind: number): Rest | null {
  const value = scope.schema[keyword];
  if (value === undefined) return null;
  const check = value === false ? null : scope.child(value, keyword);
  return { keyword, kind, check, mark: value === true ? OPEN : DECLARED };
}

function checkRest(run: Run, node: number, { keyword, kind, check, mark }: Rest, log: number): boolean {
  const { tape } = run;
  if (tape.kind(node) !== kind) return true;
  run.spend(1 + tape.count(node) + ((run.log.length - log) >> 1));
  const evaluated = evaluatedSince(run, log);
  for (let child = node + 1; child < tape.next(node); child = tape.next(child)) {
    if (evaluated.has(child)) continue;
    if (check === null && run.strict > 0) return run.fail(child, keyword);
    run.mark(child, check === null ? EXCLUDED : mark);
    if (check !== null && !check(run, child)) return false;
  }
  return true;
}

function evaluatedSince(run: Run, start: number): ReadonlySet<number> {
  const nodes = new Set<number>();
  for (let at = start; at < run.log.length; at += 2) nodes.add(run.log[at] as number);
  return nodes;
}
