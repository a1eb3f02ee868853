import { SUBSCHEMAS } from '../../../protocol/jsonschema/subschemas.ts';
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

const KINDS: ReadonlyMap<string, PartKind> = new Map([
  ['properties', 'property'],
  ['patternProperties', 'map'],
  ['additionalProperties', 'map'],
  ['unevaluatedProperties', 'map'],
  ['prefixItems', 'item'],
  ['items', 'item'],
  ['unevaluatedItems', 'item'],
  ['allOf', 'all'],
  ['then', 'all'],
  ['else', 'all'],
  ['dependentSchemas', 'all'],
  ['dependencies', 'all'],
  ['anyOf', 'branch'],
  ['oneOf', 'branch'],
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
  const kind = KINDS.get(keyword);
  if (kind === undefined) return [];
  const holding = SUBSCHEMAS.get(keyword);
  if (holding === 'one') return isObject(node.value) ? [{ kind, name: null, node }] : [];
  const as_declared = holding === 'list' ? Array.isArray(node.value) : isObject(node.value);
  return as_declared ? members(node).flatMap((inside) => partOf(kind, inside)) : [];
}

function partOf(kind: PartKind, [name, node]: [string, Node]): SchemaPart[] {
  // A list of names, which `dependencies` may hold instead of a schema.
  if (Array.isArray(node.value)) return [];
  return [{ kind, name: kind === 'property' ? name : null, node }];
}
