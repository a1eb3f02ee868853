import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { inOrder } from '../../src/check/in-order.ts';

/** Works for so many milliseconds on each item, and remembers how much ran and waited at most. */
async function worked(times_ms: readonly number[], at_once: number) {
  let running = 0;
  let begun = 0;
  const most = { running: 0, held: 0 };
  const results: number[] = [];
  const indices = times_ms.map((_, index) => index);
  for await (const result of inOrder(indices, at_once, async (index) => {
    running++;
    begun++;
    most.running = Math.max(most.running, running);
    most.held = Math.max(most.held, begun - results.length);
    await sleep(times_ms[index]);
    running--;
    return index;
  })) {
    results.push(result);
  }
  return { results, most, indices };
}

describe('work in order', () => {
  it('gives every result in the order of the items, with so many at once and not many more waiting', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 4 }), async (times_ms, at_once) => {
        const { results, most, indices } = await worked(times_ms, at_once);
        assert.deepEqual(results, indices);
        assert.ok(most.running <= at_once);
        assert.ok(most.held <= at_once * 8);
      }),
      { numRuns: 30 },
    );
  });

  it('goes on with others while the first takes its time', async () => {
    const done: number[] = [];
    const slow = Promise.withResolvers<void>();
    const items = Array.from({ length: 10 }, (_, index) => index);
    const results: number[] = [];
    for await (const result of inOrder(items, 2, async (index) => {
      if (index === 0) await slow.promise;
      done.push(index);
      if (index === 9) slow.resolve();
      return index;
    })) {
      results.push(result);
    }
    assert.deepEqual(done, [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
    assert.deepEqual(results, items);
  });
});
