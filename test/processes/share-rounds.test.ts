/** What workers tell of budgets while plans switch. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  BudgetShare,
  ConcurrencyLimiter,
  LimitMemory,
  MemoryRateLimiter,
  type ShareUpdate,
} from '../../src/core/limits/index.ts';
import { ShareRounds } from '../../src/processes/share-rounds.ts';
import { until } from '../acceptance/durability/site.ts';

const RATE = { quota: 100, window_ms: 3_600_000 };

/** A plan with one limiter of this name. */
function planOf(name: string) {
  const memory = new LimitMemory();
  const rate = new MemoryRateLimiter(RATE, memory.rate(name));
  const places = new ConcurrencyLimiter(5, memory.places(name));
  return { memory, rate, places };
}

/** A gate of two workers; one tells what it took of a plan, and the other is told. */
function gateOf(context: TestContext) {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const rounds = new ShareRounds(() => 0);
  const told: ShareUpdate[] = [];
  const other = {
    ready: true,
    behind: false,
    incarnation: '2.0',
    share: (update: ShareUpdate) => void told.push(update),
  };
  for (const incarnation of ['1.0', '2.0']) rounds.know(incarnation, true);
  rounds.start([other]);
  context.after(() => rounds.stop());
  let number = 0;
  return {
    rounds,
    /** Names of limiters of which the other worker is told. */
    tell(name: string): string[] {
      const { memory, rate, places } = planOf(name);
      const share = new BudgetShare(memory);
      rate.take('acme', 1, 0);
      places.enter('acme');
      rounds.hear('1.0', { ...share.report(0), number: ++number });
      context.mock.timers.tick(1_000);
      return told.splice(0).flatMap((update) => [...update.rates, ...update.places].map((news) => news.name));
    },
  };
}

test('while workers go over to a plan they are believed by it and by the one before', async (context) => {
  const { rounds, tell } = gateOf(context);
  rounds.use(planOf('old').memory);
  const seen = await rounds.over(planOf('new').memory, () => Promise.resolve([tell('old'), tell('new')]));
  assert.deepEqual(seen, [
    ['old', 'old'],
    ['new', 'new'],
  ]);
  assert.deepEqual(tell('new'), ['new', 'new']);
});

test('however many plans no worker can go over to, the one in force is believed, and none of those', async (context) => {
  const { rounds, tell } = gateOf(context);
  rounds.use(planOf('old').memory);
  for (let attempt = 0; attempt < 3; attempt++) {
    const failing = rounds.over(planOf('new').memory, () => Promise.reject(new Error('none can')));
    await assert.rejects(failing, /none can/);
  }
  assert.deepEqual([tell('new'), tell('old')], [[], ['old', 'old']]);
});

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
