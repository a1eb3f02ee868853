import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createOutcomeObserver,
  createRecordWatch,
  exposition,
  histogramOf,
  METRICS,
  MetricRegistry,
  valuesOf,
  watchEventLoop,
  watchProcess,
} from '../../src/core/metrics/index.ts';
import { outcome } from '../audit/records.ts';

const ID = '01900000-0000-7000-8000-000000000001';

function observing() {
  const registry = new MetricRegistry(METRICS.folded);
  return { registry, observe: createOutcomeObserver(registry) };
}

test('outcomes are counted by zone, operation, verdict and code', () => {
  const { registry, observe } = observing();
  observe(outcome(ID));
  observe(outcome(ID));
  observe(outcome(ID, { verdict: 'refused', code: 'AUTHZ_DENIED', step: 'authorize' }));
  observe(outcome(ID, { operation: null, verdict: 'refused', code: 'ADMIT_TLS', step: 'admit', steps_us: {} }));
  assert.deepEqual(valuesOf(registry.snapshot(), METRICS.exchanges.name), [
    { labels: ['partner', 'orders.createOrder', 'allowed', 'none'], value: 2 },
    { labels: ['partner', 'orders.createOrder', 'refused', 'AUTHZ_DENIED'], value: 1 },
    { labels: ['partner', 'none', 'refused', 'ADMIT_TLS'], value: 1 },
  ]);
});

test('durations are those of the steps, and what took no step has none', () => {
  const { registry, observe } = observing();
  observe(outcome(ID, { steps_us: { admit: 5, forward: 2000 } }));
  observe(outcome(ID, { operation: null, steps_us: {} }));
  const snapshot = registry.snapshot();
  const whole = histogramOf(snapshot, METRICS.exchange_seconds.name);
  assert.deepEqual(
    whole?.series.map(({ labels, sum }) => [labels[0], sum.toFixed(6)]),
    [
      ['orders.createOrder', '0.002005'],
      ['none', '0.000000'],
    ],
  );
  const steps = histogramOf(snapshot, METRICS.step_seconds.name);
  const observed = steps?.series.filter(({ counts }) => counts.some((count) => count > 0));
  assert.deepEqual(
    observed?.map(({ labels }) => labels[0]),
    ['admit', 'forward'],
  );
});

test('bytes and findings of guards are counted', () => {
  const { registry, observe } = observing();
  const guards = [{ guard: 'leaks', rule: 'private-key', action: 'block', pointer: '/a', count: 3 }] as const;
  observe(outcome(ID, { request_bytes: 10, response_bytes: 20, guards }));
  observe(outcome(ID, { request_bytes: 1, response_bytes: 2 }));
  const value = (name: string) => valuesOf(registry.snapshot(), name)[0];
  assert.equal(value(METRICS.request_bytes.name)?.value, 11);
  assert.equal(value(METRICS.response_bytes.name)?.value, 22);
  assert.deepEqual(value(METRICS.guard_findings.name), { labels: ['leaks', 'private-key', 'block'], value: 3 });
});

test('nothing a caller sends becomes a label', () => {
  const { registry, observe } = observing();
  const canary = 'canary-4711';
  observe(
    outcome(ID, {
      verdict: 'refused',
      code: 'VALIDATE_SCHEMA',
      source: { address: canary, port: 1 },
      credential: canary,
      machine: canary,
      party: canary,
      pointer: `/${canary}`,
      rule: canary,
      reason: canary,
      http: { version: canary, method: canary },
      path_template: canary,
      upstream: { address: canary, status: 1, attempts: 1, trimmed: 0 },
      policies: [canary],
      guards: [{ guard: 'leaks', rule: 'r', action: 'report', pointer: canary, count: 1 }],
    }),
  );
  assert.ok(!exposition(registry.snapshot()).includes(canary));
});

test('ten thousand operations fold their names, keep their codes and lose no count', () => {
  const { registry, observe } = observing();
  const refused = { verdict: 'refused', code: 'AUTHZ_DENIED', step: 'authorize' } as const;
  for (let n = 0; n < 12_000; n++) observe(outcome(ID, { operation: `orders.operation${n}`, ...refused }));
  const series = valuesOf(registry.snapshot(), METRICS.exchanges.name);
  assert.equal(series.length, 10_001);
  assert.deepEqual(series.at(-1), { labels: ['partner', 'other', 'refused', 'AUTHZ_DENIED'], value: 2000 });
  assert.equal(histogramOf(registry.snapshot(), METRICS.exchange_seconds.name)?.series.length, 1001);
});

test('the lag is the age of an outcome that waits, and what fails is counted', async () => {
  let now = 1000;
  const registry = new MetricRegistry(METRICS.folded);
  const watch = createRecordWatch(registry, () => now);
  assert.equal(watch.lag_ms(), 0);
  const first = Promise.withResolvers<void>();
  void watch.watch(first.promise);
  now += 250;
  assert.equal(watch.lag_ms(), 250);
  await assert.rejects(watch.watch(Promise.reject(new Error('full'))), /full/);
  assert.equal(watch.lag_ms(), 250);
  first.resolve();
  await first.promise;
  assert.equal(watch.lag_ms(), 0);
  await assert.rejects(watch.watch(Promise.reject(new Error('full'))), /full/);
  assert.equal(watch.lag_ms(), 0);
  const snapshot = registry.snapshot();
  assert.equal(valuesOf(snapshot, METRICS.unrecorded.name)[0]?.value, 2);
  assert.equal(histogramOf(snapshot, METRICS.record_seconds.name)?.series[0]?.sum, 0.25);
});

test('the delay of the event loop is told without the interval that was asked for, for a window at a time', () => {
  let now = 0;
  let resets = 0;
  const histogram = { max: 60e6, percentile: () => 12e6, reset: () => void resets++ };
  const registry = new MetricRegistry(METRICS.folded);
  watchEventLoop(registry, { histogram, resolution_ms: 10, now: () => now });
  const told = () => valuesOf(registry.snapshot(), METRICS.event_loop.name).map(({ value }) => value.toFixed(3));
  assert.deepEqual([told(), resets], [['0.002', '0.002', '0.050'], 0]);
  now = 10_000;
  told();
  histogram.max = 10e6;
  now = 15_000;
  assert.deepEqual([told(), resets], [['0.002', '0.002', '0.050'], 1]);
  now = 20_000;
  assert.deepEqual([told(), resets], [['0.002', '0.002', '0.000'], 2]);
});

test('a process tells its CPU time, its memory and, where there is /proc, its descriptors', () => {
  const registry = new MetricRegistry(METRICS.folded);
  watchProcess(registry, process);
  const snapshot = registry.snapshot();
  const value = (name: string) => valuesOf(snapshot, name)[0]?.value;
  assert.ok(value(METRICS.cpu.name)! > 0);
  assert.ok(value(METRICS.resident.name)! > value(METRICS.heap.name)!);
  if (process.platform !== 'linux') return;
  const open = value(METRICS.descriptors.name)!;
  assert.ok(open >= 3 && open <= value(METRICS.descriptors_max.name)!, `${open} open`);
});
