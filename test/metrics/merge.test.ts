import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { counter, gauge, histogram } from '../../src/core/metrics/definition.ts';
import {
  histogramOf,
  METRICS,
  MergedMetrics,
  MetricRegistry,
  type MetricsSnapshot,
  mergeSnapshots,
  valuesOf,
} from '../../src/core/metrics/index.ts';

const CALLS = counter('calls_total', { help: 'h', labels: ['code'] });
const TOOK = histogram('took_seconds', [1, 2], { help: 'h' });
const WORST = gauge('worst', { help: 'h', merge: 'max' });
const LEAST = gauge('least', { help: 'h', merge: 'min' });
const OPEN = gauge('open', { help: 'h' });
const MEMORY = gauge('memory_bytes', { help: 'h', merge: 'process' });

interface Counted {
  readonly calls: Readonly<Record<string, number>>;
  readonly took: readonly number[];
  readonly level: number;
}

/** What a process sends: its snapshot after it was JSON. */
function snapshotOf({ calls, took, level }: Counted): MetricsSnapshot {
  const registry = new MetricRegistry(METRICS.folded);
  const family = registry.counter(CALLS);
  for (const [code, count] of Object.entries(calls)) family.take([code]).cell.add(count);
  const { cell } = registry.histogram(TOOK).take([]);
  for (const value of took) cell.observe(value);
  for (const definition of [WORST, LEAST, OPEN, MEMORY]) registry.reader(definition, () => [[[], level]]);
  return JSON.parse(JSON.stringify(registry.snapshot())) as MetricsSnapshot;
}

const ONE = snapshotOf({ calls: { none: 3, DENIED: 1 }, took: [0.5, 5], level: 7 });
const TWO = snapshotOf({ calls: { none: 4 }, took: [1.5], level: 9 });

test('counters and histograms of several processes are summed, gauges merged as they declare', () => {
  const merged = mergeSnapshots([
    { process: 'worker-1', snapshot: ONE },
    { process: 'worker-2', snapshot: TWO },
  ]);
  assert.deepEqual(valuesOf(merged, 'calls_total'), [
    { labels: ['none'], value: 7 },
    { labels: ['DENIED'], value: 1 },
  ]);
  assert.deepEqual(histogramOf(merged, 'took_seconds')?.series, [{ labels: [], counts: [1, 1, 1], sum: 7 }]);
  assert.deepEqual(
    ['worst', 'least', 'open'].map((name) => valuesOf(merged, name)[0]?.value),
    [9, 7, 16],
  );
  assert.deepEqual(valuesOf(merged, 'memory_bytes'), [
    { labels: ['worker-1'], value: 7 },
    { labels: ['worker-2'], value: 9 },
  ]);
});

test('a merged snapshot can be merged again', () => {
  const workers = mergeSnapshots([
    { process: 'worker-1', snapshot: ONE },
    { process: 'worker-2', snapshot: TWO },
  ]);
  const all = mergeSnapshots([{ process: 'supervisor', snapshot: workers }]);
  assert.deepEqual(all, workers);
});

test('two processes that mean different things by one name are a defect, not a sum', () => {
  const registry = new MetricRegistry(METRICS.folded);
  registry.histogram(histogram('took_seconds', [5], { help: 'h' }));
  const parts = [
    { process: 'worker-1', snapshot: ONE },
    { process: 'worker-2', snapshot: registry.snapshot() },
  ];
  assert.throws(() => mergeSnapshots(parts), /metric took_seconds differs/);
});

test('no counter falls when processes end and others take their names', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('count' as const), process: fc.constantFrom('a', 'b', 'c'), by: fc.nat(100) }),
    fc.record({ kind: fc.constant('end' as const), process: fc.constantFrom('a', 'b', 'c') }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const merged = new MergedMetrics();
      const counts = new Map<string, number>();
      let expected = 0;
      for (const one of steps) {
        if (one.kind === 'end') {
          merged.ended(one.process);
          counts.delete(one.process);
        } else {
          expected += one.by;
          const count = (counts.get(one.process) ?? 0) + one.by;
          counts.set(one.process, count);
          merged.take(one.process, snapshotOf({ calls: { none: count }, took: [], level: 1 }));
        }
        const [series] = valuesOf(merged.merged(), 'calls_total');
        assert.equal(series?.value ?? 0, expected);
        assert.equal(valuesOf(merged.merged(), 'open')[0]?.value ?? 0, counts.size, 'gauges end with their process');
      }
    }),
  );
});
