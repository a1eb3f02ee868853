import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Run, spread, summarise } from '../../bench/gate/report/summary.ts';
import { run } from './results.ts';

test('the median of an even number of values lies between the two in the middle, and no values are no summary', () => {
  assert.deepEqual(spread([4, 1, 3, 2]), { median: 2.5, min: 1, max: 4 });
  assert.deepEqual(spread([5]), { median: 5, min: 5, max: 5 });
  assert.throws(() => spread([]));
});

test('a ratio is taken within its round, so that a slow round does not make a target slow', () => {
  const cpu = (target: string, round: number, cpu_us_per_exchange: number): Run =>
    run({ target, round, cpu_us_per_exchange });
  const runs = [cpu('floor', 1, 50), cpu('gate', 1, 100), cpu('floor', 2, 500), cpu('gate', 2, 1000)];
  const [floor, gate] = summarise(runs);
  assert.deepEqual(floor?.cpu_to_floor, { median: 1, min: 1, max: 1 });
  assert.deepEqual(gate?.cpu_to_floor, { median: 2, min: 2, max: 2 });
  assert.equal(gate?.cpu_us_per_exchange.median, 550);
});

test('without the floor, or without its round, there is no ratio', () => {
  assert.equal(summarise([run({ target: 'gate' })])[0]?.cpu_to_floor, null);
  const [, gate] = summarise([run({ target: 'floor', round: 1 }), run({ target: 'gate', round: 2 })]);
  assert.equal(gate?.cpu_to_floor, null);
  assert.equal(gate?.latency_to_floor, null);
});

test('runs of one target in two scenarios are two summaries', () => {
  const summaries = summarise([run({ scenario: 'a' }), run({ scenario: 'b' }), run({ scenario: 'a', round: 2 })]);
  assert.deepEqual(
    summaries.map(({ scenario, requests }) => [scenario, requests]),
    [
      ['a', 200],
      ['b', 100],
    ],
  );
});

test('memory is the largest seen, proportional where the system tells it, and errors add up', () => {
  const [one] = summarise([
    run({ pss_bytes: 10, rss_bytes: 99, errors: 1 }),
    run({ round: 2, pss_bytes: 30, rss_bytes: 99, errors: 2 }),
  ]);
  assert.equal(one?.memory_bytes, 30);
  assert.equal(one?.errors, 3);
  assert.equal(summarise([run({ pss_bytes: null, rss_bytes: 99 })])[0]?.memory_bytes, 99);
});
