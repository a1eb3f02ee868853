import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_JSON_LIMITS, parseJson } from '../../src/protocol/json/index.ts';
import { compileSchema } from '../../src/protocol/jsonschema/index.ts';

/**
 * A filter language as many contracts have one: alternatives that only differ in a constant, below each other. A
 * caller who writes the constant last, and wrong, has every level judged once for each alternative above it.
 */
const leafOf = (leaf: Record<string, unknown>) => ({
  anyOf: [branch('and'), branch('or'), { type: 'object', required: ['value'], properties: { value: leaf } }],
});
const branch = (op: string) => ({
  type: 'object',
  required: ['op', 'args'],
  properties: { args: { type: 'array', items: { $ref: '#/Filter' } }, op: { const: op } },
});

/** The leaf is judged 4,096 times: little by the number of schemas applied, much by the bytes looked at. */
const DEPTH = 12;
const TEXT_BYTES = 50_000;
/** What is allowed takes about 80 ms; without a bound it is seconds. */
const MAX_CPU_MS = 1_500;

interface Judged {
  readonly keyword: string;
  readonly cpu_ms: number;
}

function judge(leaf: Record<string, unknown>, value: string, depth = DEPTH): Judged {
  const document = { Filter: leafOf(leaf) };
  let body = `{"value":${value}}`;
  for (let level = 0; level < depth; level++) body = `{"args":[${body}],"op":"neither"}`;
  return check({ $ref: '#/Filter' }, document, body);
}

function check(root: unknown, document: unknown, body: string): Judged {
  const schema = compileSchema(root, { dialect: '2020-12', document, direction: 'request', pointer: '' });
  const tape = parseJson(Buffer.from(body), DEFAULT_JSON_LIMITS);
  const start = process.cpuUsage();
  const result = schema.check(tape, { bindings: { 'principal.party': 'acme' } });
  const used = process.cpuUsage(start);
  return { keyword: result.ok ? 'ok' : result.keyword, cpu_ms: (used.user + used.system) / 1000 };
}

const list = (length: number, item: (at: number) => string) =>
  `[${Array.from({ length }, (_, at) => item(at)).join()}]`;
const object = (length: number) => `{${Array.from({ length }, (_, at) => `"name${at}":1`).join()}}`;
const escapes = `"${'\\n'.repeat(TEXT_BYTES / 2)}"`;
const plain = `"${'y'.repeat(TEXT_BYTES)}"`;
const wide = `"${'é'.repeat(TEXT_BYTES / 2)}"`;
const numbers = list(TEXT_BYTES / 10, (at) => `1.${10_000 + at}e9`);
const long_texts = { type: 'array', items: { type: 'string' }, uniqueItems: true };
const steps = { type: 'array', items: { type: 'number', multipleOf: 0.01 } };

/** Every one of these is valid, so that the whole text is looked at each time. */
const COUNTED: readonly [name: string, leaf: Record<string, unknown>, value: string][] = [
  ['maxLength over escapes', { type: 'string', maxLength: 1_000_000 }, escapes],
  ['maxLength beyond ASCII', { type: 'string', maxLength: 1_000_000 }, wide],
  ['uniqueItems', long_texts, `[${escapes}]`],
  ['multipleOf', steps, numbers],
  ['bounds of exact numbers', { type: 'array', items: { type: 'number', minimum: 0 } }, numbers],
  ['pattern', { type: 'string', pattern: '^[a-z]+$' }, plain],
  ['a pattern with choices', { type: 'string', pattern: '^(?:yy|y)+$' }, plain],
  ['format', { type: 'string', format: 'uri-reference' }, plain],
  ['propertyNames', { type: 'object', propertyNames: { maxLength: 9 } }, object(3_000)],
  ['patternProperties', { type: 'object', patternProperties: { '^n': {} } }, object(3_000)],
];

/** No text that is longer than what it is compared with needs reading. */
const UNREAD: readonly [name: string, leaf: Record<string, unknown>, value: string][] = [
  ['enum', { enum: ['x'] }, plain],
  ['const over escapes', { const: 'x' }, escapes],
  ['x-bind', { type: 'string', 'x-bind': 'principal.party' }, escapes],
];

describe('the work allowed for an instance', () => {
  for (const [name, leaf, value] of COUNTED) {
    it(`counts the bytes that ${name} looks at`, () => {
      assert.notEqual(judge(leaf, value, 1).keyword, 'complexity');
      const { keyword, cpu_ms } = judge(leaf, value);
      assert.equal(keyword, 'complexity');
      assert.ok(cpu_ms < MAX_CPU_MS, `${TEXT_BYTES} bytes took ${Math.round(cpu_ms)} ms`);
    });
  }

  for (const [name, leaf, value] of UNREAD) {
    it(`is not needed for a text too long for ${name}`, () => {
      const { keyword, cpu_ms } = judge(leaf, value);
      assert.notEqual(keyword, 'complexity');
      assert.ok(cpu_ms < MAX_CPU_MS, `${TEXT_BYTES} bytes took ${Math.round(cpu_ms)} ms`);
    });
  }

  it('does not grow without end with the text', () => {
    const padded = `${' '.repeat(2_000_000)}${plain}`;
    const { keyword, cpu_ms } = judge({ type: 'string', pattern: '^[a-z]+$' }, padded, 20);
    assert.equal(keyword, 'complexity');
    assert.ok(cpu_ms < MAX_CPU_MS, `took ${Math.round(cpu_ms)} ms`);
  });

  it('is one for all names of an object', () => {
    const names = { enum: Array.from({ length: 400 }, (_, at) => `other${at}`) };
    const propertyNames = { anyOf: [...Array.from({ length: 400 }, () => names), { minLength: 1 }] };
    const { keyword, cpu_ms } = check({ type: 'object', propertyNames }, {}, object(20_000));
    assert.equal(keyword, 'complexity');
    assert.ok(cpu_ms < MAX_CPU_MS, `took ${Math.round(cpu_ms)} ms`);
  });

  it('lets as many bound members be filled in as there may be objects', () => {
    const owner = { type: 'string', 'x-bind': 'principal.party' };
    const root = { type: 'array', items: { type: 'object', properties: { owner } } };
    const { keyword, cpu_ms } = check(
      root,
      {},
      list(90_000, () => '{}'),
    );
    assert.equal(keyword, 'ok');
    assert.ok(cpu_ms < MAX_CPU_MS, `took ${Math.round(cpu_ms)} ms`);
  });

  it('is enough for the largest ordinary body', () => {
    const properties = {
      id: { type: 'string', format: 'uuid' },
      at: { type: 'string', format: 'date-time' },
      mail: { type: 'string', pattern: '^[^@]+@(?:[a-z]+\\.)+[a-z]{2,}$', maxLength: 100 },
      state: { enum: ['open', 'shipped'] },
      price: { type: 'number', minimum: 0, multipleOf: 0.01 },
      target: { oneOf: ['a', 'b', 'c'].map((kind) => ({ type: 'object', properties: { kind: { const: kind } } })) },
    };
    const item =
      '{"id":"123e4567-e89b-12d3-a456-426614174000","at":"2024-02-29T10:00:00Z","mail":"someone@mail.example.com",' +
      '"state":"open","price":12.55,"target":{"kind":"c"}}';
    const root = { type: 'array', items: { type: 'object', required: Object.keys(properties), properties } };
    assert.equal(
      check(
        root,
        {},
        list(14_000, () => item),
      ).keyword,
      'ok',
    );
  });
});
