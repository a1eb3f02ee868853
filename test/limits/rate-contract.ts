/** What every rate limiter must do, whatever keeps its numbers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Rate, RateLimiter } from '../../src/core/limits/index.ts';

const START_MS = 1_790_000_000_000;

export function rateContract(name: string, make: (rate: Rate) => RateLimiter): void {
  test(`${name}: a rested key may take its burst at once and not one more`, () => {
    const limiter = make({ quota: 10, window_ms: 1000 });
    for (let taken = 0; taken < 10; taken++) {
      const answer = limiter.take('a', 1, START_MS);
      assert.deepEqual([answer.ok, answer.remaining], [true, 9 - taken]);
    }
    const refused = limiter.take('a', 1, START_MS);
    assert.deepEqual([refused.ok, refused.remaining, refused.reset_s], [false, 0, 1]);
    assert.ok(Math.abs(refused.retry_after_s - 0.1) < 1e-6);
  });

  test(`${name}: one unit flows back every window / quota`, () => {
    const limiter = make({ quota: 10, window_ms: 1000 });
    limiter.take('a', 10, START_MS);
    assert.equal(limiter.take('a', 1, START_MS + 99).ok, false);
    assert.equal(limiter.take('a', 1, START_MS + 100).ok, true);
    assert.equal(limiter.take('a', 1, START_MS + 100).ok, false);
  });

  test(`${name}: a retry after the announced time passes`, () => {
    const limiter = make({ quota: 7, window_ms: 1000, burst: 3 });
    limiter.take('a', 3, START_MS);
    const { retry_after_s } = limiter.take('a', 2, START_MS);
    assert.equal(limiter.take('a', 2, START_MS + Math.ceil(retry_after_s * 1000) - 2).ok, false);
    assert.equal(limiter.take('a', 2, START_MS + Math.ceil(retry_after_s * 1000)).ok, true);
  });

  test(`${name}: keys do not share`, () => {
    const limiter = make({ quota: 1, window_ms: 1000 });
    assert.equal(limiter.take('a', 1, START_MS).ok, true);
    assert.equal(limiter.take('b', 1, START_MS).ok, true);
    assert.equal(limiter.take('a', 1, START_MS).ok, false);
  });

  test(`${name}: a cost is taken whole or not at all, and above the burst never`, () => {
    const limiter = make({ quota: 10, window_ms: 1000, burst: 5 });
    assert.equal(limiter.take('a', 6, START_MS).ok, false);
    assert.equal(limiter.take('a', 6, START_MS).retry_after_s, 1);
    assert.equal(limiter.take('a', 4, START_MS).ok, true);
    assert.equal(limiter.take('a', 2, START_MS).ok, false);
    assert.equal(limiter.take('a', 1, START_MS).ok, true);
  });

  test(`${name}: peek takes nothing and a refund undoes a take`, () => {
    const limiter = make({ quota: 2, window_ms: 1000 });
    assert.deepEqual([limiter.peek('a', 1, START_MS).ok, limiter.peek('a', 1, START_MS).remaining], [true, 2]);
    limiter.take('a', 2, START_MS);
    limiter.refund('a', 2, START_MS);
    assert.equal(limiter.peek('a', 1, START_MS).remaining, 2);
    limiter.refund('a', 2, START_MS);
    assert.equal(limiter.peek('a', 1, START_MS).remaining, 2, 'a refund never gives more than the burst');
  });

  test(`${name}: no window ever holds more than quota + burst, however requests come`, () => {
    const rate = fc.record({
      quota: fc.integer({ min: 1, max: 50 }),
      window_ms: fc.integer({ min: 1, max: 2000 }),
      burst: fc.integer({ min: 1, max: 50 }),
    });
    const steps = fc.array(
      fc.record({ wait_ms: fc.integer({ min: 0, max: 300 }), cost: fc.integer({ min: 1, max: 5 }) }),
      {
        maxLength: 300,
      },
    );
    fc.assert(
      fc.property(rate, steps, (given, requests) => {
        const limiter = make(given);
        const taken: { at_ms: number; cost: number }[] = [];
        let now_ms = START_MS;
        for (const { wait_ms, cost } of requests) {
          now_ms += wait_ms;
          if (limiter.take('a', cost, now_ms).ok) taken.push({ at_ms: now_ms, cost });
        }
        for (const { at_ms } of taken) {
          const inside = taken.filter((other) => other.at_ms >= at_ms && other.at_ms < at_ms + given.window_ms);
          assert.ok(inside.reduce((sum, { cost }) => sum + cost, 0) <= given.quota + given.burst);
        }
      }),
      { numRuns: 200 },
    );
  });

  test(`${name}: a steady caller at exactly the quota is never refused`, () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1000, max: 60_000 }), (quota, window_ms) => {
        const limiter = make({ quota, window_ms, burst: 1 });
        for (let i = 0; i < 100; i++) {
          assert.ok(limiter.take('a', 1, (i * window_ms) / quota).ok);
        }
      }),
      { numRuns: 100, examples: [[3, 1000]] },
    );
  });

  test(`${name}: a clock that is set back neither refills nor stalls`, () => {
    const limiter = make({ quota: 10, window_ms: 1000 });
    limiter.take('a', 10, START_MS);
    const back_ms = START_MS - 3_600_000;
    assert.equal(limiter.take('a', 1, back_ms).ok, false, 'nothing flows back by the step');
    assert.equal(limiter.take('a', 1, back_ms + 150).ok, true, 'time goes on from there');
  });

  test(`${name}: a jittering clock does not make time run faster`, () => {
    const limiter = make({ quota: 10, window_ms: 1000 });
    limiter.take('a', 10, START_MS);
    for (let i = 0; i < 1000; i++) {
      assert.equal(limiter.take('a', 1, START_MS + (i % 2) * 50).ok, false);
    }
  });
}
