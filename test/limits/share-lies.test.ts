/** A worker that lies about what it took and holds can harm a budget no further than one that took all it could. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BudgetHub,
  BudgetShare,
  ClaimBounds,
  ConcurrencyLimiter,
  LimitMemory,
  MemoryRateLimiter,
  type Rate,
  readShareReport,
  type ShareReport,
} from '../../src/core/limits/index.ts';
import { HubWorker } from '../../src/core/limits/share/hub-worker.ts';
import { boundsOf } from './share-bounds.ts';

const RATE: Rate = { quota: 600, window_ms: 60_000, burst: 100 };
const PLACES = 10;
/** What flows back in the time that messages may come late. */
const LATE_UNITS = (10_000 / 60_000) * 600;

function limitsOf(rate: Rate = RATE, max = PLACES) {
  const memory = new LimitMemory();
  return {
    memory,
    rate: new MemoryRateLimiter(rate, memory.rate('party')),
    places: new ConcurrencyLimiter(max, memory.places('party')),
  };
}

/** A worker that says whatever it likes, and an honest one. */
function gateOf() {
  const bounds = new ClaimBounds(limitsOf().memory);
  const hub = new BudgetHub(bounds);
  hub.joined('liar', 0);
  hub.joined('honest', 0);
  const honest = limitsOf();
  const share = new BudgetShare(honest.memory);
  let number = 0;
  return {
    hub,
    bounds,
    honest,
    say(now_ms: number, news: Partial<Pick<ShareReport, 'rates' | 'places'>>) {
      const report = { number: ++number, lost: false, retold: false, rates: [], places: [], ...news };
      hub.take('liar', readShareReport(JSON.parse(JSON.stringify(report)))!, now_ms);
      const update = hub.updateFor('honest', now_ms);
      if (update) share.apply(update, now_ms);
    },
  };
}

const claim = (cost: number, { key = 'acme', age_ms = 0, interval_ms = 100, name = 'party' } = {}) => ({
  rates: [{ name, interval_ms, takes: [[key, cost, age_ms] as const] }],
});

test('a claim of more than a burst counts as what there is to take, and is owed no longer than that takes to flow back', () => {
  const { honest, say } = gateOf();
  say(0, claim(1e12));
  assert.equal(honest.rate.take('acme', 1, 0).ok, false);
  assert.ok(honest.rate.take('acme', 1, (LATE_UNITS + 1) * 100).ok);
});

test('claims over and over count as what flows back, whatever age and interval they name', () => {
  const lie = fc.record({
    wait_ms: fc.nat(1_000),
    cost: fc.oneof(fc.nat(1_000), fc.constant(1e12)),
    age_ms: fc.constantFrom(0, 1, 1e6, 1e12),
    interval_ms: fc.constantFrom(1e-9, 1, 100, 1e12),
  });
  fc.assert(
    fc.property(fc.array(lie, { minLength: 1, maxLength: 40 }), (lies) => {
      const { hub, honest, say } = gateOf();
      let now_ms = 0;
      for (const { wait_ms, ...said } of lies) {
        now_ms += wait_ms;
        say(now_ms, claim(said.cost, said));
      }
      hub.left('liar');
      assert.ok(honest.rate.take('acme', 1, now_ms + (LATE_UNITS + 1) * 100).ok);
      // So it is for a worker that starts after the lies.
      hub.joined('late', now_ms);
      const late = limitsOf();
      const told = hub.updateFor('late', now_ms);
      if (told) new BudgetShare(late.memory).apply(told, now_ms);
      assert.ok(late.rate.take('acme', 1, now_ms + (LATE_UNITS + 1) * 100).ok);
    }),
  );
});

test('more places than there are count as all of them, and are free when the liar is gone', () => {
  const { hub, honest, say } = gateOf();
  say(0, { places: [{ name: 'party', anew: false, counts: [['acme', 1e9]] }] });
  assert.equal(honest.memory.places('party').get('acme')?.elsewhere, PLACES);
  hub.left('liar');
  new BudgetShare(honest.memory).apply(hub.updateFor('honest', 1)!, 1);
  assert.ok(honest.places.enter('acme'));
});

test('claims of limiters that there are not are passed by', () => {
  const { hub, say } = gateOf();
  say(0, claim(1, { name: 'nobody' }));
  say(0, { places: [{ name: 'nobody', anew: false, counts: [['acme', 1]] }] });
  hub.joined('late', 0);
  const update = hub.updateFor('late', 0);
  assert.deepEqual([update?.rates ?? [], update?.places ?? []], [[], []]);
});

test('a claim by the limits before a reload is believed, and by those after it', () => {
  const { bounds, honest, say } = gateOf();
  bounds.use(limitsOf({ ...RATE, burst: 1 }).memory);
  say(0, claim(60));
  assert.equal(honest.rate.peek('acme', 1, 0).remaining, 40);
  bounds.use(limitsOf({ ...RATE, burst: 1 }).memory);
  say(0, claim(1e12, { key: 'globex' }));
  assert.ok(honest.rate.take('globex', 1, (LATE_UNITS + 1) * 100).ok);
});

test('places held by limits that are gone are given back, and no more are taken', () => {
  const { hub, bounds, honest, say } = gateOf();
  const places = (...counts: [string, number][]) => ({ places: [{ name: 'party', anew: false, counts }] });
  const elsewhere = () => honest.memory.places('party').get('acme')?.elsewhere ?? 0;
  say(0, places(['acme', 8], ['globex', 2]));
  for (let reload = 0; reload < 2; reload++) bounds.use(new LimitMemory());
  say(1, places(['acme', 9], ['initech', 1]));
  assert.equal(elsewhere(), 8);
  assert.equal(honest.memory.places('party').get('initech'), undefined);
  say(2, places(['acme', 3]));
  assert.equal(elsewhere(), 3);
  say(3, places(['acme', 0], ['globex', 0]));
  assert.equal(elsewhere(), 0);
  hub.joined('late', 3);
  assert.deepEqual(hub.updateFor('late', 3)?.places.flatMap(({ counts }) => counts) ?? [], []);
});

test('a worker that tells its places anew when limits are gone still holds what it did', () => {
  const { bounds, honest, say } = gateOf();
  say(0, { places: [{ name: 'party', anew: false, counts: [['acme', 8]] }] });
  for (let reload = 0; reload < 2; reload++) bounds.use(new LimitMemory());
  say(1, { places: [{ name: 'party', anew: true, counts: [['acme', 5]] }] });
  assert.equal(honest.memory.places('party').get('acme')?.elsewhere, 5);
});

test('switches that fail take no belief from the limits in force', () => {
  const { bounds, honest, say } = gateOf();
  for (let failed = 0; failed < 2; failed++) bounds.use(new LimitMemory())();
  say(0, claim(60));
  assert.equal(honest.rate.peek('acme', 1, 0).remaining, 40);
  assert.equal(bounds.believePlaces({ name: 'party', anew: false, counts: [['acme', 1]] }, new Map())?.name, 'party');
});

test('what one worker claims takes no account of what another did', () => {
  const { hub, honest } = gateOf();
  hub.joined('third', 0);
  const share = new BudgetShare(honest.memory);
  for (const id of ['liar', 'third']) {
    hub.take(id, { number: 1, lost: false, retold: false, places: [], ...claim(80) }, 0);
  }
  share.apply(hub.updateFor('honest', 0)!, 0);
  const { ok, retry_after_s } = honest.rate.take('acme', 1, 0);
  assert.deepEqual(
    [ok, Math.round(retry_after_s)],
    [false, 6],
    'each could have taken 80 before it heard of the other',
  );
});

test('a worker fills no more memory by the limiters it claims of than by one, and is believed about each', () => {
  const names = ['party', 'machine', 'source', 'operation'];
  const bounds = boundsOf({ names, rate: { quota: 1, window_ms: 3_600_000, burst: 100 }, max_places: PLACES });
  const claimed = new HubWorker().claimed;
  const key = (n: number) => `${n}`.padEnd(192, 'x');
  const interval_ms = 3_600_000;
  for (const name of names) {
    for (let round = 0; round < 10; round++) {
      const takes = Array.from({ length: 10_000 }, (_, n) => [key(round * 10_000 + n), 1, 0] as const);
      bounds.believe({ name, interval_ms, takes }, claimed, 0);
    }
  }
  const keys = () => [...claimed.all.values()].reduce((sum, account) => sum + account.keys, 0);
  assert.equal(keys(), 200_000);
  // Limiters without room have an account for all further keys, each of them a burst.
  const more = bounds.believe({ name: 'operation', interval_ms, takes: [['acme', 1_000, 0]] }, claimed, 0);
  assert.deepEqual(more?.takes, []);
  const known = bounds.believe({ name: 'party', interval_ms, takes: [[key(1), 1_000, 0]] }, claimed, 0);
  assert.ok(Math.abs((known?.takes[0]?.[1] ?? 0) - 99) < 0.01);
  // And what has flowed back makes room, of whichever limiter it is.
  const later_ms = 10 * interval_ms;
  for (let n = 0; n < 20_000; n++) {
    bounds.believe({ name: 'operation', interval_ms, takes: [[`later ${n}`, 1, 0]] }, claimed, later_ms);
  }
  assert.ok(claimed.of('operation').keys >= 19_000);
  assert.ok(keys() <= 200_000);
});

test('keys without end are accounted within bounds, and an honest key is told all the same', () => {
  const { honest, say } = gateOf();
  for (let round = 0; round < 30; round++) {
    const takes = Array.from({ length: 10_000 }, (_, n) => [`${round}/${n}`, 1e12, 0] as const);
    say(round, { rates: [{ name: 'party', interval_ms: 100, takes }] });
  }
  say(100, claim(50));
  assert.ok(honest.rate.take('acme', 1, 100 + (LATE_UNITS + 1) * 100).ok);
});
