import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BackOff } from '../../src/processes/back-off.ts';

test('waits double up to half a minute, and begin anew after a minute without a failure', () => {
  let now_ms = 0;
  const back_off = new BackOff(() => now_ms);
  const waits: number[] = [];
  for (let round = 0; round < 11; round++) {
    back_off.started();
    now_ms += 50;
    waits.push(back_off.failed());
  }
  assert.deepEqual(waits, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000]);
  back_off.started();
  now_ms += 60_000;
  assert.equal(back_off.failed(), 100);
  now_ms += 60_000;
  assert.equal(back_off.failed(), 200, 'one that never started was not steady, however long it took');
});
