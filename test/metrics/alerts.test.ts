/** The alert rules and docs/metrics.md against the metrics and codes there are. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { CODES } from '../../src/core/errors/codes.ts';
import { METRICS } from '../../src/core/metrics/index.ts';
import { renderMetrics } from '../../tools/metrics.ts';
import { findTool, missingTools } from '../acceptance/harness/tools.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'metrics.md'), 'utf8');
const rules_file = join(root, 'deploy', 'prometheus', 'alerts.yaml');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string };
}

const { groups } = parse(readFileSync(rules_file, 'utf8')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

test('the page lists the metrics as they are defined', () => {
  assert.equal(renderMetrics(page), page, 'stale: run npm run docs');
});

test('every alert has a severity, a summary, and a paragraph that says what to do', () => {
  assert.ok(rules.length >= 20);
  const told = [...page.matchAll(/^### (\w+)\n\n(?=\S)/gm)].map(([, name]) => name);
  assert.deepEqual(
    told,
    rules.map(({ alert }) => alert),
  );
  for (const { alert, labels, annotations } of rules) {
    assert.match(labels.severity, /^(page|ticket)$/, alert);
    assert.ok(annotations.summary.length > 20, alert);
  }
});

test('an alert asks only for metrics, labels and codes that there are', () => {
  const names = new Map<string, readonly string[]>();
  for (const { name, kind, labels, merge } of Object.values(METRICS)) {
    const all = [...labels, 'instance', ...(merge === 'process' ? ['process'] : [])];
    for (const suffix of kind === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) names.set(name + suffix, all);
  }
  for (const { alert, expr } of rules) {
    const asked = [...expr.matchAll(/\b(sallyport_\w+)(?:\{([^}]*)\})?/g)];
    for (const [, name = '', matchers = ''] of asked) {
      const labels = names.get(name);
      assert.ok(labels, `${alert} asks for ${name}`);
      for (const [, label = '', pattern = ''] of matchers.matchAll(/(\w+)=~?"([^"]*)"/g)) {
        assert.ok(labels.includes(label), `${alert}: ${name} has no label ${label}`);
        if (label !== 'code') continue;
        for (const one of pattern.split(/\|(?![^(]*\))/)) {
          const code = new RegExp(`^(?:${one})$`);
          assert.ok(
            Object.keys(CODES).some((known) => code.test(known)),
            `${alert}: no code is ${one}`,
          );
        }
      }
    }
  }
});

test('promtool accepts the rules', { skip: missingTools('promtool') }, () => {
  const checked = spawnSync(findTool('promtool')!, ['check', 'rules', rules_file], { encoding: 'utf8' });
  assert.equal(checked.status, 0, checked.stdout + checked.stderr);
});

test('alerts come when they should and not when they should not', { skip: missingTools('promtool') }, () => {
  const cases = join(import.meta.dirname, 'alerts.test.yaml');
  const bare = spawnSync(findTool('promtool')!, ['test', 'rules', cases], { encoding: 'utf8' });
  assert.equal(bare.status, 0, bare.stdout + bare.stderr);
});
