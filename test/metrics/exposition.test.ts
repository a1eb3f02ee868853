import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import { counter, gauge, histogram } from '../../src/core/metrics/definition.ts';
import { exposition, METRICS, MetricRegistry } from '../../src/core/metrics/index.ts';
import { findTool, missingTools } from '../acceptance/harness/tools.ts';
import { parseExposition, samplesOf } from './parse-exposition.ts';

test('every label value and help text comes back from the text as it was', () => {
  const text = fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '{', '}', ',', '=', 'n', ' ', 'ü', '#'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 5 }), text, (values, help) => {
      const registry = new MetricRegistry(METRICS.folded);
      const family = registry.counter(counter('a_total', { help, labels: ['name'] }));
      for (const [index, value] of values.entries()) family.take([value]).cell.add(index + 0.5);
      const [read] = parseExposition(exposition(registry.snapshot()));
      assert.equal(read?.help, help);
      assert.deepEqual(
        read?.samples.map(({ labels, value }) => [labels['name'], value]),
        values.map((value, index) => [value, index + 0.5]),
      );
    }),
  );
});

test('buckets are cumulative, and the last of them is the count', () => {
  const registry = new MetricRegistry(METRICS.folded);
  const { cell } = registry.histogram(histogram('took_seconds', [0.1, 1], { help: 'h', labels: ['step'] })).take(['x']);
  for (const value of [0.05, 0.1, 0.5, 7]) cell.observe(value);
  const text = exposition(registry.snapshot());
  assert.deepEqual(
    samplesOf(text, 'took_seconds_bucket').map(({ labels, value }) => [labels['step'], labels['le'], value]),
    [
      ['x', '0.1', 2],
      ['x', '1', 3],
      ['x', '+Inf', 4],
    ],
  );
  assert.deepEqual(
    ['sum', 'count'].map((part) => samplesOf(text, `took_seconds_${part}`)[0]?.value),
    [7.65, 4],
  );
});

test('a reading that is no number is left out, and a reader that throws holds up no other', () => {
  const registry = new MetricRegistry(METRICS.folded);
  registry.reader(gauge('broken', { help: 'h' }), () => {
    throw new Error('the folder is gone');
  });
  registry.reader(gauge('mixed', { help: 'h', labels: ['of'] }), () => [
    [['nan'], Number.NaN],
    [['good'], 2],
  ]);
  const text = exposition(registry.snapshot());
  assert.deepEqual(samplesOf(text, 'broken'), []);
  assert.deepEqual(
    samplesOf(text, 'mixed').map(({ labels, value }) => [labels['of'], value]),
    [['good', 2]],
  );
});

test('promtool finds nothing to mend in the metrics of a gate', { skip: missingTools('promtool') }, () => {
  const registry = new MetricRegistry(METRICS.folded);
  for (const definition of Object.values(METRICS)) {
    const labels = definition.labels.map((name) => `${name} "of" \\ many`);
    if (definition === METRICS.folded) continue;
    if (definition.kind === 'histogram') registry.histogram(definition).take(labels).cell.observe(0.2);
    else registry.reader(definition, () => [[labels, 1]]);
  }
  const input = exposition(registry.snapshot());
  const checked = spawnSync(findTool('promtool') ?? '', ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.deepEqual([checked.status, checked.stdout, checked.stderr], [0, '', '']);
});
