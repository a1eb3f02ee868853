import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ShareRounds } from '../../src/processes/share-rounds.ts';
import { until } from '../acceptance/durability/site.ts';

test('a worker that has much unread is told of budgets when it has read it', async (context) => {
  const rounds = new ShareRounds(() => performance.now());
  context.after(() => rounds.stop());
  const worker = { ready: true, behind: true, incarnation: '1.0', told: 0, share: () => void worker.told++ };
  rounds.know('1.0', true);
  rounds.start([worker]);
  await sleep(300);
  assert.equal(worker.told, 0);
  worker.behind = false;
  await until('it is told', () => worker.told > 0, 30_000);
});
