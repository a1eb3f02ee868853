import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { passed, response, verdict } from './checking.ts';

const string = { type: 'string' };

describe('closedness', () => {
  const rows: readonly (readonly [title: string, schema: unknown, text: string, kept: string])[] = [
    ['an undeclared member is left out', { properties: { a: {} } }, '{"a":1,"b":2}', '{"a":1}'],
    ['a schema that says nothing about members declares none', { type: 'object' }, '{"a":1}', '{}'],
    ['the empty schema accepts scalars', {}, '"x"', '"x"'],
    ['the empty schema declares no members', { properties: { a: {} } }, '{"a":{"b":1}}', '{"a":{}}'],
    ['items that no keyword reaches are left out', { type: 'array' }, '[1,2]', '[]'],
    ['items beyond prefixItems are left out', { prefixItems: [{}] }, '[1,2,3]', '[1]'],
    [
      'additionalProperties true opens everything below',
      { additionalProperties: true },
      '{"a":{"b":[{"c":1}]}}',
      '{"a":{"b":[{"c":1}]}}',
    ],
    [
      'an additionalProperties schema declares only what it names',
      { additionalProperties: { properties: { b: {} } } },
      '{"a":{"b":1,"c":2}}',
      '{"a":{"b":1}}',
    ],
    ['items true opens everything below', { items: true }, '[{"a":1}]', '[{"a":1}]'],
    [
      'allOf merges what its parts declare, deeply',
      { allOf: [{ properties: { a: { properties: { x: {} } } } }, { properties: { a: { properties: { y: {} } } } }] },
      '{"a":{"x":1,"y":2,"z":3}}',
      '{"a":{"x":1,"y":2}}',
    ],
    [
      'every passing anyOf branch declares',
      { anyOf: [{ properties: { a: string } }, { properties: { b: string } }] },
      '{"a":"1","b":"2","c":"3"}',
      '{"a":"1","b":"2"}',
    ],
    [
      'a failed branch declares nothing',
      { anyOf: [{ properties: { a: string, b: string } }, { properties: { c: {} } }] },
      '{"a":"1","b":2,"c":3}',
      '{"c":3}',
    ],
    [
      'not declares nothing',
      { properties: { a: {} }, not: { properties: { b: string }, required: ['b'] } },
      '{"a":1,"b":2}',
      '{"a":1}',
    ],
    [
      'a passing if declares',
      { if: { properties: { a: { const: 1 } } }, else: { properties: { b: {} } } },
      '{"a":1,"b":2}',
      '{"a":1}',
    ],
    ['contains declares the items it accepts', { contains: { const: 1 } }, '[1,2,1]', '[1,1]'],
    ['patternProperties declares', { patternProperties: { '^x-': {} } }, '{"x-a":1,"y":2}', '{"x-a":1}'],
    [
      'unevaluatedProperties true opens the rest',
      { properties: { a: {} }, unevaluatedProperties: true },
      '{"a":{"z":1},"b":{"c":1}}',
      '{"a":{},"b":{"c":1}}',
    ],
    [
      'additionalProperties false leaves out',
      { properties: { a: {} }, additionalProperties: false },
      '{"a":1,"b":2}',
      '{"a":1}',
    ],
    [
      'unevaluatedProperties false leaves out',
      { properties: { a: {} }, unevaluatedProperties: false },
      '{"a":1,"b":2}',
      '{"a":1}',
    ],
    [
      'the only possible branch leaves out too',
      { oneOf: [{ type: 'object', properties: { a: {} }, additionalProperties: false }, { type: 'null' }] },
      '{"a":1,"b":2}',
      '{"a":1}',
    ],
    [
      'a recursive schema closes at every depth',
      { properties: { v: {}, next: { $ref: '#' } } },
      '{"v":1,"next":{"v":2,"q":0,"next":{"q":0}},"q":0}',
      '{"v":1,"next":{"v":2,"next":{}}}',
    ],
    [
      'a name is the same however it is escaped',
      { properties: { ab: {} } },
      '{"\\u0061b":1,"a\\u0063":2}',
      '{"\\u0061b":1}',
    ],
  ];
  for (const [title, schema, text, kept] of rows) it(title, () => assert.equal(response(schema, text), kept));

  it('is left to the caller of a request check to refuse', () => {
    assert.equal(passed({ properties: { a: {} } }, '{"a":1,"b":2}'), '{"a":1}');
    assert.equal(passed({ additionalProperties: false }, '{"b":2}'), 'additionalProperties /b');
  });

  it('lets additionalProperties false choose a branch on the untouched answer', () => {
    const one = { type: 'object', properties: { a: {} }, additionalProperties: false };
    const two = { type: 'object', properties: { a: {}, b: {} }, additionalProperties: false };
    assert.equal(response({ oneOf: [one, two] }, '{"a":1,"b":2}'), '{"a":1,"b":2}');
    assert.equal(response({ anyOf: [one, two] }, '{"a":1,"c":2}'), 'anyOf ');
  });

  it('hides cousins from unevaluatedProperties', () => {
    const schema = { allOf: [{ properties: { a: {} } }, { unevaluatedProperties: false }] };
    assert.equal(verdict(schema, '{"a":1}'), 'unevaluatedProperties');
    const nested = { allOf: [{ properties: { a: {} } }, { unevaluatedProperties: { type: 'string' } }] };
    assert.equal(verdict(nested, '{"a":1}'), 'type');
  });
});

describe('an answer that trimming would break', () => {
  it('is refused when a required name is declared nowhere', () => {
    assert.equal(response({ properties: { a: {} }, required: ['b'] }, '{"a":1,"b":2}'), 'required /b');
  });

  it('is refused when one part requires what another excludes', () => {
    const parts = [
      { properties: { a: {} }, additionalProperties: false },
      { properties: { b: {} }, required: ['b'] },
    ];
    assert.equal(response({ allOf: parts }, '{"a":1,"b":2}'), 'required /b');
    assert.equal(response({ allOf: [...parts].reverse() }, '{"a":1,"b":2}'), 'required /b');
  });

  it('is refused when a second oneOf branch would then match', () => {
    const branches = [
      { type: 'object', properties: { a: {} } },
      { type: 'object', properties: { a: {}, x: string } },
    ];
    assert.equal(response({ oneOf: branches }, '{"a":1,"x":5}'), 'oneOf ');
  });

  it('is refused when fewer members than minProperties would be left', () => {
    assert.equal(response({ properties: { a: {} }, minProperties: 2 }, '{"a":1,"b":2}'), 'minProperties ');
  });

  it('is refused when trimming would undeclare what was declared', () => {
    const schema: unknown = JSON.parse('{"if":{"required":["x"]},"then":{"properties":{"y":{}}}}');
    assert.equal(response(schema, '{"x":1,"y":2}'), 'undeclared /y');
  });
});

describe('work', () => {
  it('is bounded where alternatives multiply with depth', () => {
    const branch = (name: string) => ({ properties: { next: { $ref: '#' } }, required: [name] });
    const schema = { anyOf: [branch('a'), branch('b'), branch('c')] };
    const text = `${'{"next":'.repeat(60)}{}${'}'.repeat(60)}`;
    const start = performance.now();
    assert.equal(verdict(schema, text), 'complexity');
    assert.ok(performance.now() - start < 2000);
  });

  it('of uniqueItems is linear and capped', () => {
    const items = Array.from({ length: 10_000 }, (_, index) => `{"a":${index}}`);
    assert.equal(verdict({ uniqueItems: true }, `[${items.join()}]`), 'ok');
    assert.equal(verdict({ uniqueItems: true }, `[${[...items, '1'].join()}]`), 'uniqueItems');
  });

  it('of multipleOf is bounded for huge exponents', () => {
    assert.equal(verdict({ multipleOf: 7 }, '7e999999999999999999999999'), 'ok');
    assert.equal(verdict({ multipleOf: 7 }, '1e999999999999999999999999'), 'multipleOf');
  });
});
