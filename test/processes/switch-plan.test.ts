import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Switching, switchPlan } from '../../src/processes/switch-plan.ts';
import type { Prepared } from '../../src/processes/worker-keeper.ts';
import type { StoredPlan } from '../../src/wiring/stored-plan.ts';

const PLAN = {} as StoredPlan;

/** A worker that answers so, and remembers what it was told. */
function worker(answer: Prepared): Switching & { readonly told: string[] } {
  const told: string[] = [];
  return {
    told,
    prepare: () => Promise.resolve(answer),
    commit: async () => void told.push('commit'),
    abort: () => void told.push('abort'),
  };
}

test('all workers that hold the same plan switch to it', async () => {
  const workers = [worker({ digest: 'new' }), worker({ digest: 'new' })];
  assert.deepEqual(await switchPlan(workers, PLAN, 'new'), []);
  assert.deepEqual(
    workers.map(({ told }) => told),
    [['commit'], ['commit']],
  );
});

test('a worker that refuses a sound plan, or loads another, cannot keep the others from it and is started anew', async () => {
  for (const answer of [{ digest: 'other' }, { defect: 'Error' }, { faults: [] }]) {
    const [sound, odd] = [worker({ digest: 'new' }), worker(answer)];
    assert.deepEqual(await switchPlan([odd, sound], PLAN, 'new'), [odd]);
    assert.deepEqual(sound.told, ['commit']);
    assert.deepEqual(odd.told, []);
  }
});

test('where no worker can, none switches', async () => {
  const workers = [worker({ defect: 'Error at place' }), worker({ digest: 'other' })];
  await assert.rejects(switchPlan(workers, PLAN, 'new'), /Error at place/);
  assert.deepEqual(
    workers.map(({ told }) => told),
    [['abort'], ['abort']],
  );
});

test('a worker that ended meanwhile holds nobody up: it starts with whatever is in force then', async () => {
  const alive = worker({ digest: 'new' });
  assert.deepEqual(await switchPlan([worker('gone'), alive], PLAN, 'new'), []);
  assert.deepEqual(alive.told, ['commit']);
});
