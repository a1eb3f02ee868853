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

const DEPTH = 14;
const TEXT_BYTES = 200_000;
/** A well-formed body of this size takes about a millisecond. */
const MAX_MS = 400;

function judge(leaf: Record<string, unknown>, value: string): { keyword: string; took_ms: number } {
  const document = { Filter: leafOf(leaf) };
  const schema = compileSchema(
    { $ref: '#/Filter' },
    { dialect: '2020-12', document, direction: 'request', pointer: '' },
  );
  let body = `{"value":${value}}`;
  for (let level = 0; level < DEPTH; level++) body = `{"args":[${body}],"op":"neither"}`;
  const tape = parseJson(Buffer.from(body), DEFAULT_JSON_LIMITS);
  const start = performance.now();
  const result = schema.check(tape, { bindings: { 'principal.party': 'acme' } });
  return { keyword: result.ok ? '' : result.keyword, took_ms: performance.now() - start };
}

const escapes = `"${'\\n'.repeat(TEXT_BYTES / 2)}"`;
const plain = `"${'y'.repeat(TEXT_BYTES)}"`;
const wide = `"${'é'.repeat(TEXT_BYTES / 2)}"`;
const numbers = `[${Array.from({ length: TEXT_BYTES / 10 }, (_, at) => `1.${10_000 + at}e9`).join()}]`;
const long_texts = { type: 'array', items: { type: 'string' }, uniqueItems: true };
const steps = { type: 'array', items: { type: 'number', multipleOf: 0.01 } };

const LEAVES: readonly [name: string, leaf: Record<string, unknown>, value: string][] = [
  ['maxLength over escapes', { type: 'string', maxLength: 1_000_000 }, escapes],
  ['maxLength beyond ASCII', { type: 'string', maxLength: 1_000_000 }, wide],
  ['enum', { enum: ['x'] }, plain],
  ['x-bind', { type: 'string', 'x-bind': 'principal.party' }, escapes],
  ['uniqueItems', long_texts, `[${escapes}]`],
  ['multipleOf', steps, numbers],
  ['pattern', { type: 'string', pattern: '^[a-z]+$' }, plain],
];

describe('the work allowed for an instance', () => {
  for (const [name, leaf, value] of LEAVES) {
    it(`counts the bytes that ${name} looks at`, () => {
      const { took_ms } = judge(leaf, value);
      assert.ok(took_ms < MAX_MS, `${TEXT_BYTES} bytes took ${Math.round(took_ms)} ms`);
    });
  }
});
