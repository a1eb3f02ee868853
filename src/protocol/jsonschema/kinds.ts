import { ARRAY, FALSE, NULL, NUMBER, OBJECT, STRING, TRUE } from '../json/tape.ts';
import { kindBitOf } from './equal.ts';
import { isObject, type SchemaObject } from './types.ts';

/** A bit for each node kind. */
export const ALL_KINDS = 0x7f;

const TYPE_BITS: ReadonlyMap<unknown, number> = new Map([
  ['null', 1 << NULL],
  ['boolean', (1 << TRUE) | (1 << FALSE)],
  ['number', 1 << NUMBER],
  ['integer', 1 << NUMBER],
  ['string', 1 << STRING],
  ['array', 1 << ARRAY],
  ['object', 1 << OBJECT],
]);

/** The kinds a type keyword's value allows; undefined when it is not a type. */
export function kindsOfType(type: unknown): number | undefined {
  const types: unknown[] = Array.isArray(type) ? type : [type];
  let bits = 0;
  for (const name of types) {
    const bit = TYPE_BITS.get(name);
    if (bit === undefined) return undefined;
    bits |= bit;
  }
  return types.length > 0 ? bits : undefined;
}

/** How far composition is followed; beyond it any kind is assumed, which is always right. */
const MAX_FOLLOWED = 3;

/**
 * The kinds of node a schema can accept, as far as type, const, enum and composition tell: a superset.
 * Lets `oneOf: [{$ref}, {type: null}]` choose without trying.
 */
export function possibleKinds(schema: unknown, dereference: (schema: SchemaObject) => unknown, followed = 0): number {
  if (schema === false) return 0;
  if (!isObject(schema) || followed > MAX_FOLLOWED) return ALL_KINDS;
  const inner = (subschema: unknown) => possibleKinds(subschema, dereference, followed + 1);
  let bits = ownKinds(schema);
  if (typeof schema['$ref'] === 'string') bits &= inner(dereference(schema) ?? true);
  if (Array.isArray(schema['allOf'])) for (const part of schema['allOf']) bits &= inner(part);
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = schema[keyword];
    if (Array.isArray(branches)) bits &= branches.reduce<number>((sum, branch) => sum | inner(branch), 0);
  }
  return bits;
}

function ownKinds(schema: SchemaObject): number {
  let bits = ALL_KINDS;
  if (schema['type'] !== undefined) bits = kindsOfType(schema['type']) ?? ALL_KINDS;
  if (schema['nullable'] === true) bits |= 1 << NULL;
  if ('const' in schema) bits &= kindBitOf(schema['const']);
  if (Array.isArray(schema['enum'])) bits &= schema['enum'].reduce<number>((sum, value) => sum | kindBitOf(value), 0);
  return bits;
}
