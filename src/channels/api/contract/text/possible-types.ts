import { isObject, lookUp, member, members, type Node } from '../pointer.ts';
import { find } from '../scalar.ts';

/** Which types of JSON a schema leaves open: what a text under it may be read as. */

/** `number` stands for numbers that are no integers, so that types are sets that can be cut with one another. */
export type JsonType = 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';

type Types = ReadonlySet<JsonType> | null;

/** Keywords that say what was meant where no type is given. */
const IMPLIED: readonly (readonly [types: readonly JsonType[], keywords: readonly string[]])[] = [
  [
    ['integer', 'number'],
    ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ],
  [['string'], ['pattern', 'minLength', 'maxLength']],
  [['array'], ['items', 'prefixItems', 'contains', 'minItems', 'maxItems', 'uniqueItems']],
  [['object'], ['properties', 'additionalProperties', 'patternProperties', 'required', 'minProperties']],
];
const FORMATS: Readonly<Record<string, readonly JsonType[]>> = {
  int32: ['integer'],
  int64: ['integer'],
  float: ['integer', 'number'],
  double: ['integer', 'number'],
};

/**
 * The types a value may have under a schema, through `$ref`, `allOf`, `anyOf` and `oneOf`. A schema without any type
 * has those its keywords are about, so that `{minimum: 1}` is enforced on a number and not passed as a string; one
 * that says nothing at all is a string.
 */
export function possibleTypes(root: unknown, schema: Node): ReadonlySet<JsonType> {
  return stated(root, schema, new Map()) ?? implied(root, schema);
}

/**
 * Null where nothing is said.
 *
 * @param known by pointer: each schema is looked at once, and says nothing about itself
 */
function stated(root: unknown, schema: Node, known: Map<string, Types>): Types {
  if (schema.value === false) return new Set();
  if (!isObject(schema.value)) return null;
  const before = known.get(schema.pointer);
  if (before !== undefined) return before;
  known.set(schema.pointer, null);
  const types = combined(root, schema, known);
  known.set(schema.pointer, types);
  return types;
}

function combined(root: unknown, schema: Node, known: Map<string, Types>): Types {
  let types = cut(ownTypes(schema), typesOfValues(schema));
  const reference = member(schema, '$ref')?.value;
  const target = typeof reference === 'string' ? lookUp(root, reference) : null;
  if (target) types = cut(types, stated(root, target, known));
  for (const part of parts(schema, 'allOf')) types = cut(types, stated(root, part, known));
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = parts(schema, keyword);
    if (branches.length > 0) types = cut(types, union(branches.map((branch) => stated(root, branch, known))));
  }
  return types;
}

function parts(schema: Node, keyword: string): Node[] {
  const holder = member(schema, keyword);
  return holder && Array.isArray(holder.value) ? members(holder).map(([, part]) => part) : [];
}

function ownTypes(schema: Node): Types {
  const type = member(schema, 'type')?.value;
  if (type === undefined) return null;
  const words = (Array.isArray(type) ? type : [type]) as JsonType[];
  return new Set(words.includes('number') ? [...words, 'integer'] : words);
}

function typesOfValues(schema: Node): Types {
  const only = member(schema, 'const');
  const values = only ? [only.value] : member(schema, 'enum')?.value;
  return Array.isArray(values) ? new Set(values.map(typeOf)) : null;
}

function typeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'boolean' | 'string' | 'object';
}

function cut(left: Types, right: Types): Types {
  return left && right ? left.intersection(right) : (left ?? right);
}

function union(branches: readonly Types[]): Types {
  const known = branches.filter((branch) => branch !== null);
  return known.length < branches.length ? null : new Set(known.flatMap((branch) => [...branch]));
}

function implied(root: unknown, schema: Node): ReadonlySet<JsonType> {
  const meant = IMPLIED.flatMap(([types, keywords]) =>
    keywords.some((keyword) => find(root, schema, keyword) !== null) ? types : [],
  );
  const format = find(root, schema, 'format')?.value;
  const types = [...meant, ...((typeof format === 'string' && FORMATS[format]) || [])];
  return new Set(types.length > 0 ? types : ['string']);
}
