import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FairShare, type Release } from '../../src/core/limits/index.ts';

function fill(share: FairShare, key: string): number {
  while (share.enter(key));
  return share.count(key);
}

test('one key alone takes half, and those that come after it half of what is left', () => {
  const share = new FairShare(() => 64);
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((key) => fill(share, key)),
    [32, 16, 8, 4, 2, 1, 1],
  );
  assert.equal(share.enter('h'), null);
});

test('keys that keep asking come to equal shares, and as much stays free', () => {
  const share = new FairShare(() => 64);
  const held = new Map<string, Release[]>(['a', 'b', 'c'].map((key) => [key, []]));
  for (let turn = 0; turn < 200; turn++) {
    for (const [key, releases] of held) {
      releases.shift()?.();
      for (let release = share.enter(key); release; release = share.enter(key)) {
        releases.push(release);
        if (releases.length >= 17) break;
      }
    }
  }
  assert.deepEqual(
    [...held.keys()].map((key) => share.count(key)),
    [16, 16, 16],
  );
  assert.equal(share.free, 16);
});

test('a key that holds none gets a place as long as at most log2 of the places other keys hold any', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    enters: fc.boolean(),
    times: fc.nat(40),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.array(step, { maxLength: 80 }), (max, steps) => {
      const share = new FairShare(() => max);
      const held = new Map<string, Release[]>();
      for (const { key, enters, times } of steps) {
        const own = held.get(key) ?? [];
        held.set(key, own);
        for (let time = 0; time < times; time++) {
          if (!enters) own.shift()?.();
          else {
            const [had, free] = [share.count(key), share.free];
            const release = share.enter(key);
            assert.equal(release !== null, had < free, 'a key has less than is free, or is refused');
            if (release) own.push(release);
          }
          assert.equal(share.count(key), own.length);
        }
        const holding = [...held.values()].filter((releases) => releases.length > 0).length;
        assert.equal(share.free, max - [...held.values()].flat().length);
        if (2 ** holding <= max)
          assert.ok(share.enter('stranger')?.() === undefined && share.free > 0, `${holding} of ${max}`);
        for (const releases of held.values()) assert.ok(releases.length <= Math.ceil(max / 2));
      }
    }),
    { numRuns: 500 },
  );
});

test('a place given back twice is given back once', () => {
  const share = new FairShare(() => 4);
  const [first, second] = [share.enter('a'), share.enter('a')];
  assert.ok(first && second);
  first();
  first();
  assert.deepEqual([share.count('a'), share.free], [1, 3]);
});

test('where there are fewer places than before, nothing is taken back and nothing given until enough are free', () => {
  let max = 8;
  const share = new FairShare(() => max);
  const held = [1, 2, 3, 4].map(() => share.enter('a'));
  max = 4;
  assert.deepEqual([share.enter('b'), share.free], [null, 0]);
  held[0]?.();
  assert.ok(share.enter('b'));
});
