import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';

import type { Dialect } from '../../src/protocol/jsonschema/index.ts';
import { passed, verdict } from './checking.ts';

type Row = readonly [schema: unknown, good: readonly string[], bad: readonly string[], keyword?: string];

function holds(dialect: Dialect, rows: readonly Row[]): void {
  for (const [schema, good, bad, keyword] of rows) {
    it(`${inspect(schema, { depth: null, breakLength: Number.POSITIVE_INFINITY })} accepts ${good.join(' ')} and refuses ${bad.join(' ')}`, () => {
      for (const text of good) assert.equal(verdict(schema, text, { dialect }), 'ok', text);
      for (const text of bad)
        assert.equal(verdict(schema, text, { dialect }), keyword ?? Object.keys(schema as object)[0]);
    });
  }
}

describe('keywords of 2020-12', () => {
  holds('2020-12', [
    [
      { type: 'integer' },
      ['1', '-0', '1.0', '1e2', '100e-2', '1e400', '12345678901234567890'],
      ['1.5', '1e-1', '"1"', '1e999999999'],
    ],
    [{ type: ['string', 'null'] }, ['null', '""'], ['0', '[]', 'true']],
    [{ type: ['integer', 'number'] }, ['1.5'], ['null']],
    [
      { enum: ['a', 1, null, { k: [1, 2] }] },
      ['"a"', '"\\u0061"', '1.0', '10e-1', 'null'],
      ['"b"', '2', '[]', '{"k":[2,1]}'],
    ],
    [{ const: 0 }, ['0', '-0', '0.0', '0e9'], ['false', '1', 'null']],
    [{ const: 9007199254740992 }, ['9007199254740992'], ['9007199254740993']],
    [
      { minLength: 2, maxLength: 3 },
      ['"ab"', '"é€𝄞"', '"\\u0061\\ud834\\udd1e"', '1'],
      ['"a"', '"𝄞"', '"\\n"'],
      'minLength',
    ],
    [{ maxLength: 1 }, ['"𝄞"', '"\\ud834\\udd1e"'], ['"ab"', '"éé"']],
    [
      { minimum: 9007199254740993n },
      ['9007199254740993', '1e400'],
      ['9007199254740992', '-1e400', '9007199254740992.9'],
    ],
    [
      { minimum: 0.1 },
      ['0.1', '0.10', '1e-1', '100000000000000000'],
      ['0.0999999999999999999999', '0', '-1e5', '1e-2'],
    ],
    [{ maximum: 1.5 }, ['1.5', '1', '-1e9999', '15e-1'], ['1.50000000000000000001', '2', '1e99999999999999999999']],
    [{ exclusiveMinimum: 0 }, ['1e-400', '0.1'], ['0', '-0.0', '-1']],
    [{ exclusiveMaximum: 1 }, ['0.99999999999999999999'], ['1', '1.0', '10e-1']],
    [{ multipleOf: 0.1 }, ['0.3', '1', '1e30', '-0.7', '0'], ['0.35', '1e-2']],
    [{ multipleOf: 3 }, ['9', '1.2e1', '3e60'], ['10', '1e60', '0.3']],
    [{ required: ['a'] }, ['[]'], ['{}', '{"b":1}']],
    [{ properties: { a: { type: 'null' } } }, ['{"a":null}', '{"\\u0061":null}'], ['{"a":1}', '{"\\u0061":1}'], 'type'],
    [
      { patternProperties: { '^x': { type: 'null' } }, additionalProperties: false },
      ['{"xa":null}'],
      ['{"xa":1}'],
      'type',
    ],
    [{ additionalProperties: false }, ['{}', '[]'], ['{"a":1}']],
    [{ additionalProperties: { type: 'null' } }, ['{"a":null}'], ['{"a":1}'], 'type'],
    [{ propertyNames: { maxLength: 2 } }, ['{"ab":1}', '{"\\u0061b":1}'], ['{"abc":1}']],
    [{ minProperties: 1 }, ['{"a":1}', '1'], ['{}']],
    [{ maxProperties: 1 }, ['{"a":1}'], ['{"a":1,"b":2}']],
    [{ dependentRequired: { a: ['b'] } }, ['{"a":1,"b":1}', '{"b":1}'], ['{"a":1}']],
    [{ dependentSchemas: { a: { maxProperties: 1 } } }, ['{"a":1}'], ['{"a":1,"b":1}'], 'maxProperties'],
    [
      { prefixItems: [{ type: 'null' }], items: { type: 'string' } },
      ['[null,"a"]', '[]'],
      ['[1]', '[null,null]'],
      'type',
    ],
    [{ items: false }, ['[]'], ['[1]'], 'false schema'],
    [{ contains: { const: 1 }, minContains: 2, maxContains: 2 }, ['[1,1.0,2]'], ['[1,2]', '[]'], 'minContains'],
    [{ contains: { const: 1 } }, ['[0,1]'], ['[]', '[0]']],
    [{ minItems: 1, maxItems: 2 }, ['[1]', '[1,2]'], ['[]']],
    [{ maxItems: 1 }, ['[1]'], ['[1,2]']],
    [
      { uniqueItems: true },
      ['[1,"1",[1],{"a":1},true,null]', '[{"a":1},{"a":2}]', '[[1,2],[2,1]]'],
      ['[1,1.0]', '[{"a":1,"b":2},{"b":2,"a":1e0}]', '["a","\\u0061"]', '[0,-0]', '[[null],[null]]'],
    ],
    [{ not: { type: 'string' } }, ['1'], ['"a"']],
    [
      JSON.parse('{"if":{"type":"string"},"then":{"minLength":1},"else":{"minimum":1}}'),
      ['"a"', '1', 'null'],
      ['""'],
      'minLength',
    ],
    [{ anyOf: [{ minimum: 2 }, { maximum: 0 }] }, ['3', '-1', '"x"'], ['1']],
    [{ oneOf: [{ minimum: 2 }, { maximum: 3 }] }, ['1', '4'], ['2', '"x"']],
    [{ allOf: [{ minimum: 2 }, { maximum: 3 }] }, ['2'], ['1'], 'minimum'],
    [{ unevaluatedProperties: false, allOf: [{ properties: { a: true } }] }, ['{"a":1}'], ['{"b":1}']],
    [{ unevaluatedItems: false, prefixItems: [true] }, ['[1]'], ['[1,2]']],
  ]);
});

describe('keywords of OpenAPI 3.0', () => {
  holds('3.0', [
    [{ type: 'string', nullable: true }, ['null', '"a"'], ['1']],
    [{ nullable: true, enum: ['a'] }, ['"a"'], ['null'], 'enum'],
    [{ minimum: 1, exclusiveMinimum: true }, ['2', '1.1'], ['1', '1.0']],
    [{ maximum: 1, exclusiveMaximum: false }, ['1'], ['2']],
  ]);

  it('keeps nullable away from a reference, where it would be ignored', () => {
    const schema = { allOf: [{ $ref: '#/x' }], nullable: true, x: { type: 'string' } };
    const document = { x: schema.x };
    assert.equal(verdict({ allOf: schema.allOf, nullable: true }, 'null', { dialect: '3.0', document }), 'type');
  });
});

describe('formats', () => {
  const rows: readonly (readonly [format: string, good: readonly unknown[], bad: readonly unknown[]])[] = [
    [
      'date-time',
      ['2024-02-29T23:59:60Z', '2024-01-01t00:00:00.123+05:30', 3],
      [
        '2023-02-29T00:00:00Z',
        '2024-01-01 00:00:00Z',
        '2024-01-01T00:00:00',
        '2024-01-01T24:00:00Z',
        '2024-01-01T00:00:00.Z',
        '',
      ],
    ],
    [
      'date',
      ['2000-02-29', '2024-12-31'],
      ['1900-02-29', '2024-13-01', '2024-00-10', '2024-1-01', '2024-06-31', '２０24-01-01'],
    ],
    ['time', ['00:00:00Z', '23:59:60z', '01:29:60+01:30'], ['12:00:60Z', '12:00Z', '12:00:00+24:00', '12:00:00+0100']],
    ['duration', ['P1Y2M3DT4H5M6S', 'P4W', 'PT1S'], ['P', 'PT', '1D', 'P1D2H', 'P1S']],
    [
      'uuid',
      ['123e4567-E89B-12d3-a456-426614174000'],
      ['123e4567e89b12d3a456426614174000', '123e4567-e89b-12d3-a456-42661417400g', ''],
    ],
    [
      'email',
      ["o'brien+x@example.com", 'a@[127.0.0.1]', 'a@[IPv6:::1]'],
      ['a', '@b', 'a@', '.a@b', 'a..b@c', 'a@-b', 'a b@c', 'a@b@c'],
    ],
    ['hostname', ['a', 'xn--4gbwdl.example', '1.2'], ['', '.', 'a.', '-a', 'a-', 'a_b', `${'a'.repeat(64)}.b`]],
    ['ipv4', ['0.0.0.0', '255.255.255.255'], ['256.0.0.1', '01.0.0.1', '1.2.3', '1.2.3.4.5', '1.2.3.4 ']],
    [
      'ipv6',
      ['::', '::1', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', '1::8'],
      ['1:2:3:4:5:6:7', ':::', '1::2::3', '::g', '12345::', '::1%eth0', '1.2.3.4::'],
    ],
    [
      'uri',
      ['https://u@example.com:8080/a?b#c', 'urn:x:y', 'http://[::1]/'],
      ['/a', 'http://a b', 'http://[::1', '%zz:', 'http://ex\u00e4mple', ''],
    ],
    ['uri-reference', ['/a', '', '?q', 'a:b', './x:y'], ['\\a', '1:a', '#a#b']],
    ['json-pointer', ['', '/a~0~1', '/'], ['a', '/~', '/~2']],
    ['byte', ['', 'aGk=', '+/8A'], ['a', 'aGk', 'a=Gk', '-_8A']],
    ['int32', [2147483647, -2147483648, 1.0, 'x'], [2147483648, -2147483649, 1.5]],
    ['int64', [0, -1e18], [1e19, 0.5]],
    ['something-else', ['anything', 1], []],
    ['idn-email', ['실례@실례.테스트', 'a@example.com', 1], ['실례', 'a b@example.com', '@a']],
    ['iri', ['http://ƒøø.ßår/?∂éœ=πîx#πîüx', 'urn:a'], ['/abc', 'http://\\a', 'http://a/ b', 'http://a/\ue000']],
    ['iri-reference', ['/âππ', '#ƒ', 'http://a/?\ue000'], ['\\a', 'a b', ':a', '%zz']],
    ['uri', ['http://example.com/k'], ['http://example.com/\u212a', 'http://example.com/\u017f']],
    [
      'uri-template',
      ['/a{/b,c:3}{?d*,e}', 'a%20b', '', '{x.y}'],
      ['{', '}', '{}', '{a', '{a b}', 'a b', '%2', '{a:0}', '{a,}', '"'],
    ],
    ['relative-json-pointer', ['0', '1/a~1b', '0#', '0+1/a'], ['', '/a', '01', '-1', '0##', '1a', '0+0', '1/~2']],
    ['base64url', ['', 'YQ', 'YQ==', 'YWI=', 'YWJj', '-_-_'], ['a', 'YQ=', 'YW+/', 'YQ===', '=']],
    ['int8', [127, -128, 1.0, 'a'], [128, -129, 1.5]],
    ['uint8', [0, 255], [-1, 256]],
    ['uint32', [4294967295], [-5, 4294967296]],
    ['uint64', [0], [-1]],
    ['double-int', [9007199254740991, -9007199254740991], [9007199254740992]],
  ];
  for (const [format, good, bad] of rows) {
    it(`${format} is asserted`, () => {
      for (const value of good) assert.equal(verdict({ format }, JSON.stringify(value)), 'ok', JSON.stringify(value));
      for (const value of bad)
        assert.equal(verdict({ format }, JSON.stringify(value)), 'format', JSON.stringify(value));
    });
  }

  it('int64 is exact on the digits', () => {
    assert.equal(verdict({ format: 'int64' }, '9223372036854775807'), 'ok');
    assert.equal(verdict({ format: 'int64' }, '9223372036854775808'), 'format');
    assert.equal(verdict({ format: 'int64' }, '-9223372036854775808'), 'ok');
    assert.equal(verdict({ format: 'int64' }, '9223372036854775807.0'), 'ok');
  });
});

describe('a violation', () => {
  it('is reported where it is, by keyword, without the value', () => {
    const schema = { properties: { 'a/b': { items: { properties: { c: { type: 'integer' } }, required: ['d'] } } } };
    assert.equal(passed(schema, '{"a/b":[{"c":1,"d":2},{"c":"secret","d":2}]}'), 'type /a~1b/1/c');
    assert.equal(passed(schema, '{"a/b":[{"c":1}]}'), 'required /a~1b/0/d');
  });

  it('of alternatives is theirs, and of the only possible one is its own', () => {
    const schema = { properties: { a: { anyOf: [{ type: 'object', required: ['k'] }, { type: 'null' }] } } };
    assert.equal(passed(schema, '{"a":{}}'), 'required /a/k');
    assert.equal(passed(schema, '{"a":1}'), 'anyOf /a');
    assert.equal(passed({ anyOf: [{ minimum: 3 }, { maximum: 1 }] }, '2'), 'anyOf ');
  });
});
