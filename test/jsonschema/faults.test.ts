import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { parseJson } from '../../src/protocol/json/index.ts';
import { compileSchema, type Dialect, SchemaCompiler, SchemaError } from '../../src/protocol/jsonschema/index.ts';
import { faults, options, verdict } from './checking.ts';

type Row = readonly [schema: unknown, reason: string, pointer: string, dialect?: Dialect];

const ROWS: readonly Row[] = [
  [{ properties: { a: { maxlength: 1 } } }, 'unsupported', '/properties/a/maxlength'],
  [{ requird: ['a'] }, 'unsupported', '/requird'],
  [{ nto: {} }, 'unsupported', '/nto'],
  [{ oneof: [{}] }, 'unsupported', '/oneof', '3.0'],
  [{ readonly: true }, 'unsupported', '/readonly', '3.0'],
  [{ additionalPropertys: false }, 'unsupported', '/additionalPropertys'],
  [{ $recursiveRef: '#' }, 'unsupported', '/$recursiveRef'],
  [{ $dynamicRef: '#a' }, 'unsupported', '/$dynamicRef', '3.0'],
  [{ prefixItems: [{}], items: {} }, 'unsupported', '/prefixItems', '3.0'],
  [{ $schema: 'http://json-schema.org/draft-07/schema#' }, 'unsupported', '/$schema'],
  [{ $id: '#a' }, 'invalid', '/$id'],
  [{ $id: 1 }, 'invalid', '/$id'],
  [{ $id: 'https://example.com:port/' }, 'invalid', '/$id'],
  [{ $anchor: '1' }, 'invalid', '/$anchor'],
  [{ $dynamicAnchor: 'a b' }, 'invalid', '/$dynamicAnchor'],
  [{ $ref: '#/x-string', maxLength: 1, 'x-string': {} }, 'unsupported', '/maxLength', '3.0'],
  [{ dependencies: { a: 1 } }, 'invalid', '/dependencies/a'],
  [{ oneOf: [{ $ref: '#/$defs/a' }], discriminator: {}, $defs: { a: {} } }, 'invalid', '/discriminator'],
  [
    { oneOf: [{ $ref: '#/$defs/a' }], discriminator: { propertyName: 'k', mapping: { a: 1 } }, $defs: { a: {} } },
    'invalid',
    '/discriminator/mapping',
  ],
  [{ type: 'strin' }, 'invalid', '/type'],
  [{ type: [] }, 'invalid', '/type'],
  [{ items: [{}] }, 'invalid', '/items'],
  [{ allOf: [] }, 'invalid', '/allOf'],
  [{ anyOf: {} }, 'invalid', '/anyOf'],
  [{ enum: [] }, 'invalid', '/enum'],
  [{ required: 'a' }, 'invalid', '/required'],
  [{ required: ['a', 'a'] }, 'invalid', '/required'],
  [{ properties: [] }, 'invalid', '/properties'],
  [{ properties: { a: 1 } }, 'invalid', '/properties/a'],
  [{ additionalProperties: 'no' }, 'invalid', '/additionalProperties'],
  [{ minLength: -1 }, 'invalid', '/minLength'],
  [{ maxItems: 1.5 }, 'invalid', '/maxItems'],
  [{ minimum: '1' }, 'invalid', '/minimum'],
  [{ multipleOf: 0 }, 'invalid', '/multipleOf'],
  [{ exclusiveMinimum: 'yes' }, 'invalid', '/exclusiveMinimum'],
  [{ exclusiveMinimum: 'yes' }, 'invalid', '/exclusiveMinimum', '3.0'],
  [{ uniqueItems: 'yes' }, 'invalid', '/uniqueItems'],
  [true, 'invalid', '', '3.0'],
  [null, 'invalid', ''],
  [{ pattern: '(' }, 'pattern', '/pattern'],
  [{ pattern: '(?=a)b' }, 'pattern', '/pattern'],
  [{ pattern: '(?<!a)b' }, 'pattern', '/pattern'],
  [{ pattern: '(a)\\1' }, 'pattern', '/pattern'],
  [{ pattern: 'a{2000}' }, 'pattern', '/pattern'],
  [{ patternProperties: { '(?!x)': {} } }, 'pattern', '/patternProperties/(?!x)'],
  [{ $ref: 'https://example.com/x.json' }, 'ref', '/$ref'],
  [{ $ref: 'other.yaml#/x' }, 'ref', '/$ref'],
  [{ $ref: '#anchor' }, 'ref', '/$ref'],
  [{ $ref: '#anchor', $defs: { a: { $anchor: 'anchor' } } }, 'ref', '/$ref', '3.0'],
  [{ $ref: '#b', $defs: { a: { $anchor: 'b' }, c: { $anchor: 'b' } } }, 'ref', '/$ref'],
  [{ $ref: 'a.json', $defs: { a: { $id: 'a.json' }, b: { $id: '/a.json' } } }, 'ref', '/$ref'],
  [{ $ref: 'a.json', enum: [{ $id: 'a.json' }] }, 'ref', '/$ref'],
  [{ $ref: 1 }, 'ref', '/$ref'],
  [{ $dynamicRef: '#nobody' }, 'ref', '/$dynamicRef'],
  [{ $ref: '#/$defs/none' }, 'ref', '/$ref'],
  [{ $ref: '#' }, 'ref', ''],
  [
    {
      allOf: [{ $ref: '#/$defs/a' }],
      $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { not: { $ref: '#/$defs/a' } } },
    },
    'ref',
    '',
  ],
  [{ properties: { x: { $ref: '#/$defs/a' } }, $defs: { a: { $ref: '#/$defs/a' } } }, 'ref', ''],
];

describe('a schema that is not accepted', () => {
  for (const [schema, reason, pointer, dialect = '2020-12'] of ROWS) {
    it(`${JSON.stringify(schema)} is ${reason} at ${JSON.stringify(pointer)} in ${dialect}`, () => {
      const found = faults(schema, { dialect });
      assert.deepEqual(
        found.map((fault) => [fault.reason, fault.pointer]),
        [[reason, pointer]],
      );
    });
  }

  it('reports all its faults at once', () => {
    const schema = { patern: 1, properties: { a: { mininum: 1 }, b: { pattern: '(' } } };
    assert.deepEqual(
      faults(schema).map((fault) => fault.pointer),
      ['/patern', '/properties/a/mininum', '/properties/b/pattern'],
    );
  });

  it('is not remembered as a good one by a compiler that is used again', () => {
    const document = { bad: { pattern: '(' } };
    const compiler = new SchemaCompiler({ ...options({}), document });
    assert.throws(() => compiler.compile({ $ref: '#/bad' }, '/one'), SchemaError);
    assert.throws(() => compiler.compile({ $ref: '#/bad' }, '/two'), SchemaError);
  });

  it('does not slow down on alternatives of alternatives', () => {
    const branches = (to: string) => ({ anyOf: Array.from({ length: 20 }, () => ({ $ref: `#/$defs/${to}` })) });
    const $defs = { a: branches('b'), b: branches('c'), c: branches('d'), d: branches('e'), e: { type: 'null' } };
    const start = performance.now();
    assert.deepEqual(faults({ $ref: '#/$defs/a', $defs }), []);
    assert.ok(performance.now() - start < 1000);
  });
});

describe('annotations', () => {
  it('are ignored', () => {
    const schema = {
      title: 1,
      description: 'x',
      default: 1,
      examples: [1],
      example: 1,
      deprecated: true,
      externalDocs: {},
      xml: {},
      discriminator: { propertyName: 'k' },
      $comment: 'x',
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      'x-personal-data': { category: 'name', purpose: 'delivery' },
      contentMediaType: 'image/png',
    };
    assert.equal(verdict(schema, '1'), 'ok');
  });
});

describe('the compiler on arbitrary schemas', () => {
  const keyword = fc.constantFrom(
    ...[
      'type',
      'enum',
      'const',
      'properties',
      'required',
      'items',
      'prefixItems',
      'allOf',
      'anyOf',
      'not',
      'if',
      'then',
    ],
    ...['pattern', 'format', '$ref', 'minimum', 'multipleOf', 'additionalProperties', 'patternProperties', 'x-bind'],
    ...['x-views', 'contains', 'uniqueItems', 'dependentRequired', 'dependentSchemas', 'propertyNames', 'nullable'],
    ...['$id', '$anchor', '$dynamicAnchor', '$dynamicRef', '$defs', 'dependencies', 'discriminator', 'oneOf'],
  );
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, '', 'string', '#', '#/properties', '#a', '^a+$', 'a', []),
      { weight: 3, arbitrary: fc.dictionary(fc.oneof(keyword, fc.constant('a')), tie('node'), { maxKeys: 4 }) },
      { weight: 1, arbitrary: fc.array(tie('node'), { maxLength: 3 }) },
    ),
  }));

  it('lets only SchemaError escape, and what it accepts checks any value without throwing', () => {
    fc.assert(
      fc.property(
        node,
        fc.jsonValue({ maxDepth: 3 }),
        fc.constantFrom<Dialect>('3.0', '2020-12'),
        (schema, value, dialect) => {
          const text = JSON.stringify(value);
          if (text.includes('__proto__') || /\\ud[89a-f]/i.test(text)) return;
          const clean: unknown = JSON.parse(JSON.stringify(schema));
          try {
            const compiled = compileSchema(clean, options(clean, { dialect, direction: 'response' }));
            compiled.check(parseJson(Buffer.from(text)));
          } catch (error) {
            assert.ok(error instanceof SchemaError, String(error));
          }
        },
      ),
      { numRuns: 5000 },
    );
  });
});
