import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { apiLimitsConfig, type Bounds, tightened } from '../../src/channels/api/limits-config.ts';
import { LoadError } from '../../src/core/errors/index.ts';

const DEFAULTS = apiLimitsConfig.parse({});

const contract = (document: string, item: string, operation: string) => `openapi: 3.1.0
info: { title: Shop, version: '1' }
${document}
paths:
  /a:
    ${item}
    get:
      ${operation}
      responses: { '204': { description: done } }
    put:
      responses: { '204': { description: done } }
`;

function load(text: string, bounds: Bounds = DEFAULTS) {
  return loadContract({ api: 'shop', path: 'shop.yaml', text, bounds }).operations;
}

function faultsOf(text: string, bounds?: Bounds): string[] {
  try {
    load(text, bounds);
  } catch (error) {
    if (error instanceof LoadError) return error.message.split('\n');
    throw error;
  }
  assert.fail('it was accepted');
}

test('an operation without x-limits has the bounds of its api', () => {
  const [get] = load(contract('', '', ''));
  assert.deepEqual(get?.limits, {});
  assert.deepEqual(tightened(DEFAULTS, {}), DEFAULTS);
});

test('every bound can be set, and the nearest x-limits counts for each', () => {
  const all =
    'body: 2KiB, response: 3KiB, depth: 4, keys: 5, items: 6, array: 7, string: 8B, number: 9, decompression: 10, work: 1100, time: 12ms';
  const [get, put] = load(
    contract(`x-limits: { ${all} }`, 'x-limits: { depth: 40, time: 5s }', 'x-limits: { depth: 50, keys: 55 }'),
  );
  const everywhere = {
    body_bytes: 2048,
    response_bytes: 3072,
    depth: 4,
    keys: 5,
    items: 6,
    array_items: 7,
    string_bytes: 8,
    number_length: 9,
    decompression_ratio: 10,
    max_steps: 1100,
    time_ms: 12,
  };
  const byMethod = new Map([get, put].map((operation) => [operation?.method, operation?.limits]));
  assert.deepEqual(byMethod.get('PUT'), { ...everywhere, depth: 40, time_ms: 5000 });
  assert.deepEqual(byMethod.get('GET'), { ...everywhere, depth: 50, keys: 55, time_ms: 5000 });
});

test('the bound of the api itself is accepted, one above it stops the load', () => {
  const at = ['body: 1MiB', 'response: 8MiB', 'depth: 64', 'keys: 100000', 'items: 100000', 'array: 100000'];
  const above = ['body: 1048577B', 'response: 8388609B', 'depth: 65', 'keys: 100001', 'items: 100001', 'array: 100001'];
  at.push('string: 1MiB', 'number: 64', 'decompression: 100', 'work: 5000000', 'time: 10s');
  above.push('string: 1048577B', 'number: 65', 'decompression: 101', 'work: 5000001', 'time: 10001ms');
  const bounds = { ...DEFAULTS, time_ms: 10_000 };
  for (const limit of at) load(contract('', '', `x-limits: { ${limit} }`), bounds);
  for (const limit of above) {
    const [word] = limit.split(':');
    assert.deepEqual(faultsOf(contract('', '', `x-limits: { ${limit} }`), bounds), [
      `shop.yaml:8:19: CONTRACT_LIMITS #/paths/~1a/get/x-limits/${word}: ${word} is more than the api allows`,
    ]);
  }
});

test('x-limits is held to its form: known words, units, bounds', () => {
  assert.deepEqual(faultsOf(contract('x-limits: { body: 5 }', 'x-limits: [1]', 'x-limits: { bdy: 1KiB, depth: 0 }')), [
    'shop.yaml:3:13: CONTRACT_LIMITS #/x-limits/body: x-limits.body has the wrong type',
    'shop.yaml:6:5: CONTRACT_LIMITS #/paths/~1a/x-limits: x-limits must be an object',
    "shop.yaml:8:19: CONTRACT_LIMITS #/paths/~1a/get/x-limits/bdy: x-limits knows no 'bdy'",
    '  → Known: body, response, depth, keys, items, array, string, number, decompression, work, time',
    'shop.yaml:8:30: CONTRACT_LIMITS #/paths/~1a/get/x-limits/depth: x-limits.depth is out of bounds',
  ]);
  const [fault] = faultsOf(contract('x-limits: { time: 5 parsecs }', '', ''));
  assert.match(
    fault as string,
    /^shop\.yaml:3:13: CONTRACT_LIMITS #\/x-limits\/time: x-limits\.time must be a duration/,
  );
});

test('x-limits where it has no effect stops the load', () => {
  const faults = faultsOf(contract('components: { x-limits: { depth: 1 } }', '', ''));
  assert.deepEqual(faults, [
    'shop.yaml:3:15: CONTRACT_BINDING #/components/x-limits: x-limits has no effect on components',
  ]);
});

test('a bound of a contract never loosens that of the api', () => {
  const loosened = Object.fromEntries(Object.keys(DEFAULTS).map((bound) => [bound, Number.MAX_SAFE_INTEGER]));
  const { time_ms, ...others } = tightened(DEFAULTS, loosened);
  assert.deepEqual({ ...others, time_ms: null }, DEFAULTS);
  assert.equal(time_ms, Number.MAX_SAFE_INTEGER);
});
