/** What workers and supervisor tell each other: bounded, fair to small limiters, and read with suspicion. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BudgetHub,
  BudgetShare,
  ConcurrencyLimiter,
  LimitMemory,
  MemoryRateLimiter,
  readShareReport,
  type ShareReport,
} from '../../src/core/limits/index.ts';
import { boundsOf } from './share-bounds.ts';

const RATE = { quota: 600, window_ms: 60_000 };
const MAX_KEYS = 10_000;

const hubOf = (...names: string[]) => new BudgetHub(boundsOf({ names, rate: RATE, max_places: 10 }));

function keysIn({ rates, places }: Pick<ShareReport, 'rates' | 'places'>): [rates: number, places: number] {
  const sum = (lengths: number[]) => lengths.reduce((all, length) => all + length, 0);
  return [sum(rates.map(({ takes }) => takes.length)), sum(places.map(({ counts }) => counts.length))];
}

test('a flood of keys is told over several messages, each bounded, and does not hold up other limiters', () => {
  const memory = new LimitMemory();
  const share = new BudgetShare(memory);
  const hub = hubOf('source', 'machine');
  for (const id of ['flooded', 'other']) hub.joined(id, 0);
  const [source, machine] = ['source', 'machine'].map((name) => new MemoryRateLimiter(RATE, memory.rate(name)));
  const open = new ConcurrencyLimiter(10, memory.places('source'));
  for (let n = 0; n < 25_000; n++) {
    source?.take(`source-${n}`, 1, 0);
    open.enter(`source-${n}`);
  }
  machine?.take('acme-erp', 1, 0);
  const heard = new Set<string | null>();
  for (let round = 0; round < 3; round++) {
    const report = share.report(1)!;
    assert.ok(JSON.stringify(report).length < 600_000);
    if (round === 0)
      assert.deepEqual(report.rates[0], { name: 'machine', interval_ms: 100, takes: [['acme-erp', 1, 1]] });
    assert.ok(keysIn(report).every((keys) => keys <= MAX_KEYS));
    hub.take('flooded', report, 1);
    const update = hub.updateFor('other', 1)!;
    assert.ok(keysIn(update).every((keys) => keys <= MAX_KEYS));
    for (const { takes } of update.rates) for (const [key] of takes) heard.add(key);
  }
  assert.equal(heard.size, 25_001);
  assert.equal(hub.updateFor('other', 1), null);
});

test('what nobody asks for is kept within bounds', () => {
  const memory = new LimitMemory();
  new BudgetShare(memory);
  const rate = memory.rate('source', 1_000);
  const limiter = new MemoryRateLimiter({ quota: 1_000, window_ms: 1 }, rate);
  const places = memory.places('source');
  const open = new ConcurrencyLimiter(10, places);
  for (let n = 0; n < 250_000; n++) {
    limiter.take(`source-${n}`, 1, n);
    open.enter(`source-${n}`)?.();
  }
  assert.ok(limiter.keys <= 1_000 && rate.untold_keys <= 1_000);
  assert.ok(places.keys <= 100_000 && places.changed_keys <= 100_001);
});

test('where nobody is told, nothing is kept', () => {
  const memory = new LimitMemory();
  new MemoryRateLimiter(RATE, memory.rate('source')).take('a', 1, 0);
  new ConcurrencyLimiter(1, memory.places('source')).enter('a')?.();
  assert.deepEqual([memory.rate('source').untold_keys, memory.places('source').keys], [0, 0]);
});

test('takes of one key by several workers are told as one, as old as the latest', () => {
  const hub = hubOf('machine');
  for (const id of ['one', 'two', 'three']) hub.joined(id, 0);
  const report = (cost: number, age_ms: number): ShareReport => ({
    number: 1,
    lost: false,
    retold: false,
    rates: [{ name: 'machine', interval_ms: 100, takes: [['a', cost, age_ms]] }],
    places: [],
  });
  hub.take('one', report(2, 30), 1000);
  hub.take('two', report(3, 5), 1010);
  const told = (id: string) => hub.updateFor(id, 1050)?.rates[0]?.takes;
  assert.deepEqual(told('three'), [['a', 5, 45]]);
  assert.deepEqual(told('one'), [['a', 3, 45]]);
  assert.deepEqual(told('two'), [['a', 2, 80]]);
});

test('keys of which all has flowed back make room for others, of whichever limiter', () => {
  const names = Array.from({ length: 6 }, (_, limiter) => `limiter ${limiter}`);
  const hub = new BudgetHub(boundsOf({ names, rate: { quota: 1_000, window_ms: 1_000 }, max_places: 1 }));
  let number = 0;
  const say = (id: string, rates: ShareReport['rates'], now_ms: number) =>
    hub.take(id, { number: ++number, lost: false, retold: false, rates, places: [] }, now_ms);
  // More than one worker alone is believed to have taken of.
  for (const [index, name] of names.entries()) {
    const id = `worker ${Math.floor(index / 2)}`;
    if (index % 2 === 0) hub.joined(id, 0);
    for (let round = 0; round < 10; round++) {
      const takes = Array.from({ length: MAX_KEYS }, (_, key) => [`${round} ${key}`, 1, 0] as const);
      say(id, [{ name, interval_ms: 1, takes }], 0);
    }
  }
  say('worker 2', [{ name: 'limiter 5', interval_ms: 1, takes: [['acme', 100, 0]] }], 50);
  hub.joined('late', 50);
  assert.deepEqual(hub.updateFor('late', 50)?.rates, [
    { name: 'limiter 5', interval_ms: 1, takes: [['acme', 100, 0]] },
  ]);
});

test('an operation whose id comes from a path of any length is shared like others', () => {
  const hub = hubOf('operation');
  const [one, other] = ['one', 'other'].map((id) => {
    hub.joined(id, 0);
    const memory = new LimitMemory();
    return {
      rate: new MemoryRateLimiter(RATE, memory.rate('operation')),
      places: new ConcurrencyLimiter(10, memory.places('operation')),
      share: new BudgetShare(memory),
    };
  });
  const id = `orders.get_${'long_'.repeat(1_000)}`;
  const [first, second] = [`${id}first`, `${id}second`];
  one!.rate.take(first, 600, 0);
  for (let place = 0; place < 10; place++) one!.places.enter(first);
  const report = readShareReport(JSON.parse(JSON.stringify(one!.share.report(0))));
  assert.ok(report);
  assert.ok(JSON.stringify(report).length < 1_000);
  hub.take('one', report, 0);
  other!.share.apply(hub.updateFor('other', 0)!, 0);
  assert.deepEqual(
    [first, second].map((key) => [other!.rate.peek(key, 1, 0).ok, other!.places.enter(key) !== null]),
    [
      [false, false],
      [true, true],
    ],
  );
  one!.rate.refund(first, 600, 0);
  assert.deepEqual([one!.rate.peek(first, 1, 0).remaining, one!.places.count(first)], [600, 10]);
});

test('nobody is silent for more than a second, and with nothing to tell nobody speaks more often', () => {
  const share = new BudgetShare(new LimitMemory());
  const said = Array.from({ length: 100 }, (_, round) => share.report(round * 50)).filter((report) => report !== null);
  assert.equal(said.length, 4);
});

test('every report is read as it was made, and nothing else is', () => {
  const report: ShareReport = {
    number: 1,
    lost: false,
    retold: false,
    rates: [
      {
        name: 'machine',
        interval_ms: 100,
        takes: [
          ['a', 1, 0.5],
          [null, 2, 0],
        ],
      },
    ],
    places: [{ name: 'machine', anew: true, counts: [['a', 1]] }],
  };
  assert.deepEqual(readShareReport(JSON.parse(JSON.stringify(report))), report);
  const [rates, places] = [report.rates[0]!, report.places[0]!];
  for (const wrong of [
    null,
    [],
    'report',
    { ...report, number: -1 },
    { ...report, number: '1' },
    { ...report, lost: undefined },
    { ...report, rates: {} },
    { ...report, rates: [null] },
    { ...report, rates: [{ ...rates, name: 1 }] },
    { ...report, rates: [{ ...rates, interval_ms: 0 }] },
    { ...report, rates: [{ ...rates, takes: [['a', -1, 0]] }] },
    { ...report, rates: [{ ...rates, takes: [['a', Number.NaN, 0]] }] },
    { ...report, rates: [{ ...rates, takes: [['a', 1e300, 0]] }] },
    { ...report, rates: [{ ...rates, takes: [['a', 1, -1]] }] },
    { ...report, rates: [{ ...rates, takes: [['a', 1]] }] },
    { ...report, rates: [{ ...rates, takes: [['x'.repeat(193), 1, 0]] }] },
    { ...report, rates: [{ ...rates, takes: Array(MAX_KEYS + 1).fill(['a', 1, 0]) }] },
    { ...report, places: [{ ...places, anew: 1 }] },
    { ...report, places: [{ ...places, counts: [['a', 0.5]] }] },
    { ...report, places: [{ ...places, counts: [[null, 1]] }] },
  ]) {
    assert.equal(readShareReport(wrong), null, JSON.stringify(wrong)?.slice(0, 200));
  }
});

test('no value brings a supervisor down', () => {
  fc.assert(
    fc.property(
      fc.anything(),
      fc.record({ number: fc.nat(), lost: fc.boolean(), retold: fc.boolean() }),
      (value, head) => {
        const hub = hubOf('');
        hub.joined('a', 0);
        for (const given of [value, { ...head, rates: value, places: [] }, { ...head, rates: [], places: value }]) {
          const report = readShareReport(given);
          if (report) hub.take('a', report, 0);
        }
      },
    ),
  );
});

test('a worker that was taken over fills the memory of neither its supervisor nor the others', () => {
  const names = ['x', ...Array.from({ length: 60 }, (_, limiter) => `limiter ${limiter}`)];
  const rate = { quota: 1, window_ms: 1e6, burst: 1e9 };
  const hub = new BudgetHub(boundsOf({ names, rate, max_places: 10 }));
  hub.joined('mad', 0);
  hub.joined('other', 0);
  let told = 0;
  let number = 0;
  for (let round = 0; round < 60; round++) {
    const counts = Array.from({ length: MAX_KEYS }, (_, key) => [`${round} ${key}`, 1] as const);
    hub.take(
      'mad',
      { number: ++number, lost: false, retold: false, rates: [], places: [{ name: 'x', anew: false, counts }] },
      round,
    );
    const { places = [] } = hub.updateFor('other', round) ?? {};
    for (const news of places) told += news.counts.length;
  }
  assert.ok(told <= 200_000, `${told} keys`);
  for (let round = 0; round < 60; round++) {
    const takes = Array.from({ length: MAX_KEYS }, (_, key) => [`${round} ${key}`, 1e3, 0] as const);
    const rates = [{ name: `limiter ${round}`, interval_ms: 1e6, takes }];
    hub.take('mad', { number: ++number, lost: false, retold: false, rates, places: [] }, 100 + round);
  }
  hub.joined('third', 300);
  let spent = 0;
  for (let round = 0; round < 200; round++) {
    for (const news of hub.updateFor('third', 300 + round)?.rates ?? []) spent += news.takes.length;
  }
  assert.ok(spent <= 500_000, `${spent} keys`);
});

test('a report with more keys than a message has is none', () => {
  const takes = Array.from({ length: MAX_KEYS }, (_, key) => [`${key}`, 1, 0]);
  const rates = Array.from({ length: 3 }, (_, limiter) => ({ name: `${limiter}`, interval_ms: 1, takes }));
  const report = { number: 1, lost: false, retold: false, rates, places: [] };
  assert.equal(readShareReport(report), null);
  assert.notEqual(readShareReport({ ...report, rates: rates.slice(0, 1) }), null);
});
