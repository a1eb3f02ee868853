/**
 * Cost of validating and trimming one answer: JSON.parse + ajv (removeAdditional) + JSON.stringify, against
 * strict parse + check + trim over the bytes. Prints microseconds and ratios; only the ratios carry over to
 * another machine.
 *
 *   node bench/json.ts
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { JsonParser, trim } from '../src/protocol/json/index.ts';
import { compileSchema } from '../src/protocol/jsonschema/index.ts';

const ROUNDS = 7;
const ROUND_MS = 150;

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

/** Best of several rounds, in microseconds of CPU a call, after one round to warm up. */
function measure(call: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    const cpu = process.cpuUsage();
    let calls = 0;
    for (; performance.now() - start < ROUND_MS; calls += 10) {
      for (let index = 0; index < 10; index++) call();
    }
    const used = process.cpuUsage(cpu);
    if (round > 0) best = Math.min(best, (used.user + used.system) / calls);
  }
  return best;
}

const ajv = new Ajv2020({ removeAdditional: 'all', allErrors: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);
const compiled = compileSchema(schema, {
  dialect: '2020-12',
  document: schema,
  pointer: '',
  direction: 'response',
});
const parser = new JsonParser();

function byAjv(bytes: Buffer): Buffer {
  const value: unknown = JSON.parse(bytes.toString());
  if (!validate(value)) throw new Error('not valid');
  return Buffer.from(JSON.stringify(value));
}

function byTape(bytes: Buffer): Buffer {
  const tape = parser.parse(bytes);
  const result = compiled.check(tape);
  if (!result.ok) throw new Error(result.keyword);
  return trim(tape, result.undeclared, result.fills);
}

for (const [label, size_bytes] of [
  ['1 KiB', 1024],
  ['100 KiB', 102_400],
] as const) {
  for (const leaky of [false, true]) {
    const bytes = answer(size_bytes, leaky);
    if (!byAjv(bytes).equals(byTape(bytes))) throw new Error('the two ways disagree');
    const ajv_us = measure(() => byAjv(bytes));
    const tape_us = measure(() => byTape(bytes));
    const parse_us = measure(() => parser.parse(bytes));
    const native_us = measure(() => JSON.parse(bytes.toString()));
    console.log(
      `${label} ${leaky ? 'trimmed' : 'clean  '}  ajv ${ajv_us.toFixed(1)} µs, tape ${tape_us.toFixed(1)} µs ` +
        `(ratio ${(tape_us / ajv_us).toFixed(2)}); strict parse ${parse_us.toFixed(1)}, JSON.parse ${native_us.toFixed(1)}`,
    );
  }
}
