import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rateLimit, rateLimitPolicy, retryAfter, tightest } from '../../src/core/limits/index.ts';

const machine = { name: 'machine', quota: 100, window_ms: 60_000, remaining: 50, reset_s: 29.2 };
const party = { name: 'party', quota: 3000, window_ms: 60_000, remaining: 30, reset_s: 59 };

test('the fields are written as the draft has them', () => {
  assert.equal(rateLimitPolicy([machine]), '"machine";q=100;w=60');
  assert.equal(rateLimit([machine]), '"machine";r=50;t=30');
  assert.equal(rateLimitPolicy([machine, party]), '"machine";q=100;w=60, "party";q=3000;w=60');
});

test('a window that is not whole seconds is left out', () => {
  assert.equal(rateLimitPolicy([{ ...machine, window_ms: 1500 }]), '"machine";q=100');
});

test('the tightest limit is the one with the smallest part left', () => {
  assert.equal(tightest([machine, party]), party);
  assert.equal(tightest([]), undefined);
});

test('Retry-After is whole seconds and at least 1', () => {
  assert.deepEqual([0, 0.01, 1, 1.2, 59.9].map(retryAfter), ['1', '1', '1', '2', '60']);
});

test('no name and no number can break out of its field', () => {
  const limit = fc.record({
    name: fc.string(),
    quota: fc.double({ min: 1, noNaN: true }),
    window_ms: fc.integer({ min: 1 }),
    remaining: fc.double({ noNaN: true }),
    reset_s: fc.double({ noNaN: true }),
  });
  fc.assert(
    fc.property(limit, (given) => {
      assert.match(rateLimitPolicy([given]), /^"(?:[ !#-[\]-~]|\\["\\])*";q=\d{1,15}(?:;w=\d{1,15})?$/);
      assert.match(rateLimit([given]), /^"(?:[ !#-[\]-~]|\\["\\])*";r=\d{1,15};t=\d{1,15}$/);
    }),
  );
});
