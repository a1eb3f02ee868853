import { isObject, member, members, type Node } from '../contract/pointer.ts';

/**
 * What a subschema judges:
 * - `property`, `item`: another value, below the one its holder judges; `map`: members whose names are free
 * - `all`: the same value, together with its holder
 * - `branch`: the same value, as one of several alternatives
 */
export type PartKind = 'property' | 'item' | 'map' | 'all' | 'branch';

export interface SchemaPart {
  readonly kind: PartKind;
  /** The name of a property; null elsewhere. */
  readonly name: string | null;
  readonly node: Node;
}

/** Keywords that hold one schema, a list of them, or schemas by name. */
const SINGLE: ReadonlyMap<string, PartKind> = new Map([
  ['items', 'item'],
  ['unevaluatedItems', 'item'],
  ['additionalProperties', 'map'],
  ['unevaluatedProperties', 'map'],
  ['then', 'all'],
  ['else', 'all'],
]);
const LISTS: ReadonlyMap<string, PartKind> = new Map([
  ['allOf', 'all'],
  ['anyOf', 'branch'],
  ['oneOf', 'branch'],
  ['prefixItems', 'item'],
]);
const NAMED: ReadonlyMap<string, PartKind> = new Map([
  ['properties', 'property'],
  ['patternProperties', 'map'],
  ['dependentSchemas', 'all'],
]);

/**
 * The subschemas that say what a value may hold, references not followed. Those that only test (`not`, `if`,
 * `contains`, `propertyNames`) let nothing in by themselves and are left out.
 */
export function schemaParts(schema: Node): SchemaPart[] {
  if (!isObject(schema.value)) return [];
  return Object.keys(schema.value).flatMap((key) => partsUnder(key, member(schema, key) as Node));
}

function partsUnder(keyword: string, node: Node): SchemaPart[] {
  const single = SINGLE.get(keyword);
  if (single && isObject(node.value)) return [{ kind: single, name: null, node }];
  const listed = LISTS.get(keyword);
  if (listed && Array.isArray(node.value)) return inside(node, listed, false);
  const named = NAMED.get(keyword);
  return named && isObject(node.value) ? inside(node, named, keyword === 'properties') : [];
}

function inside(holder: Node, kind: PartKind, named: boolean): SchemaPart[] {
  return members(holder).map(([name, node]) => ({ kind, name: named ? name : null, node }));
}
