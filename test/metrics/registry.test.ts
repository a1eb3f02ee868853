import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { counter, gauge, histogram } from '../../src/core/metrics/definition.ts';
import { METRICS, MetricRegistry, quantile, valuesOf } from '../../src/core/metrics/index.ts';

const CALLS = counter('calls_total', {
  help: 'Calls.',
  labels: ['operation', 'code'],
  max_series: 10,
  folds: ['operation'],
});

test('a metric past its cap folds what is new into other, and loses no count', () => {
  const registry = new MetricRegistry(METRICS.folded);
  const family = registry.counter(CALLS);
  for (let n = 0; n < 1000; n++) family.take([`operation-${n}`, 'DENIED']).cell.add(1);
  const series = valuesOf(registry.snapshot(), 'calls_total');
  assert.equal(series.length, 11);
  assert.deepEqual(series.at(-1), { labels: ['other', 'DENIED'], value: 990 });
  assert.equal(valuesOf(registry.snapshot(), METRICS.folded.name)[0]?.value, 990);
});

test('a series that was there before the cap keeps counting for itself', () => {
  const family = new MetricRegistry(METRICS.folded).counter(CALLS);
  family.take(['first', 'none']).cell.add(1);
  for (let n = 0; n < 100; n++) family.take([`operation-${n}`, 'none']);
  const { cell, folded } = family.take(['first', 'none']);
  assert.deepEqual([cell.value, folded], [1, false]);
});

test('whatever label values come, series are bounded and counts add up', () => {
  const value = fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('other', '', '","'));
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { maxLength: 200 }), (calls) => {
      const registry = new MetricRegistry(METRICS.folded);
      const family = registry.counter(CALLS);
      for (const labels of calls) family.take(labels).cell.add(1);
      const series = valuesOf(registry.snapshot(), 'calls_total');
      assert.ok(series.length <= 16, `${series.length} series`);
      assert.equal(
        series.reduce((sum, one) => sum + one.value, 0),
        calls.length,
      );
    }),
  );
});

test('a gauge with too many readings shows as many as it may, and counts the rest', () => {
  const registry = new MetricRegistry(METRICS.folded);
  const many = gauge('many', { help: 'h', labels: ['of'], max_series: 3 });
  registry.reader(many, () => ['a', 'b', 'c', 'd', 'e'].map((name) => [[name], 1] as const));
  const snapshot = registry.snapshot();
  assert.equal(valuesOf(snapshot, 'many').length, 3);
  assert.deepEqual(valuesOf(snapshot, METRICS.folded.name), [{ labels: ['many'], value: 2 }]);
});

test('a definition that Prometheus could not read, or that merges as it must not, is a defect', () => {
  const registry = new MetricRegistry(METRICS.folded);
  const help = 'h';
  for (const definition of [
    counter('calls', { help }),
    gauge('level_total', { help }),
    counter('Calls_total', { help }),
    gauge('level', { help, labels: ['le'] }),
    gauge('level', { help, labels: ['process'] }),
    counter('calls_total', { help, merge: 'max' }),
    histogram('took', [], { help }),
    histogram('took', [2, 1], { help }),
    counter('calls_total', { help, folds: ['operation'] }),
  ]) {
    assert.throws(() => registry.reader(definition, () => []), TypeError, JSON.stringify(definition));
  }
  registry.counter(CALLS);
  assert.throws(() => registry.counter(CALLS), /registered twice/);
});

test('a quantile lies in the bucket where its share of the values is', () => {
  const bounds = [1, 2, 4];
  assert.equal(quantile(bounds, [0, 0, 0, 0], 0.5), null);
  assert.equal(quantile(bounds, [10, 0, 0, 0], 0.5), 0.5);
  assert.equal(quantile(bounds, [0, 10, 0, 0], 0.5), 1.5);
  assert.equal(quantile(bounds, [5, 0, 5, 0], 0.99), 3.96);
  assert.equal(quantile(bounds, [0, 0, 0, 3], 0.5), 4);
});
