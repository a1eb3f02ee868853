import { isObject, lookUp, type Node } from '../../contract/pointer.ts';

/** The keywords that hold for a value at one place of a schema: its own, those of its `allOf`, those it inherits. */
export type Facets = ReadonlyMap<string, unknown>;

export const NO_FACETS: Facets = new Map();

/** What a branch does not take over from the schema around it. */
const OWN = new Set(['allOf', 'anyOf', 'oneOf', '$ref', 'properties', 'required', 'description', 'title']);

/** Facets of a schema, references followed; of keywords that stand more than once the nearest counts. */
export function facetsOf(root: unknown, schema: Node, inherited: Facets): Facets {
  const facets = new Map<string, unknown>();
  collect(root, schema.value, facets, new Set());
  for (const [keyword, value] of inherited) if (!facets.has(keyword)) facets.set(keyword, value);
  return facets;
}

function collect(root: unknown, schema: unknown, facets: Map<string, unknown>, seen: Set<unknown>): void {
  if (!isObject(schema) || seen.has(schema)) return;
  seen.add(schema);
  for (const [keyword, value] of Object.entries(schema)) if (!facets.has(keyword)) facets.set(keyword, value);
  const { $ref: reference, allOf } = schema;
  if (typeof reference === 'string') collect(root, lookUp(root, reference)?.value, facets, seen);
  if (Array.isArray(allOf)) for (const part of allOf) collect(root, part, facets, seen);
}

/** What the branches of a schema inherit from it. */
export function inheritable(facets: Facets): Facets {
  return new Map([...facets].filter(([keyword]) => !OWN.has(keyword)));
}

/** The types a value may have, `null` left out; empty where the schema does not say. */
export function typesOf(facets: Facets): ReadonlySet<string> {
  const stated = facets.get('type');
  const types = Array.isArray(stated) ? stated : [stated];
  return new Set(types.filter((type): type is string => typeof type === 'string' && type !== 'null'));
}

/** Whether the values themselves are listed. */
export function isListed(facets: Facets): boolean {
  return facets.has('enum') || facets.has('const');
}

/** Whether alternatives say more about the value: then each of them is judged instead. */
export function isBranched(facets: Facets): boolean {
  return facets.has('anyOf') || facets.has('oneOf');
}
