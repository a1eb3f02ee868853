import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryRateLimiter, MonotonicTime } from '../../src/core/limits/index.ts';
import { rateContract } from './rate-contract.ts';

rateContract('memory', (rate) => new MemoryRateLimiter(rate));

const START_MS = 1_790_000_000_000;

test('a million distinct sources keep memory bounded', () => {
  const limiter = new MemoryRateLimiter({ quota: 10, window_ms: 60_000, max_keys: 10_000 });
  for (let i = 0; i < 1_000_000; i++) limiter.take(`2001:db8:${i.toString(16)}::/64`, 1, START_MS + i / 100);
  assert.ok(limiter.keys <= 10_000);
});

test('when the memory is full, replenished keys make room', () => {
  const limiter = new MemoryRateLimiter({ quota: 1, window_ms: 1000, max_keys: 3 });
  for (const key of ['a', 'b', 'c']) limiter.take(key, 1, START_MS);
  assert.equal(limiter.take('d', 1, START_MS + 1000).ok, true);
  assert.equal(limiter.take('e', 1, START_MS + 1000).ok, true, 'd and e have budgets of their own');
  assert.equal(limiter.take('d', 1, START_MS + 1000).ok, false);
});

test('when every key is in use, further keys share one overflow budget and known keys keep theirs', () => {
  const limiter = new MemoryRateLimiter({ quota: 5, window_ms: 1000, max_keys: 3 });
  for (const key of ['a', 'b', 'c']) limiter.take(key, 1, START_MS);
  const passed = Array.from({ length: 100 }, (_, i) => limiter.take(`stranger-${i}`, 1, START_MS)).filter(
    ({ ok }) => ok,
  );
  assert.equal(passed.length, 5);
  assert.equal(limiter.take('a', 4, START_MS).ok, true);
  assert.equal(limiter.keys, 3);
});

test('a refund to the overflow budget is given back there', () => {
  const limiter = new MemoryRateLimiter({ quota: 2, window_ms: 1000, max_keys: 1 });
  limiter.take('a', 1, START_MS);
  limiter.take('x', 2, START_MS);
  assert.equal(limiter.take('y', 1, START_MS).ok, false);
  limiter.refund('x', 2, START_MS);
  assert.equal(limiter.take('y', 2, START_MS).ok, true);
});

test('a very fast limit keeps its precision at Unix time', () => {
  const limiter = new MemoryRateLimiter({ quota: 1_000_000, window_ms: 1000, burst: 1000 });
  let passed = 0;
  for (let i = 0; i < 100_000; i++) if (limiter.take('a', 1, START_MS).ok) passed++;
  assert.equal(passed, 1000);
});

test('a rate that makes no sense is refused at once', () => {
  for (const rate of [
    { quota: 0, window_ms: 1000 },
    { quota: 1, window_ms: 0 },
    { quota: 1, window_ms: 1000, burst: 0 },
    { quota: Number.NaN, window_ms: 1000 },
    { quota: Number.POSITIVE_INFINITY, window_ms: 1000 },
  ]) {
    assert.throws(() => new MemoryRateLimiter(rate), RangeError);
  }
});

test('monotonic time never runs backwards and follows the clock after a step back', () => {
  const time = new MonotonicTime();
  const seen = [1000, 2000, 1500, 2500, -90_000, -89_000, -89_500, -88_000].map((now_ms) => time.at(now_ms));
  assert.deepEqual(seen, [0, 1000, 1000, 1500, 1500, 2500, 2500, 3500]);
});
