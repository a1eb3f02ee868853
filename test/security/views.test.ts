import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseJson, trim } from '../../src/protocol/json/index.ts';
import { compileSchema } from '../../src/protocol/jsonschema/index.ts';

const SECRET = { type: 'string', 'x-views': ['suppliers'] };
const TEXT = { type: 'string' };
const object = (properties: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: 'object',
  properties,
  ...more,
});

/** What a caller outside the view gets; null where the answer is refused. */
function shown(schema: unknown, body: string): string | null {
  const compiled = compileSchema(schema, {
    dialect: '2020-12',
    document: { schema },
    direction: 'response',
    pointer: '/schema',
    visible: () => false,
  });
  const tape = parseJson(Buffer.from(body));
  const result = compiled.check(tape, {});
  return result.ok ? trim(tape, result.undeclared, result.fills).toString() : null;
}

const WAYS: readonly [way: string, schema: unknown, body: string, expected: string | null][] = [
  [
    'a second alternative that shows it',
    { anyOf: [object({ secret: SECRET }), object({ secret: TEXT })] },
    '{"secret":"S"}',
    '{}',
  ],
  [
    'members opened at every level',
    object({ a: object({ secret: SECRET }, { additionalProperties: true }) }, { additionalProperties: true }),
    '{"a":{"secret":"S","x":1}}',
    '{"a":{"x":1}}',
  ],
  ['an escaped name', object({ secret: SECRET }, { additionalProperties: true }), '{"s\\u0065cret":"S"}', '{}'],
  [
    'a pattern beside the name',
    object({ secret: TEXT }, { patternProperties: { '^s': SECRET } }),
    '{"secret":"S","sx":"S"}',
    '{}',
  ],
  ['unevaluatedProperties: true', object({ secret: SECRET }, { unevaluatedProperties: true }), '{"secret":"S"}', '{}'],
  ['unevaluatedProperties of that schema', { type: 'object', unevaluatedProperties: SECRET }, '{"secret":"S"}', '{}'],
  ['prefixItems', { type: 'array', prefixItems: [TEXT, SECRET], items: TEXT }, '["a","S","c"]', '["a","c"]'],
  [
    'contains',
    { type: 'array', items: TEXT, contains: { const: 'S', 'x-views': ['suppliers'] } },
    '["a","S"]',
    '["a"]',
  ],
  ['a condition', object({ secret: TEXT }, { if: { properties: { secret: SECRET } } }), '{"secret":"S"}', '{}'],
  [
    'dependentSchemas',
    object({ k: TEXT, secret: TEXT }, { dependentSchemas: { k: { properties: { secret: SECRET } } } }),
    '{"k":"1","secret":"S"}',
    '{"k":"1"}',
  ],
  [
    'allOf in which another part shows it',
    { allOf: [object({ secret: TEXT }), object({ secret: SECRET })] },
    '{"secret":"S"}',
    '{}',
  ],
  ['an alternative of the value', object({ v: { oneOf: [SECRET, { type: 'null' }] } }), '{"v":"S"}', '{}'],
  ['propertyNames', { type: 'object', additionalProperties: TEXT, propertyNames: SECRET }, '{"secret":"S"}', null],
];

describe('what x-views hides stays hidden through', () => {
  for (const [way, schema, body, expected] of WAYS) {
    it(way, () => assert.equal(shown(schema, body), expected));
  }

  it('an undeclared member that another alternative alone accepts', () => {
    const hiding = object({ id: TEXT, secret: SECRET }, { additionalProperties: false });
    const schema = { anyOf: [hiding, object({ id: TEXT, secret: TEXT })] };
    assert.equal(shown(schema, '{"id":"1","secret":"S"}'), '{"id":"1"}');
    // What is sent is the same text: that the service said one thing more must not show it.
    const text = shown(schema, '{"id":"1","secret":"S","debug":true}');
    assert.ok(text === null || !text.includes('secret'), `${text}`);
  });
});
