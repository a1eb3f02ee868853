import { ARRAY, KIND_MASK, NODE_SHIFT, OBJECT } from '../../json/tape.ts';
import { possibleKinds } from '../kinds.ts';
import type { Place } from '../resources.ts';
import type { Check, Run } from '../run.ts';
import { ACCEPT, allOf, type Scope } from '../scope.ts';
import { isObject } from '../types.ts';
import { readSchemas } from '../values.ts';
import { type Choice, compileDiscriminator } from './discriminator.ts';

/** `allOf` (2020-12 core 10.2.1.1). */
export function compileAllOf(scope: Scope): Check | null {
  const parts = readSchemas(scope, 'allOf');
  if (parts === undefined) return null;
  const all = allOf(parts.map((part, index) => scope.inPlace(part, 'allOf', index)));
  return (run, node) => {
    run.spend(parts.length);
    return all(run, node);
  };
}

interface Branch {
  readonly check: Check;
  /** Kinds of node the branch can accept; the others are not tried. */
  readonly kinds: number;
}

/**
 * `anyOf` and `oneOf` (2020-12 core 10.2.1.2, 10.2.1.3). Branches are judged on the untouched value, and
 * what a failed one marked is taken back. Where the kind of the node leaves one branch there is nothing
 * to choose: it is evaluated as if it stood alone. So is the branch that a `discriminator` names.
 */
export function compileAlternatives(scope: Scope, keyword: 'anyOf' | 'oneOf'): Check | null {
  const schemas = readSchemas(scope, keyword);
  if (schemas === undefined) return null;
  const branches = schemas.map((schema, index) => ({
    check: scope.inPlace(schema, keyword, index),
    kinds: possibleKinds(schema, scope.dereference),
  }));
  const tried = tryAll(branches, keyword);
  const chosen = compileChoice(scope, schemas, branches, tried);
  // Objects are decided by a name that stays; of arrays, what is left out may decide.
  if (chosen === null || branches.some(({ kinds }) => (kinds & (1 << ARRAY)) !== 0)) scope.fragile();
  return chosen === null ? tried : (run, node) => (run.tape.kind(node) === OBJECT ? chosen : tried)(run, node);
}

/** The check for objects that a discriminator makes of the branches; null where there is none to go by. */
function compileChoice(
  scope: Scope,
  schemas: readonly unknown[],
  branches: readonly Branch[],
  tried: Check,
): Check | null {
  if (scope.schema['discriminator'] === undefined) return null;
  const pairs = schemas.map((schema, at) => [schema, branches[at] as Branch] as const);
  const choices = pairs
    .filter(([, { kinds }]) => (kinds & (1 << OBJECT)) !== 0)
    .map(([schema, { check }]) => ({ check, place: referredPlace(scope, schema) }));
  if (choices.every((choice): choice is Choice => choice.place !== undefined))
    return compileDiscriminator(scope, choices, tried);
  scope.note(
    'a branch is not a reference: the discriminator has no effect, and all branches are tried',
    'discriminator',
  );
  return null;
}

function referredPlace(scope: Scope, schema: unknown): Place | undefined {
  return isObject(schema) && typeof schema['$ref'] === 'string' ? scope.resolve(schema['$ref']) : undefined;
}

function tryAll(branches: readonly Branch[], keyword: 'anyOf' | 'oneOf'): Check {
  const most = keyword === 'oneOf' ? 1 : branches.length;
  return (run, node) => {
    const bit = 1 << ((run.cells[node << NODE_SHIFT] as number) & KIND_MASK);
    const viable = countViable(branches, bit);
    if (viable === 0) return run.fail(node, keyword);
    if (viable === 1) return (branches.find((branch) => (branch.kinds & bit) !== 0) as Branch).check(run, node);
    const passed = countPassing(run, node, branches, bit, most);
    return (passed > 0 && passed <= most) || run.fail(node, keyword);
  };
}

function countViable(branches: readonly Branch[], bit: number): number {
  let viable = 0;
  for (let index = 0; index < branches.length; index++) if (((branches[index] as Branch).kinds & bit) !== 0) viable++;
  return viable;
}

/** Stops after one more than `most`. */
function countPassing(run: Run, node: number, branches: readonly Branch[], bit: number, most: number): number {
  let passed = 0;
  run.strict++;
  run.beginLogging();
  for (let index = 0; index < branches.length && passed <= most; index++) {
    const { check, kinds } = branches[index] as Branch;
    if ((kinds & bit) !== 0 && attempt(run, node, check)) passed++;
  }
  run.endLogging();
  run.strict--;
  return passed;
}

/** Applies a schema whose failure is not a violation: it leaves no trace. */
function attempt(run: Run, node: number, check: Check): boolean {
  run.spend(1);
  const log = run.log.length;
  const fills = run.fills.length;
  if (check(run, node)) return true;
  run.rollback(log, fills);
  return false;
}

/** `not` (2020-12 core 10.2.1.4). Declares nothing, whichever way it goes. */
export function compileNot(scope: Scope): Check | null {
  const subschema = scope.schema['not'];
  if (subschema === undefined) return null;
  const check = scope.inPlace(subschema, 'not');
  scope.fragile();
  return (run, node) => {
    run.spend(1);
    run.strict++;
    const log = run.beginLogging();
    const fills = run.fills.length;
    const matched = check(run, node);
    run.rollback(log, fills);
    run.endLogging();
    run.strict--;
    return !matched || run.fail(node, 'not');
  };
}

/** `if`, `then`, `else` (2020-12 core 10.2.2). A successful `if` declares what it evaluated. */
export function compileIf(scope: Scope): Check | null {
  const subschema = scope.schema['if'];
  if (subschema === undefined) return null;
  const condition = scope.inPlace(subschema, 'if');
  const branch = (keyword: 'then' | 'else') =>
    scope.schema[keyword] === undefined ? ACCEPT : scope.inPlace(scope.schema[keyword], keyword);
  const [consequence, alternative] = [branch('then'), branch('else')];
  scope.fragile();
  return (run, node) => {
    run.strict++;
    run.beginLogging();
    const holds = attempt(run, node, condition);
    run.endLogging();
    run.strict--;
    return holds ? consequence(run, node) : alternative(run, node);
  };
}
