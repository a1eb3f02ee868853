/** Budgets that hold for all workers together, on a simulated clock. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createBudgets } from '../../src/channels/api/budgets.ts';
import { ConnectionAdmission, type Rate, type Release } from '../../src/core/limits/index.ts';
import { Account, DELAY_MS, ROUND_MS, SimulatedGate, type SimulatedWorker, TRANSIT_MS } from './share-simulation.ts';

type Admit = (address: string) => ReturnType<ConnectionAdmission['admitConnection']>;

const PER_MINUTE_600: Rate = { quota: 600, window_ms: 60_000 };

function gateOf(workers: number, over: { rate?: Rate; max_places?: number; copies?: () => number } = {}) {
  return new SimulatedGate(
    { rate: PER_MINUTE_600, max_places: 10, transit_ms: () => 1, copies: () => 1, ...over },
    workers,
  );
}

function takeAll(gate: SimulatedGate, worker: SimulatedWorker, key = 'a'): number {
  let passed = 0;
  while (gate.take(worker, key, 1).ok) passed++;
  return passed;
}

describe('a rate over several workers', () => {
  const rate = fc.record({
    quota: fc.integer({ min: 1, max: 200 }),
    window_ms: fc.constantFrom(1000, 10_000, 60_000),
    burst: fc.integer({ min: 1, max: 100 }),
  });
  /** A caller on one connection, or one that goes over all workers. */
  const step = fc.record({
    wait_ms: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 2000 })),
    worker: fc.oneof(fc.constant(0), fc.nat(7)),
    cost: fc.integer({ min: 1, max: 3 }),
    times: fc.integer({ min: 1, max: 30 }),
  });
  const run = fc.record({
    rate,
    workers: fc.integer({ min: 1, max: 8 }),
    steps: fc.array(step, { minLength: 1, maxLength: 60 }),
    transits_ms: fc.array(fc.integer({ min: 0, max: TRANSIT_MS }), { minLength: 1, maxLength: 20 }),
    copies: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 1, maxLength: 20 }),
  });

  /** Of the first take all has flowed back when it is heard, and not yet when the next are made. */
  const HEARD_LATE = {
    rate: { quota: 24, window_ms: 1000, burst: 5 },
    workers: 2,
    steps: [
      { wait_ms: 15, worker: 0, cost: 1, times: 1 },
      { wait_ms: 35, worker: 0, cost: 1, times: 4 },
      { wait_ms: 167, worker: 1, cost: 1, times: 5 },
    ],
    transits_ms: [0],
    copies: [1],
  };

  it('admits no more than one account holds and what others took unheard, and refuses nothing for which there is room', () => {
    fc.assert(
      fc.property(run, (given) => {
        const next = (values: readonly number[]) => {
          let index = 0;
          return () => values[index++ % values.length]!;
        };
        const gate = new SimulatedGate(
          { rate: given.rate, max_places: 1, transit_ms: next(given.transits_ms), copies: next(given.copies) },
          given.workers,
        );
        const { quota, window_ms, burst } = given.rate;
        const flow = (ms: number) => (quota * ms) / window_ms;
        /** Ages are told in tenths of a millisecond. */
        const rounding = flow(0.1) + 1e-3;
        const account = new Account(given.rate);
        const passed: { at_ms: number; worker: SimulatedWorker; cost: number }[] = [];
        let total = 0;
        for (const { wait_ms, worker: index, cost, times } of given.steps) {
          gate.pass(wait_ms);
          const worker = gate.workers[index % given.workers]!;
          for (let time = 0; time < times; time++) {
            if (!gate.take(worker, 'a', cost).ok) {
              assert.ok(account.spent(gate.now_ms) + cost > burst - flow(DELAY_MS) - rounding, 'refused, with room');
              continue;
            }
            account.add(cost, gate.now_ms);
            passed.push({ at_ms: gate.now_ms, worker, cost });
            total += cost;
            const unheard = passed
              .filter((other) => other.worker !== worker && other.at_ms >= gate.now_ms - DELAY_MS)
              .reduce((sum, other) => sum + other.cost, 0);
            assert.ok(account.spent(gate.now_ms) <= burst + unheard + rounding, 'admitted without room');
          }
        }
        const round = burst + flow(DELAY_MS);
        assert.ok(total <= burst + flow(gate.now_ms) + (given.workers - 1) * round + rounding);
      }),
      { numRuns: 300, examples: [[HEARD_LATE]] },
    );
  });

  it('with one worker, or for a caller that stays at one, is what it is in one process', () => {
    const gate = gateOf(4);
    assert.equal(takeAll(gate, gate.workers[2]!), 600);
    gate.pass(1000);
    assert.equal(takeAll(gate, gate.workers[2]!), 10);
  });

  it('shows and refuses elsewhere what was taken here, once that was heard', () => {
    const gate = gateOf(3);
    const [one, two, three] = gate.workers as [SimulatedWorker, SimulatedWorker, SimulatedWorker];
    takeAll(gate, one);
    gate.pass(DELAY_MS);
    for (const other of [two, three]) {
      assert.equal(takeAll(gate, other), 1, 'what flowed back in the meantime');
      const told = gate.take(other, 'a', 1);
      assert.deepEqual([told.ok, told.remaining], [false, 0]);
    }
    assert.equal(takeAll(gate, two, 'b'), 600, 'another key is another budget');
  });

  it('owes what too many took at once, and admits nothing until it has flowed back', () => {
    const gate = gateOf(4);
    const passed = gate.workers.map((worker) => takeAll(gate, worker));
    assert.deepEqual(passed, [600, 600, 600, 600], 'a rested key at all workers in one round');
    gate.pass(DELAY_MS);
    const refused = gate.take(gate.workers[0]!, 'a', 1);
    assert.deepEqual([refused.ok, refused.remaining], [false, 0]);
    assert.ok(Math.abs(refused.retry_after_s - 180) < 1, String(refused.retry_after_s));
    gate.pass(179_000);
    for (const worker of gate.workers) assert.equal(gate.take(worker, 'a', 1).ok, false);
    gate.pass(1_000);
    assert.equal(gate.take(gate.workers[3]!, 'a', 1).ok, true);
  });

  it('never refuses a caller that comes at the quota, wherever it comes, however small the burst', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: 5, maxLength: 40 }), (order) => {
        const gate = gateOf(3, { rate: { quota: 1, window_ms: 1000, burst: 1 } });
        for (const index of order) {
          // News is under way for a millisecond or two, and counts as so much later.
          gate.pass(1003);
          assert.ok(gate.take(gate.workers[index]!, 'a', 1).ok);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('is known to a worker that starts late', () => {
    const gate = gateOf(2);
    takeAll(gate, gate.workers[0]!);
    gate.pass(10_000);
    const late = gate.start();
    gate.pass(ROUND_MS + TRANSIT_MS);
    const passed = takeAll(gate, late);
    assert.ok(passed >= 99 && passed <= 101, String(passed));
  });

  it('stays spent when the worker where it was spent dies', () => {
    const gate = gateOf(2);
    takeAll(gate, gate.workers[0]!);
    gate.pass(DELAY_MS);
    gate.kill(gate.workers[0]!);
    gate.pass(DELAY_MS);
    assert.ok(takeAll(gate, gate.workers[1]!) <= 3);
  });

  it('gives back what was refunded', () => {
    const gate = gateOf(2);
    const [one, two] = gate.workers as [SimulatedWorker, SimulatedWorker];
    gate.take(one, 'a', 600);
    one.rate.refund('a', 600, gate.now_ms + one.skew_ms);
    gate.pass(DELAY_MS);
    assert.equal(gate.take(two, 'a', 600).ok, true);
  });
});

describe('places over several workers', () => {
  const step = fc.record({
    wait_ms: fc.integer({ min: 0, max: 200 }),
    worker: fc.nat(7),
    key: fc.constantFrom('a', 'b', 'c'),
    act: fc.constantFrom('enter', 'enter', 'leave', 'kill', 'start'),
  });

  /** Enters and leaves at random, kills and starts workers; then everything is quiet for a while. */
  function liveThrough(
    steps: readonly { wait_ms: number; worker: number; key: string; act: string }[],
    copies: number[],
  ) {
    let sent = 0;
    let faulty = true;
    const gate = gateOf(3, { copies: () => (faulty ? copies[sent++ % copies.length]! : 1) });
    const held = new Map<SimulatedWorker, { key: string; release: Release }[]>();
    for (const { wait_ms, worker: index, key, act } of steps) {
      gate.pass(wait_ms);
      const alive = gate.workers.filter((worker) => worker.alive);
      const worker = alive[index % alive.length]!;
      const own = held.get(worker) ?? [];
      held.set(worker, own);
      if (act === 'enter') {
        const release = worker.places.enter(key);
        if (release) own.push({ key, release });
      } else if (act === 'leave') own.shift()?.release();
      else if (act === 'start') gate.start();
      else if (alive.length > 1) gate.kill(worker);
    }
    faulty = false;
    const alive = gate.workers.filter((worker) => worker.alive);
    gate.pass(4_000);
    const free = (worker: SimulatedWorker, key: string) => {
      const releases: Release[] = [];
      for (let release = worker.places.enter(key); release; release = worker.places.enter(key)) releases.push(release);
      for (const release of releases) release();
      return releases.length;
    };
    for (const key of ['a', 'b', 'c']) {
      const taken = alive.reduce(
        (sum, worker) => sum + (held.get(worker) ?? []).filter((own) => own.key === key).length,
        0,
      );
      for (const worker of alive) assert.equal(free(worker, key), Math.max(0, 10 - taken), `${worker.id} ${key}`);
    }
  }

  it('are known everywhere once it is quiet, whoever died or started, and when messages come twice', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 10 }),
        liveThrough,
      ),
      { numRuns: 200 },
    );
  });

  it('are known everywhere again after messages were lost', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 10 }),
        liveThrough,
      ),
      { numRuns: 200 },
    );
  });

  it('are free again when the worker that held them dies, and late news of it changes nothing', () => {
    const gate = gateOf(2);
    const [one, two] = gate.workers as [SimulatedWorker, SimulatedWorker];
    for (let place = 0; place < 10; place++) assert.ok(one.places.enter('a'));
    const late = one.share.report(gate.now_ms + one.skew_ms)!;
    gate.hub.take(one.id, late, gate.now_ms);
    gate.pass(DELAY_MS);
    assert.equal(two.places.enter('a'), null);
    gate.kill(one);
    gate.hub.take(one.id, { ...late, number: 9 }, gate.now_ms);
    gate.pass(DELAY_MS);
    assert.ok(two.places.enter('a'));
  });
});

describe('over several workers', () => {
  it('connections of a source, of a zone, and the bytes of a source are counted together', () => {
    const gate = gateOf(2);
    const minute = (quota: number) => ({ quota, window_ms: 60_000 });
    const caps = { total: 4, per_source: 2, new_per_source: minute(100), bytes_per_source: minute(1_000) };
    new ConnectionAdmission(caps, { memory: gate.limits, zone: 'public' });
    const [one, two] = gate.workers.map(({ memory, skew_ms }) => {
      const admission = new ConnectionAdmission(caps, { memory, zone: 'public' });
      return (address: string) => admission.admitConnection(address, gate.now_ms + skew_ms);
    }) as [Admit, Admit];
    const first = one('192.0.2.1');
    const second = two('192.0.2.1');
    assert.ok(first.ok && second.ok);
    assert.ok(first.lease.bytes(900, gate.now_ms));
    gate.pass(DELAY_MS);
    const full = { ok: false, code: 'ADMIT_CONNECTIONS' };
    assert.deepEqual([one('192.0.2.1'), two('192.0.2.1')], [full, full], 'of a source');
    assert.equal(second.lease.bytes(200, gate.now_ms + gate.workers[1]!.skew_ms), false);
    assert.ok(one('192.0.2.2').ok && one('192.0.2.3').ok);
    gate.pass(DELAY_MS);
    assert.deepEqual(two('192.0.2.4'), full, 'of the zone');
    first.lease.end();
    gate.pass(DELAY_MS);
    assert.ok(two('192.0.2.1').ok);
  });

  it('a caller is told what is left of its budget after what it took elsewhere', () => {
    const gate = gateOf(2);
    const keys = { machine: 'acme-erp', party: 'acme', operation: 'orders.createOrder' };
    const options = {
      source: PER_MINUTE_600,
      machine: { quota: 60, window_ms: 3_600_000 },
      party: PER_MINUTE_600,
      operation: PER_MINUTE_600,
      concurrency: { machine: 1, operation: 10 },
      machines: new Map(),
    };
    createBudgets(options, gate.limits);
    const [one, two] = gate.workers.map(({ memory, skew_ms }) => {
      const budgets = createBudgets(options, memory);
      return { take: () => budgets.take(keys, gate.now_ms + skew_ms), enter: () => budgets.enter(keys) };
    });
    for (let take = 0; take < 20; take++) one?.take();
    const release = one?.enter();
    gate.pass(DELAY_MS);
    assert.match(two?.take().headers.at(-1) ?? '', /^"machine";r=39;t=12\d\d$/);
    assert.equal(two?.enter(), null);
    release?.();
    gate.pass(DELAY_MS);
    assert.ok(two?.enter());
  });
});
