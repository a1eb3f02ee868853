/**
 * Cost of validating and trimming one answer: JSON.parse + ajv (removeAdditional) + JSON.stringify, against
 * strict parse + check + trim over the bytes, and the same with nothing judged. Prints microseconds and ratios;
 * only the ratios carry over to another machine.
 *
 *   npm run bench -- json
 */

import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { JsonParser, trim } from '../src/protocol/json/index.ts';
import { compileSchema } from '../src/protocol/jsonschema/index.ts';
import { describeMachine, machineLine } from './gate/machine.ts';

const ROUNDS = 9;
const ROUND_MS = 100;

const item = {
  type: 'object',
  required: ['id', 'state', 'quantity'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    sku: { type: 'string', pattern: '^[A-Z]{2}[0-9]{6}$' },
    state: { type: 'string', enum: ['open', 'packed', 'shipped', 'delivered'] },
    quantity: { type: 'integer', minimum: 0, maximum: 10_000 },
    price: { type: 'number', minimum: 0 },
    note: { type: ['string', 'null'], maxLength: 200 },
    tags: { type: 'array', items: { type: 'string' }, maxItems: 10 },
    address: {
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' }, country: { type: 'string' } },
    },
  },
};
const schema = { type: 'object', required: ['items'], properties: { items: { type: 'array', items: item } } };

function answer(size_bytes: number, leaky: boolean): Buffer {
  const items: unknown[] = [];
  while (Buffer.byteLength(JSON.stringify({ items })) < size_bytes) {
    items.push({
      id: '123e4567-e89b-12d3-a456-426614174000',
      sku: 'AB123456',
      state: 'packed',
      quantity: items.length,
      price: 12.5,
      note: items.length % 2 === 0 ? null : 'leave at the door, please',
      tags: ['fragile', 'gift'],
      address: { street: '1 Long Lane', city: 'Leeds', country: 'GB', ...(leaky ? { internalId: 7 } : {}) },
      ...(leaky ? { internalMargin: 0.31 } : {}),
    });
  }
  return Buffer.from(JSON.stringify({ items }));
}

interface Timing {
  /** Microseconds of CPU a call: the middle of the rounds, and the ninth of ten. */
  readonly p50: number;
  readonly p90: number;
}

/** Several rounds, after one to warm up. */
function measure(call: () => unknown): Timing {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    const cpu = process.cpuUsage();
    let calls = 0;
    for (; performance.now() - start < ROUND_MS; calls += 10) {
      for (let index = 0; index < 10; index++) call();
    }
    const used = process.cpuUsage(cpu);
    if (round > 0) rounds.push((used.user + used.system) / calls);
  }
  rounds.sort((left, right) => left - right);
  return { p50: rounds[ROUNDS >> 1]!, p90: rounds[Math.floor(ROUNDS * 0.9)]! };
}

const ajv = new Ajv2020({ removeAdditional: 'all', allErrors: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);
const compile = (text: object | boolean) =>
  compileSchema(text, { dialect: '2020-12', document: text, pointer: '', direction: 'response' });
const closed = compile(schema);
const open = compile({ type: 'object', additionalProperties: true });
const parser = new JsonParser();

function byAjv(bytes: Buffer): Buffer {
  const value: unknown = JSON.parse(bytes.toString());
  if (!validate(value)) throw new Error('not valid');
  return Buffer.from(JSON.stringify(value));
}

/** What the gate does with an answer. */
function byTape(bytes: Buffer, compiled = closed): Buffer {
  const tape = parser.parse(bytes);
  const result = compiled.check(tape);
  if (!result.ok) throw new Error(result.keyword);
  return trim(tape, result.undeclared, result.fills);
}

const WAYS: Readonly<Record<string, (bytes: Buffer) => unknown>> = {
  'JSON.parse': (bytes) => JSON.parse(bytes.toString()),
  'JSON.parse, ajv, JSON.stringify': byAjv,
  'strict parse': (bytes) => parser.parse(bytes),
  'strict parse, open schema': (bytes) => byTape(bytes, open),
  'strict parse, check, trim': (bytes) => byTape(bytes),
};

export function benchJson(): number {
  console.log(machineLine(describeMachine()));
  console.log(`${ROUNDS} rounds of ${ROUND_MS} ms; CPU µs a body, ratio to the way by ajv\n`);
  for (const [label, size_bytes] of [
    ['1 KiB', 1024],
    ['100 KiB', 102_400],
  ] as const) {
    for (const leaky of [false, true]) {
      const bytes = answer(size_bytes, leaky);
      if (!byAjv(bytes).equals(byTape(bytes))) throw new Error('the two ways disagree');
      console.log(
        `| ${label}, ${leaky ? 'with undeclared members' : 'nothing undeclared'} | p50 | p90 | ratio |\n|---|---:|---:|---:|`,
      );
      const timings = Object.entries(WAYS).map(([name, way]) => [name, measure(() => way(bytes))] as const);
      const beside = timings.find(([name]) => name.includes('ajv'))![1].p50;
      for (const [name, { p50, p90 }] of timings) {
        console.log(`| ${name} | ${p50.toFixed(1)} | ${p90.toFixed(1)} | ${(p50 / beside).toFixed(2)} |`);
      }
      console.log('');
    }
  }
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = benchJson();
