import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { compileSchema, type Dialect } from '../../src/protocol/jsonschema/index.ts';
import { options, passed, verdict } from './checking.ts';

type Row = readonly [dialect: Dialect, schema: unknown, good: string, bad: string, keyword: string];

/** Keywords that come from another dialect and are enforced all the same. */
const BORROWED: readonly Row[] = [
  ['3.0', { const: 1 }, '1', '2', 'const'],
  ['3.0', { type: ['string', 'null'] }, 'null', '1', 'type'],
  ['3.0', { type: 'null' }, 'null', '1', 'type'],
  ['3.0', { exclusiveMinimum: 1 }, '2', '1', 'exclusiveMinimum'],
  ['2020-12', { minimum: 1, exclusiveMinimum: true }, '2', '1', 'minimum'],
  ['3.0', { patternProperties: { '^a': { type: 'integer' } } }, '{"a":1}', '{"a":"1"}', 'type'],
  ['3.0', { if: { required: ['a'] }, else: { required: ['b'] } }, '{"a":1}', '{}', 'required'],
  ['3.0', { propertyNames: { maxLength: 1 } }, '{"a":1}', '{"aa":1}', 'propertyNames'],
  ['3.0', { contains: { type: 'integer' } }, '[1]', '["a"]', 'contains'],
  ['3.0', { prefixItems: [{ type: 'integer' }] }, '[1]', '["a"]', 'type'],
  ['3.0', { dependentRequired: { a: ['b'] } }, '{"b":1}', '{"a":1}', 'dependentRequired'],
  ['3.0', { properties: { a: {} }, unevaluatedProperties: false }, '{"a":1}', '{"b":1}', 'unevaluatedProperties'],
  ['3.0', { dependencies: { a: ['b'] } }, '{"b":1}', '{"a":1}', 'dependencies'],
  ['2020-12', { dependencies: { a: ['b'] } }, '{"a":1,"b":2}', '{"a":1}', 'dependencies'],
  ['2020-12', { dependencies: { a: { required: ['b'] } } }, '{"a":1,"b":2}', '{"a":1}', 'required'],
];

/** Keywords that have no effect in the dialect, and are noted. */
const IDLE: readonly (readonly [dialect: Dialect, schema: Record<string, unknown>, text: string])[] = [
  ['2020-12', { type: 'string', nullable: true }, '"a"'],
  ['2020-12', { additionalItems: false, items: { type: 'integer' } }, '[1]'],
  ['2020-12', { id: 'x' }, '1'],
  ['2020-12', { optional: true }, '1'],
  ['2020-12', { note: 'x' }, '1'],
  ['2020-12', { ['a'.repeat(5000)]: 'x' }, '1'],
  ['3.0', { examples: [1] }, '1'],
  ['3.0', { $comment: 'x' }, '1'],
  ['3.0', { $id: 'x' }, '1'],
  ['3.0', { $schema: 'http://json-schema.org/draft-07/schema#' }, '1'],
  ['3.0', { contentEncoding: 'base64' }, '1'],
  ['3.0', { definitions: { a: {} } }, '1'],
];

function notedKeywords(schema: unknown, dialect: Dialect): string[] {
  const found: string[] = [];
  compileSchema(schema, options(schema, { dialect, note: (keyword, pointer) => found.push(`${keyword} ${pointer}`) }));
  return found;
}

describe('keywords of another dialect', () => {
  for (const [dialect, schema, good, bad, keyword] of BORROWED) {
    it(`${JSON.stringify(schema)} is enforced in ${dialect} and noted`, () => {
      assert.equal(verdict(schema, good, { dialect }), 'ok');
      assert.equal(verdict(schema, bad, { dialect }), keyword);
      assert.notDeepEqual(notedKeywords(schema, dialect), []);
    });
  }

  for (const [dialect, schema, text] of IDLE) {
    it(`${JSON.stringify(schema).slice(0, 80)} has no effect in ${dialect} and is noted`, () => {
      assert.equal(verdict(schema, text, { dialect }), 'ok');
      assert.equal(notedKeywords(schema, dialect).length, 1);
    });
  }

  it('does not read null into a type of 2020-12', () => {
    assert.equal(verdict({ type: 'string', nullable: true }, 'null'), 'type');
    assert.equal(verdict({ type: 'string', nullable: true }, 'null', { dialect: '3.0' }), 'ok');
  });

  it('is told with the place of the keyword', () => {
    assert.deepEqual(notedKeywords({ properties: { 'a/b': { const: 1 } } }, '3.0'), ['const /properties/a~1b/const']);
  });

  it('is not told of a schema that uses its own dialect', () => {
    const schema = { $anchor: 'a', $comment: 'x', examples: [1], const: 1, $vocabulary: {}, 'x-own': 1 };
    assert.deepEqual(notedKeywords(schema, '2020-12'), []);
  });
});

describe('the bound on steps', () => {
  it('refuses what takes more than the context allows', () => {
    const schema = { items: { anyOf: [{ maxLength: 1 }, { maxLength: 2 }] } };
    const text = JSON.stringify(Array.from({ length: 100 }, () => 'aa'));
    assert.equal(passed(schema, text, {}, { max_steps: 10_000 }), text);
    assert.equal(passed(schema, text, {}, { max_steps: 100 }).split(' ')[0], 'complexity');
  });
});
