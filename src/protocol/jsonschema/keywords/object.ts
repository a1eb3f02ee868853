import { COUNT, KIND_MASK, NEXT, NODE_SHIFT, OBJECT } from '../../json/tape.ts';
import { NameTable } from '../names.ts';
import { type Check, DECLARED, EXCLUDED, OPEN, type Run } from '../run.ts';
import { ACCEPT, type Scope } from '../scope.ts';
import { readCount, readNames, readObject } from '../values.ts';
import { isNeverSent } from './access.ts';
import { compilePatternProperties, type NamePatterns } from './names.ts';

/** What happens to a member that neither `properties` nor `patternProperties` names. */
type Additional = 'undeclared' | 'excluded' | 'open' | Check;

interface Members {
  /** Every name of `properties` and `required`. */
  readonly table: NameTable;
  readonly names: readonly string[];
  /** By position in the table; null for a name that is only required. */
  readonly checks: readonly (Check | null)[];
  readonly required: readonly boolean[];
  readonly requiredCount: number;
  readonly patterns: NamePatterns | null;
  readonly additional: Additional;
}

/**
 * `properties`, `patternProperties`, `additionalProperties` (2020-12 core 10.3.2) and `required`
 * (validation 6.5.3) in one pass over the members. A member that none of them names stays unmarked.
 */
export function compileMembers(scope: Scope): Check | null {
  const properties = readObject(scope, 'properties') ?? {};
  const required = new Set(requiredNames(scope, properties));
  const names = [...new Set([...Object.keys(properties), ...required])];
  const patterns = compilePatternProperties(scope);
  const additional = compileAdditional(scope);
  if (names.length === 0 && patterns === null && additional === 'undeclared') return null;
  if ([...required].some((name) => !Object.hasOwn(properties, name))) scope.fragile();
  return membersCheck({
    table: new NameTable(names),
    names,
    checks: names.map((name) =>
      Object.hasOwn(properties, name) ? scope.child(properties[name], 'properties', name) : null,
    ),
    required: names.map((name) => required.has(name)),
    requiredCount: required.size,
    patterns,
    additional,
  });
}

/** Without what this direction never carries: readOnly in requests, writeOnly in responses (OpenAPI 4.8.24). */
function requiredNames(scope: Scope, properties: Readonly<Record<string, unknown>>): readonly string[] {
  const names = readNames(scope, scope.schema['required'], 'required') ?? [];
  return names.filter((name) => !Object.hasOwn(properties, name) || !isNeverSent(scope, properties[name]));
}

function compileAdditional(scope: Scope): Additional {
  const value = scope.schema['additionalProperties'];
  if (value === undefined) return 'undeclared';
  if (typeof value === 'boolean') return value ? 'open' : 'excluded';
  return scope.child(value, 'additionalProperties');
}

function membersCheck(members: Members): Check {
  const { table, checks, required, requiredCount } = members;
  return (run, node) => {
    const { cells } = run;
    const cell = node << NODE_SHIFT;
    if (((cells[cell] as number) & KIND_MASK) !== OBJECT) return true;
    run.spend(1 + (cells[cell + COUNT] as number));
    const end = cells[cell + NEXT] as number;
    let missing = requiredCount;
    for (let child = node + 1; child < end; child = cells[(child << NODE_SHIFT) + NEXT] as number) {
      const index = table.findKey(run, child);
      if (index >= 0 && required[index]) missing--;
      const check = index < 0 ? null : (checks[index] as Check | null);
      if (check !== null) run.mark(child, DECLARED);
      if (check !== null && check !== ACCEPT && !check(run, child)) return false;
      if (!checkUnnamed(run, child, members, check !== null)) return false;
    }
    return missing === 0 || failMissing(run, node, members);
  };
}

/** `patternProperties` for every member, then `additionalProperties` for one that nothing named. */
function checkUnnamed(run: Run, child: number, { patterns, additional }: Members, named: boolean): boolean {
  const matched = patterns === null ? 0 : patterns(run, child);
  if (matched < 0) return false;
  return named || matched > 0 || additional === 'undeclared' || checkAdditional(run, child, additional);
}

function checkAdditional(run: Run, child: number, additional: Exclude<Additional, 'undeclared'>): boolean {
  if (additional === 'open') {
    run.mark(child, OPEN);
    return true;
  }
  if (additional === 'excluded') {
    if (run.strict > 0) return run.fail(child, 'additionalProperties');
    run.mark(child, EXCLUDED);
    return true;
  }
  run.mark(child, DECLARED);
  return additional(run, child);
}

function failMissing(run: Run, node: number, { table, names, required }: Members): false {
  run.spend(1 + run.tape.count(node));
  const seen = new Set<number>();
  for (let child = node + 1; child < run.tape.next(node); child = run.tape.next(child)) {
    seen.add(table.findKey(run, child));
  }
  const missing = names.find((_, index) => required[index] && !seen.has(index));
  return run.fail(node, 'required', missing);
}

/** `minProperties` and `maxProperties` (2020-12 validation 6.5.1, 6.5.2), counted before anything is trimmed. */
export function compilePropertyCount(scope: Scope): Check | null {
  const min = readCount(scope, 'minProperties') ?? 0;
  const max = readCount(scope, 'maxProperties') ?? Number.POSITIVE_INFINITY;
  if (min === 0 && max === Number.POSITIVE_INFINITY) return null;
  if (min > 0) scope.fragile();
  return (run, node) => {
    if (run.tape.kind(node) !== OBJECT) return true;
    const count = run.tape.count(node);
    if (count < min) return run.fail(node, 'minProperties');
    return count <= max || run.fail(node, 'maxProperties');
  };
}
