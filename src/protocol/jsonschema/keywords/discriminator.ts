import { tokenName } from '../../json/pointer.ts';
import { NEXT, NODE_SHIFT, STRING } from '../../json/tape.ts';
import { NameTable } from '../names.ts';
import type { Place } from '../resources.ts';
import type { Check, Run } from '../run.ts';
import type { Scope } from '../scope.ts';
import { isObject, type SchemaObject } from '../types.ts';
import { appliedWith } from './access.ts';

/** A branch of `oneOf` or `anyOf` that a discriminator can choose. */
export interface Choice {
  readonly place: Place;
  readonly check: Check;
}

interface Names {
  readonly propertyName: string;
  readonly property: NameTable;
  /** Every value that chooses a branch. */
  readonly values: NameTable;
  /** By position in `values`. */
  readonly checks: readonly Check[];
  /** For an object without the property; null where every branch requires it. */
  readonly otherwise: Check | null;
}

/**
 * `discriminator` beside `oneOf` or `anyOf` (OpenAPI 3.0.3 section 4.7.25, 3.1.1 section 4.8.25): the value of the
 * property names the branch, by `mapping` or by the last part of the reference, and that branch alone is judged.
 * Where a branch does not require the property and an object lacks it, nothing is named and all branches are tried.
 *
 * @param choices the branches for objects, in their order; all of them references
 * @param tried the check that tries them all
 * @returns a check for object nodes; null where names do not tell the branches apart, so that all must be tried
 */
export function compileDiscriminator(scope: Scope, choices: readonly Choice[], tried: Check): Check | null {
  const discriminator = scope.schema['discriminator'];
  const propertyName = isObject(discriminator) ? discriminator['propertyName'] : undefined;
  if (!isObject(discriminator) || typeof propertyName !== 'string') {
    scope.fault('invalid', 'discriminator must be an object with a propertyName', 'discriminator');
    return null;
  }
  const named = namedChoices(scope, choices, discriminator['mapping'] ?? {});
  const idle = whyIdle(scope, choices, named, propertyName);
  if (idle !== null) {
    scope.note(`${idle}: the discriminator has no effect, and all branches are tried`, 'discriminator');
    return null;
  }
  if (!choices.every(({ place }) => propertiesOf(scope, place.schema, propertyName).length > 0)) scope.fragile();
  const required = choices.every(({ place }) => requires(scope, place.schema, propertyName));
  if (!required) scope.fragile();
  const chosen = [...named].filter((entry): entry is [string, Choice] => entry[1] !== undefined);
  return chosenBy({
    propertyName,
    property: new NameTable([propertyName]),
    values: new NameTable(chosen.map(([value]) => value)),
    checks: chosen.map(([, { check }]) => check),
    otherwise: required ? null : tried,
  });
}

type Named = ReadonlyMap<string, Choice | undefined>;

/** Which value chooses which branch: by the last part of its reference where that is its alone, and by mapping. */
function namedChoices(scope: Scope, choices: readonly Choice[], mapping: unknown): Named {
  const named = new Map<string, Choice | undefined>();
  if (!isObject(mapping) || !Object.values(mapping).every((target) => typeof target === 'string')) {
    scope.fault('invalid', 'mapping must be an object of strings', 'discriminator', 'mapping');
    return named;
  }
  for (const choice of choices) {
    const name = lastToken(choice.place.pointer);
    named.set(name, named.has(name) ? undefined : choice);
  }
  for (const [value, target] of Object.entries(mapping as Record<string, string>)) {
    const choice = mapped(scope, choices, target);
    named.set(value, choice);
    if (choice !== undefined) continue;
    scope.note(
      `mapping leads '${value.slice(0, SHOWN_LENGTH)}' to none of the branches: it is refused`,
      'discriminator',
    );
  }
  return named;
}

/** Why names cannot decide; null where they can. */
function whyIdle(scope: Scope, choices: readonly Choice[], named: Named, propertyName: string): string | null {
  for (const choice of choices) {
    const values = [...named].flatMap(([value, each]) => (each === choice ? [value] : []));
    if (values.length === 0) return 'no value names one of the branches';
    const allowed = propertiesOf(scope, choice.place.schema, propertyName).flatMap(listedValues);
    if (allowed.length > 0 && !values.some((value) => allowed.includes(value))) {
      return `'${values[0]?.slice(0, SHOWN_LENGTH)}' names a branch whose ${propertyName} can have other values only`;
    }
  }
  return null;
}

const SHOWN_LENGTH = 64;

/** The branch that a mapping's target is: the name of a schema, of the components first, or a reference. */
function mapped(scope: Scope, choices: readonly Choice[], target: string): Choice | undefined {
  const bare = /^[A-Za-z0-9._-]+$/u.test(target);
  const place = (bare ? scope.component(target) : undefined) ?? scope.resolve(target);
  if (place !== undefined) return choices.find((choice) => choice.place.pointer === place.pointer);
  const named = choices.filter((choice) => lastToken(choice.place.pointer) === target);
  return bare && named.length === 1 ? named[0] : undefined;
}

function lastToken(pointer: string): string {
  return tokenName(pointer.slice(pointer.lastIndexOf('/') + 1));
}

/** What a schema says of a property whatever the value is; nothing where trimming could take the property away. */
function propertiesOf(scope: Scope, schema: unknown, name: string): readonly SchemaObject[] {
  return appliedWith(scope, schema).flatMap(({ properties }) => {
    return isObject(properties) && Object.hasOwn(properties, name) ? appliedWith(scope, properties[name]) : [];
  });
}

function requires(scope: Scope, schema: unknown, name: string): boolean {
  return appliedWith(scope, schema).some(({ required }) => Array.isArray(required) && required.includes(name));
}

function listedValues(schema: SchemaObject): readonly unknown[] {
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : [];
}

function chosenBy({ propertyName, property, values, checks, otherwise }: Names): Check {
  return (run, node) => {
    const member = find(run, node, property);
    if (member < 0) return otherwise ? otherwise(run, node) : run.fail(node, 'discriminator', propertyName);
    const chosen = run.tape.kind(member) === STRING ? values.findString(run, member) : -1;
    return chosen < 0 ? run.fail(member, 'discriminator') : (checks[chosen] as Check)(run, node);
  };
}

function find(run: Run, node: number, property: NameTable): number {
  const { cells, tape } = run;
  run.spend(1 + tape.count(node));
  const end = tape.next(node);
  for (let child = node + 1; child < end; child = cells[(child << NODE_SHIFT) + NEXT] as number) {
    if (property.findKey(run, child) === 0) return child;
  }
  return -1;
}
