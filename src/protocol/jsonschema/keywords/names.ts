import { JsonParser } from '../../json/parser.ts';
import { NEXT, NODE_SHIFT, OBJECT, type Tape } from '../../json/tape.ts';
import { matchSteps, payName } from '../cost.ts';
import { compilePattern } from '../pattern.ts';
import { type Check, DECLARED, Run } from '../run.ts';
import type { Scope } from '../scope.ts';
import { readNames, readObject } from '../values.ts';

/** How many patterns a member's name matches, each having accepted its value; -1 after a violation. */
export type NamePatterns = (run: Run, child: number) => number;

/** `patternProperties` (2020-12 core 10.3.2.2). */
export function compilePatternProperties(scope: Scope): NamePatterns | null {
  const patterns = Object.entries(readObject(scope, 'patternProperties') ?? {}).flatMap(([source, subschema]) => {
    const check = scope.child(subschema, 'patternProperties', source);
    const pattern = compilePattern(source);
    if (typeof pattern !== 'string') return [{ pattern, check }];
    scope.fault('pattern', pattern, 'patternProperties', source);
    return [];
  });
  if (patterns.length === 0) return null;
  return (run, child) => {
    payName(run, child);
    const name = run.tape.keyOf(child) as string;
    let matched = 0;
    for (const { pattern, check } of patterns) {
      if (!pattern.test(run, name)) continue;
      matched++;
      run.mark(child, DECLARED);
      if (!check(run, child)) return -1;
    }
    return matched;
  };
}

/** What it takes to make an instance out of a name. */
const NAME_RUN_STEPS = 16;

/** `propertyNames` (2020-12 core 10.3.2.4): each name, as an instance of its own. */
export function compilePropertyNames(scope: Scope): Check | null {
  const subschema = scope.schema['propertyNames'];
  if (subschema === undefined) return null;
  const check = scope.child(subschema, 'propertyNames');
  return (run, node) => {
    const { tape } = run;
    if (tape.kind(node) !== OBJECT) return true;
    const parser = new JsonParser(undefined, 1);
    for (let child = node + 1; child < tape.next(node); child = tape.next(child)) {
      run.spend(NAME_RUN_STEPS + matchSteps(tape.keyEnd(child) - tape.keyStart(child)));
      const part = new Run(parser.parse(quotedName(tape, child)), run.context, true, run);
      const valid = check(part, 0);
      run.joined(part);
      if (!valid) return run.fail(child, 'propertyNames');
    }
    return true;
  };
}

function quotedName(tape: Tape, member: number): Buffer {
  return tape.source.subarray(tape.keyStart(member) - 1, tape.keyEnd(member) + 1);
}

/** `dependentRequired` (2020-12 validation 6.5.4). */
export function compileDependentRequired(scope: Scope): Check | null {
  const dependents = Object.entries(readObject(scope, 'dependentRequired') ?? {}).map(
    ([name, needed]) => [name, readNames(scope, needed, 'dependentRequired', name) ?? []] as const,
  );
  if (dependents.length === 0) return null;
  scope.fragile();
  return (run, node) => {
    if (run.tape.kind(node) !== OBJECT) return true;
    const names = namesOf(run, node);
    for (const [name, needed] of dependents) {
      if (!names.has(name)) continue;
      const missing = needed.find((other) => !names.has(other));
      if (missing !== undefined) return run.fail(node, 'dependentRequired', missing);
    }
    return true;
  };
}

/** `dependentSchemas` (2020-12 core 10.2.2.4). */
export function compileDependentSchemas(scope: Scope): Check | null {
  const dependents = Object.entries(readObject(scope, 'dependentSchemas') ?? {}).map(
    ([name, subschema]) => [name, scope.inPlace(subschema, 'dependentSchemas', name)] as const,
  );
  if (dependents.length === 0) return null;
  scope.fragile();
  return (run, node) => {
    if (run.tape.kind(node) !== OBJECT) return true;
    const names = namesOf(run, node);
    return dependents.every(([name, check]) => !names.has(name) || check(run, node));
  };
}

/** `dependencies` of draft 7 and before, which 2020-12 split in two: lists are names, anything else is a schema. */
export function compileDependencies(scope: Scope): Check | null {
  const dependents = Object.entries(readObject(scope, 'dependencies') ?? {}).map(([name, value]) => {
    const path = ['dependencies', name] as const;
    const check = Array.isArray(value) ? needed(readNames(scope, value, ...path) ?? []) : scope.inPlace(value, ...path);
    return [name, check] as const;
  });
  if (dependents.length === 0) return null;
  scope.fragile();
  return (run, node) => {
    if (run.tape.kind(node) !== OBJECT) return true;
    const names = namesOf(run, node);
    return dependents.every(([name, check]) => !names.has(name) || check(run, node));
  };
}

function needed(others: readonly string[]): Check {
  return (run, node) => {
    const names = namesOf(run, node);
    const missing = others.find((other) => !names.has(other));
    return missing === undefined || run.fail(node, 'dependencies', missing);
  };
}

/** Names of an object's members. */
export function namesOf(run: Run, node: number): ReadonlySet<string> {
  const { tape, cells } = run;
  run.spend(1);
  const names = new Set<string>();
  for (let child = node + 1; child < tape.next(node); child = cells[(child << NODE_SHIFT) + NEXT] as number) {
    payName(run, child);
    names.add(tape.keyOf(child) as string);
  }
  return names;
}
