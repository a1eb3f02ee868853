import fc from 'fast-check';

import type { Schema } from './reference.ts';

/** Few names and few scalars, so that schemas and values meet. */
const names = ['a', 'b', 'c', 'x'] as const;
const name = fc.constantFrom(...names);
const scalar = fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 1.5, '', 'p', 'qq');

const leaf: fc.Arbitrary<Schema> = fc.oneof(
  fc.constantFrom<Schema>(true, {}, { type: 'string' }, { type: 'integer' }, { type: 'number' }, { type: 'null' }),
  fc.constantFrom<Schema>({ type: 'boolean' }, { type: 'object' }, { type: 'array' }, { minimum: 1 }, { minLength: 1 }),
  fc.constantFrom<Schema>({ $ref: '#/$defs/node' }, { $ref: '#/$defs/closed' }, { $ref: '#/$defs/open' }),
  fc.constantFrom<Schema>(
    { oneOf: [{ $ref: '#/$defs/p' }, { $ref: '#/$defs/qq' }], discriminator: { propertyName: 'a' } },
    {
      anyOf: [{ $ref: '#/$defs/p' }, { $ref: '#/$defs/qq' }],
      discriminator: { propertyName: 'a', mapping: { '': 'qq', qq: '#/$defs/p' } },
    },
  ),
  fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }).map((values) => ({ enum: values })),
  scalar.map((value) => ({ const: value })),
  { weight: 1, arbitrary: fc.constant<Schema>(false) },
);

const DEFS = {
  node: { type: 'object', properties: { a: { $ref: '#/$defs/node' }, b: { type: 'integer' } } },
  closed: { type: 'object', properties: { a: true, b: { $ref: '#/$defs/node' } }, additionalProperties: false },
  open: { properties: { c: { type: 'string' } }, additionalProperties: true },
  // Chosen by discriminators. They meet, so that more than the chosen one may match.
  p: { type: 'object', properties: { a: { type: 'string' }, b: { $ref: '#/$defs/node' }, c: true } },
  qq: { type: 'object', properties: { a: true, c: { type: 'integer' } }, additionalProperties: false },
};

const { schema } = fc.letrec<{ schema: Schema; object: Schema; array: Schema; branch: Schema }>((tie) => {
  const inner = tie('schema');
  const some = fc.array(inner, { minLength: 1, maxLength: 3 });
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
  const clean = (keywords: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined)) as Schema;
  const members = {
    properties: maybe(fc.dictionary(name, inner, { maxKeys: 3, noNullPrototype: true })),
    additionalProperties: maybe(fc.oneof(fc.boolean(), fc.constant(false), inner)),
  };
  return {
    object: fc
      .record({
        ...members,
        type: maybe(fc.constant('object')),
        required: fc.option(fc.uniqueArray(name, { maxLength: 2 }), { nil: undefined, freq: 2 }),
        minProperties: fc.option(fc.nat(2), { nil: undefined, freq: 1 }),
        patternProperties: fc.option(fc.constant({ '^[ab]$': { type: 'integer' } }), { nil: undefined, freq: 1 }),
        unevaluatedProperties: fc.option(fc.oneof(fc.boolean(), inner), { nil: undefined, freq: 1 }),
        dependentSchemas: fc.option(fc.dictionary(name, inner, { maxKeys: 1, noNullPrototype: true }), {
          nil: undefined,
          freq: 1,
        }),
        allOf: fc.option(some, { nil: undefined, freq: 1 }),
        anyOf: fc.option(some, { nil: undefined, freq: 1 }),
      })
      .map(clean),
    array: fc
      .record({
        type: maybe(fc.constant('array')),
        prefixItems: maybe(some),
        items: maybe(inner),
        unevaluatedItems: fc.option(fc.oneof(fc.boolean(), inner), { nil: undefined, freq: 1 }),
        contains: fc.option(inner, { nil: undefined, freq: 1 }),
        allOf: fc.option(some, { nil: undefined, freq: 1 }),
      })
      .map(clean),
    branch: fc.oneof(
      some.map((allOf) => ({ allOf })),
      some.map((anyOf) => ({ anyOf })),
      some.map((oneOf) => ({ oneOf })),
      inner.map((not) => ({ not })),
      fc.tuple(inner, maybe(inner), maybe(inner)).map(([condition, yes, no]) =>
        clean(
          Object.fromEntries([
            ['if', condition],
            ['then', yes],
            ['else', no],
          ]),
        ),
      ),
      fc.record({ ...members, anyOf: some, unevaluatedProperties: maybe(fc.boolean()) }).map(clean),
      fc.record({ ...members, oneOf: some, unevaluatedProperties: maybe(fc.boolean()) }).map(clean),
    ),
    schema: fc.oneof(
      { depthSize: 'small', maxDepth: 3, withCrossShrink: true },
      leaf,
      { weight: 4, arbitrary: tie('object') },
      { weight: 2, arbitrary: tie('branch') },
      { weight: 1, arbitrary: tie('array') },
    ),
  };
});

/** A 2020-12 schema document. */
export const documents: fc.Arbitrary<Schema> = schema.map((root) =>
  typeof root === 'boolean' ? { allOf: [root], $defs: DEFS } : { ...root, $defs: DEFS },
);

/** Values over the same names. */
export const values: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    scalar,
    { weight: 4, arbitrary: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
  ),
})).value;
