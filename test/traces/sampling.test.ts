/** Which exchanges are exported, and what a caller can do about it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createSampler } from '../../src/core/traces/index.ts';
import { outcome } from '../audit/records.ts';

const ID = '01900000-0000-7000-8000-000000000001';
const PARENT = '00f067aa0ba902b7';
const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
/** Of no share below 100%, and of every share above 0%. */
const NEVER = `${'f'.repeat(18)}${'0'.repeat(14)}`;
const ALWAYS = `${'0'.repeat(17)}1${'f'.repeat(14)}`;

function sampler(share: number, asked: { quota: number; window_ms: number } | null = null, now = () => 0) {
  return createSampler({ share, asked, now });
}

test('a share is taken by the last 56 bits of the trace id, as other samplers of OpenTelemetry take it', () => {
  assert.equal(sampler(1).samples(NEVER), true);
  assert.equal(sampler(0).samples(ALWAYS), false);
  assert.equal(sampler(0.5).samples(`${'0'.repeat(18)}80000000000000`), true);
  assert.equal(sampler(0.5).samples(`${'f'.repeat(18)}7fffffffffffff`), false);
});

test('who takes more of the traces takes all of those that others take', () => {
  const shares = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 100 }));
  fc.assert(
    fc.property(hex(32), shares, (trace_id, [one, other]) => {
      const [less, more] = [Math.min(one, other) / 100, Math.max(one, other) / 100];
      assert.ok(!sampler(less).samples(trace_id) || sampler(more).samples(trace_id));
    }),
  );
});

test('a share is that share of many traces', () => {
  const { samples } = sampler(0.1);
  let taken = 0;
  for (let n = 0; n < 10_000; n++) if (samples(n.toString(16).padStart(4, '0') + digits(n))) taken++;
  assert.ok(taken > 800 && taken < 1200, `${taken} of 10000`);
});

/** 28 digits that look random, the same each time. */
function digits(seed: number): string {
  let text = '';
  let state = seed + 1;
  while (text.length < 28) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    text += (state >>> 0).toString(16).padStart(8, '0');
  }
  return text.slice(0, 28);
}

const asking = { trace_id: NEVER, span_id: PARENT, parent_id: PARENT, flags: '01' };
const proven = outcome(ID);
const stranger = outcome(ID, { party: null, machine: null });

test('a flag that is set counts only where it is to, for callers who are proven, and within a budget', () => {
  assert.equal(sampler(0.5).wants(proven, asking), false, 'not configured');
  let at_ms = 0;
  const two = sampler(0, { quota: 2, window_ms: 1000 }, () => at_ms);
  assert.equal(two.wants(stranger, asking), false);
  assert.equal(two.wants(proven, { ...asking, flags: '02' }), false);
  assert.equal(two.wants(proven, { ...asking, parent_id: null }), false, 'the gate’s own flag');
  assert.deepEqual(
    [two.wants(proven, asking), two.wants(proven, asking), two.wants(proven, asking)],
    [true, true, false],
  );
  at_ms = 1000;
  assert.equal(two.wants(proven, { ...asking, flags: 'ff' }), true);
});

test('a flag that is cleared hides nothing', () => {
  assert.equal(sampler(0.5).wants(proven, { ...asking, trace_id: ALWAYS, flags: '00' }), true);
});
