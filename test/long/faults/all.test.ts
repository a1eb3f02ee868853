import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkRecords } from '../../../bench/faults/check-records.ts';
import { FAULTS } from '../../../bench/faults/list.ts';
import type { Outcome } from '../../acceptance/harness/outcomes.ts';

test('every fault is held to its promise by a test here, and described on the page', () => {
  const here = (name: string) => readFileSync(join(import.meta.dirname, `${name}.test.ts`), 'utf8');
  const tested = ['strangers', 'processes', 'surroundings'].flatMap((name) =>
    [...here(name).matchAll(/'([a-z0-9-]+)',/g)].map(([, fault]) => fault),
  );
  const names = FAULTS.map(({ name }) => name);
  assert.deepEqual(tested.toSorted(), names.toSorted());
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'faults.md'), 'utf8');
  for (const name of names) assert.ok(page.includes(`\n**${name}.**`), `${name} is not on the page`);
});

const record = (exchange_id: string, kind: Outcome['kind'], changes: Partial<Outcome> = {}): Outcome => ({
  exchange_id,
  kind,
  event: null,
  verdict: kind === 'outcome' ? 'allowed' : null,
  code: null,
  reason: null,
  pointer: null,
  machine: null,
  party: null,
  credential: null,
  method: null,
  plan: null,
  status: null,
  operation: null,
  upstream: null,
  tls: null,
  data: {},
  ...changes,
});
const ok = (exchange_id: string) => ({ exchange_id, method: 'POST', status: 201 });

test('a log that breaks a promise is found out', () => {
  const whole = [record('a', 'intent'), record('a', 'outcome')];
  assert.deepEqual(checkRecords(whole, { answered: [ok('a')], executed: ['a'] }).broken, []);
  const lies: readonly (readonly [RegExp, readonly Outcome[], Parameters<typeof checkRecords>[1]])[] = [
    [/acknowledged without an allowed outcome/, [], { answered: [ok('a')], executed: [] }],
    [
      /acknowledged without an allowed outcome/,
      [record('a', 'outcome', { verdict: 'refused', code: 'OUTCOME_UNKNOWN' })],
      { answered: [ok('a')], executed: [] },
    ],
    [/executed without an intent/, [record('a', 'outcome')], { answered: [], executed: ['a'] }],
    [/executed twice/, whole, { answered: [], executed: ['a', 'a'] }],
    [/intent without an outcome/, [record('a', 'intent')], { answered: [], executed: [] }],
    [/two records of kind outcome/, [...whole, record('a', 'outcome')], { answered: [], executed: [] }],
  ];
  for (const [expected, records, witnesses] of lies) {
    assert.match(checkRecords(records, witnesses).broken.join('\n'), expected);
  }
  const doubtful = { answered: [{ ...ok('a'), status: 503 }], executed: ['a'] };
  assert.equal(checkRecords(whole, doubtful).in_doubt, 1);
});

test('a record that stands for several refusals counts as so many', () => {
  const repeated = record('a', 'outcome', { code: 'ADMIT_HANDSHAKES', reason: 'repeated 7 times' });
  const once = record('b', 'outcome', { code: 'ADMIT_HANDSHAKES' });
  assert.deepEqual(checkRecords([repeated, once], { answered: [], executed: [] }).codes, { ADMIT_HANDSHAKES: 8 });
});
