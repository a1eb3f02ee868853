import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Look, ratesBetween } from '../../src/admin/rates.ts';
import { createOutcomeObserver, METRICS, MetricRegistry, mergeSnapshots } from '../../src/core/metrics/index.ts';
import { outcome } from '../audit/records.ts';
import { STATUS } from './world.ts';

/** A gate that is looked at again and again. */
function watched() {
  let cpu_seconds = 0;
  const registry = new MetricRegistry(METRICS.folded);
  const observe = createOutcomeObserver(registry);
  registry.reader(METRICS.cpu, () => [[[], cpu_seconds]]);
  return {
    observe: (changes: Parameters<typeof outcome>[1], times = 1) => {
      for (let n = 0; n < times; n++) observe(outcome('id', changes));
    },
    use: (seconds: number) => {
      cpu_seconds += seconds;
    },
    look: (now_ms: number, started_ms = 0): Look => ({
      status: { ...STATUS, now_ms, started_ms },
      metrics: mergeSnapshots([{ process: 'worker-1', snapshot: registry.snapshot() }]),
    }),
  };
}

const REFUSED = { verdict: 'refused', code: 'AUTHZ_DENIED', step: 'authorize' } as const;

test('rates are of what happened between two looks', () => {
  const gate = watched();
  gate.observe({}, 1000);
  const before = gate.look(10_000);
  gate.observe({ steps_us: { forward: 2000 } }, 10);
  gate.observe({ ...REFUSED, operation: 'orders.getOrder', steps_us: { admit: 20 } }, 30);
  gate.use(0.5);
  const rates = ratesBetween(before, gate.look(12_000));
  assert.deepEqual([rates.seconds, rates.allowed_per_s, rates.refused_per_s], [2, 5, 15]);
  assert.deepEqual(
    rates.operations.map(({ operation, per_s, refused_per_s }) => [operation, per_s, refused_per_s]),
    [
      ['orders.getOrder', 15, 15],
      ['orders.createOrder', 5, 0],
    ],
  );
  assert.deepEqual(rates.codes, [{ code: 'AUTHZ_DENIED', per_s: 15 }]);
  assert.deepEqual(rates.cpu_share, { 'worker-1': 0.25 });
  const [quick, slow] = rates.operations;
  assert.ok((quick?.p99_ms ?? 1) <= 0.025, JSON.stringify(quick));
  assert.ok((slow?.p50_ms ?? 0) > 1 && (slow?.p50_ms ?? 9) <= 2.5, JSON.stringify(slow));
});

test('where nothing happened there are no durations and no codes', () => {
  const gate = watched();
  gate.observe({}, 5);
  const rates = ratesBetween(gate.look(1000), gate.look(2000));
  assert.deepEqual([rates.allowed_per_s, rates.p50_ms, rates.operations, rates.codes], [0, null, [], []]);
});

test('after a restart everything is new since then', () => {
  const before = watched();
  before.observe({}, 1000);
  const after = watched();
  after.observe({}, 4);
  const rates = ratesBetween(before.look(10_000), after.look(12_000, 10_000));
  assert.deepEqual([rates.seconds, rates.allowed_per_s], [2, 2]);
});

test('a clock that was set back gives no rate below nothing', () => {
  const gate = watched();
  const before = gate.look(10_000);
  gate.observe({}, 2);
  const { allowed_per_s, seconds } = ratesBetween(before, gate.look(4000));
  assert.ok(allowed_per_s > 0 && seconds > 0);
});
