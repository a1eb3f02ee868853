/** What every implementation of Budgets must do, shared ones included. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { BUDGET_NAMES, type BudgetName, type Budgets, type Rate } from '../../src/core/limits/index.ts';

const START_MS = 1_790_000_000_000;
const KEYS = { source: '192.0.2.1', machine: 'acme-erp', party: 'acme', operation: 'orders.createOrder' };

export type MakeBudgets = (limits: readonly { name: BudgetName; rate: Rate }[]) => Budgets;

export function budgetContract(name: string, make: MakeBudgets): void {
  const perMinute = (quota: number): Rate => ({ quota, window_ms: 60_000 });

  test(`${name}: an exchange takes from every limit and is told of all`, async () => {
    const budgets = make([
      { name: 'source', rate: perMinute(10) },
      { name: 'machine', rate: perMinute(5) },
    ]);
    const answer = await budgets.take(KEYS, 1, START_MS);
    assert.deepEqual([answer.ok, answer.code, answer.retry_after_s], [true, null, 0]);
    assert.deepEqual(
      answer.limits.map(({ name, quota, window_ms, remaining }) => ({ name, quota, window_ms, remaining })),
      [
        { name: 'source', quota: 10, window_ms: 60_000, remaining: 9 },
        { name: 'machine', quota: 5, window_ms: 60_000, remaining: 4 },
      ],
    );
  });

  for (const refusing of BUDGET_NAMES) {
    test(`${name}: over the ${refusing} budget is refused with its code and costs the others nothing`, async () => {
      const budgets = make(BUDGET_NAMES.map((name) => ({ name, rate: perMinute(name === refusing ? 1 : 100) })));
      await budgets.take(KEYS, 1, START_MS);
      for (let i = 0; i < 5; i++) {
        const answer = await budgets.take(KEYS, 1, START_MS);
        assert.equal(answer.ok, false);
        assert.equal(answer.code, `LIMIT_${refusing.toUpperCase()}`);
        assert.ok(Math.abs(answer.retry_after_s - 60) < 1e-3);
        for (const limit of answer.limits) assert.equal(limit.remaining, limit.name === refusing ? 0 : 99);
      }
    });
  }

  test(`${name}: the retry time is that of the slowest limit that refuses`, async () => {
    const budgets = make([
      { name: 'source', rate: { quota: 1, window_ms: 1000 } },
      { name: 'party', rate: { quota: 1, window_ms: 60_000 } },
    ]);
    await budgets.take(KEYS, 1, START_MS);
    const answer = await budgets.take(KEYS, 1, START_MS);
    assert.equal(answer.code, 'LIMIT_SOURCE');
    assert.ok(Math.abs(answer.retry_after_s - 60) < 1e-3);
  });

  test(`${name}: callers that differ in one key share only the other budgets`, async () => {
    const budgets = make([
      { name: 'machine', rate: perMinute(1) },
      { name: 'party', rate: perMinute(2) },
    ]);
    assert.equal((await budgets.take({ ...KEYS, machine: 'a' }, 1, START_MS)).ok, true);
    assert.equal((await budgets.take({ ...KEYS, machine: 'b' }, 1, START_MS)).ok, true);
    assert.equal((await budgets.take({ ...KEYS, machine: 'c' }, 1, START_MS)).code, 'LIMIT_PARTY');
  });

  test(`${name}: without limits everything passes`, async () => {
    assert.equal((await make([]).take(KEYS, 1, START_MS)).ok, true);
  });

  test(`${name}: what is left equals the quota minus the exchanges allowed, in every limit`, async () => {
    const quotas = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(quotas, fc.integer({ min: 1, max: 20 }), async (given, requests) => {
        const budgets = make(BUDGET_NAMES.map((name, index) => ({ name, rate: perMinute(given[index] ?? 1) })));
        let allowed = 0;
        for (let i = 0; i < requests; i++) {
          const answer = await budgets.take(KEYS, 1, START_MS);
          if (answer.ok) allowed++;
          for (const limit of answer.limits) assert.equal(limit.remaining, limit.quota - allowed);
        }
        assert.equal(allowed, Math.min(requests, ...given));
      }),
      { numRuns: 100 },
    );
  });
}
