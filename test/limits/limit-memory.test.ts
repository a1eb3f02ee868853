/** Limits that change while callers are under way: what was spent and is held stays so. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BudgetOptions, createBudgets } from '../../src/channels/api/budgets.ts';
import {
  ConcurrencyLimiter,
  ConnectionAdmission,
  LimitMemory,
  MemoryRateLimiter,
} from '../../src/core/limits/index.ts';
import { keepBudgets } from '../../src/wiring/keep-budgets.ts';

const perMinute = (quota: number) => ({ quota, window_ms: 60_000 });
const KEYS = { machine: 'acme-erp', party: 'acme', operation: 'orders.createOrder' };
const OPTIONS: BudgetOptions = {
  source: perMinute(10),
  machine: perMinute(10),
  party: perMinute(1_000),
  operation: perMinute(1_000),
  concurrency: { machine: 3, operation: 100 },
  machines: new Map(),
};

test('a limiter of another rate goes on from the units that were spent', () => {
  const memory = new LimitMemory();
  const limiter = (quota: number) => new MemoryRateLimiter(perMinute(quota), memory.rate('machine'));
  limiter(600).take('a', 100, 0);
  assert.equal(limiter(600).peek('a', 1, 0).remaining, 500);
  assert.equal(limiter(150).peek('a', 1, 0).remaining, 50);
  const lower = limiter(60).take('a', 1, 0);
  assert.deepEqual([lower.ok, lower.remaining, lower.retry_after_s], [false, 0, 41]);
  assert.equal(limiter(60).take('a', 1, 41_000).ok, true);
});

test('limiters of two rates over one memory may be asked in turn', () => {
  const memory = new LimitMemory();
  const [wide, tight] = [100, 10].map((quota) => new MemoryRateLimiter(perMinute(quota), memory.rate('machine')));
  for (let take = 0; take < 5; take++) assert.ok(wide?.take('a', 1, 0).ok && tight?.take('a', 1, 0).ok);
  assert.equal(tight?.take('a', 1, 0).ok, false);
  assert.equal(wide?.take('a', 1, 0).remaining, 89);
});

test('limiters of other names have memories of their own', () => {
  const memory = new LimitMemory();
  const limiter = (name: string) => new MemoryRateLimiter(perMinute(1), memory.rate(name));
  assert.ok(limiter('machine').take('a', 1, 0).ok && limiter('party').take('a', 1, 0).ok);
});

test('a lower number of places counts those already held', () => {
  const memory = new LimitMemory();
  const limiter = (max: number) => new ConcurrencyLimiter(max, memory.places('machine'));
  const releases = [1, 2, 3].map(() => limiter(3).enter('a'));
  assert.equal(limiter(2).enter('a'), null);
  for (const release of releases.slice(0, 2)) release?.();
  assert.ok(limiter(2).enter('a'));
  assert.equal(limiter(2).enter('a'), null);
});

test('a reload with other budgets forgives nothing, and one that fails later changes nothing', () => {
  const budgetsFor = keepBudgets(new LimitMemory());
  const before = budgetsFor(OPTIONS);
  for (let take = 0; take < 10; take++) {
    assert.equal(before.take(KEYS, 0).ok, true);
    assert.equal(before.takeSource('192.0.2.1', 0), 0);
  }
  const places = [before.enter(KEYS), before.enter(KEYS)];
  const failed = budgetsFor({ ...OPTIONS, machine: perMinute(5) });
  const after = budgetsFor({ ...OPTIONS, machine: perMinute(12), source: perMinute(5) });
  assert.notEqual(failed, after);
  assert.deepEqual(
    [1, 2, 3].map(() => after.take(KEYS, 0).ok),
    [true, true, false],
  );
  assert.ok(after.takeSource('192.0.2.1', 0) > 60);
  const third = after.enter(KEYS);
  assert.ok(third);
  assert.equal(after.enter(KEYS), null);
  for (const release of [...places, third]) release?.();
  assert.ok(after.enter(KEYS));
});

test('a machine with budgets of its own keeps what it spent when they change', () => {
  const memory = new LimitMemory();
  const budgets = (quota: number) =>
    createBudgets(
      { ...OPTIONS, machines: new Map([[KEYS.machine, { rate: perMinute(quota), concurrency: 1 }]]) },
      memory,
    );
  for (let take = 0; take < 4; take++) assert.ok(budgets(4).take(KEYS, 0).ok);
  assert.equal(budgets(4).take(KEYS, 0).ok, false);
  assert.deepEqual(budgets(8).take(KEYS, 0).headers.at(-1), '"machine";r=3;t=38');
});

test('the caps on connections hold for all listeners of a zone together, and for no other zone', () => {
  const memory = new LimitMemory();
  const caps = { total: 3, per_source: 2, new_per_source: perMinute(100), bytes_per_source: perMinute(1_000) };
  const admission = (zone: string) => new ConnectionAdmission(caps, { memory, zone });
  const [one, two, other] = [admission('public'), admission('public'), admission('partner')];
  const first = one.admitConnection('192.0.2.1', 0);
  const second = two.admitConnection('192.0.2.1', 0);
  assert.ok(first.ok && second.ok);
  assert.deepEqual(one.admitConnection('192.0.2.1', 0), { ok: false, code: 'ADMIT_CONNECTIONS' });
  assert.ok(two.admitConnection('192.0.2.2', 0).ok);
  assert.deepEqual(one.admitConnection('192.0.2.3', 0), { ok: false, code: 'ADMIT_CONNECTIONS' });
  assert.equal(first.lease.bytes(600, 0), true);
  assert.equal(second.lease.bytes(600, 0), false);
  assert.ok(other.admitConnection('192.0.2.1', 0).ok);
});
