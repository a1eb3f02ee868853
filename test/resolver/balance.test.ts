import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type AddressChange,
  type AddressEntry,
  createAddressSet,
  type Endpoint,
} from '../../src/core/resolver/index.ts';
import { EJECTION, fixture } from './address-set.ts';

/** Endpoints with one address each, named by it. */
function spread(endpoints: readonly Partial<Endpoint>[], { locality = null as string | null, slow_start_ms = 0 } = {}) {
  const clock = { now_ms: 1_000 };
  const changes: AddressChange[] = [];
  const set = createAddressSet({
    ejection: { ...EJECTION, slow_start_ms },
    checks: null,
    locality,
    now: () => clock.now_ms,
    random: () => 0.5,
    onChange: (change) => changes.push(change),
  });
  const made = endpoints.map((one, index) => ({ host: `${index}`, port: 443, weight: 1, locality: null, ...one }));
  made.forEach((endpoint, index) => {
    set.merge(endpoint, [{ address: `192.0.2.${index}`, family: 4 }]);
  });
  const pick = () => set.pick([], false) ?? assert.fail('no address');
  /** How many of so many exchanges, one after the other, each address gets. */
  const shares = (times: number): number[] => {
    const counts = made.map(() => 0);
    for (let i = 0; i < times; i++) {
      const entry = pick();
      const at = Number(entry.endpoint.host);
      counts[at] = (counts[at] ?? 0) + 1;
      set.succeeded(entry, false);
    }
    return counts;
  };
  const fail = (index: number) => {
    const entry = set.entries[index] as AddressEntry;
    for (let i = 0; i < 3; i++) {
      entry.in_flight++;
      set.failed(entry, 'broken');
    }
  };
  return { clock, changes, set, pick, shares, fail, made };
}

describe('exchanges are spread', () => {
  it('by weight, exactly, while one comes after the other', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 }), (weights) => {
        const { shares } = spread(weights.map((weight) => ({ weight })));
        const sum = weights.reduce((left, right) => left + right, 0);
        const counts = shares(sum * 10);
        weights.forEach((weight, index) => {
          assert.ok(Math.abs((counts[index] ?? 0) - weight * 10) <= weights.length, `${weights} got ${counts}`);
        });
      }),
    );
  });

  it('by weight under load too: what is under way is in proportion', () => {
    const { pick, set } = spread([{ weight: 3 }, { weight: 1 }]);
    for (let i = 0; i < 40; i++) pick();
    const [heavy, light] = set.entries.map(({ in_flight }) => in_flight) as [number, number];
    assert.ok(Math.abs(heavy - 30) <= 1 && Math.abs(light - 10) <= 1, `${heavy}:${light}`);
  });

  it('away from an address that answers slowly, and evenly again when it does not', () => {
    const { pick, set, shares } = spread([{}, {}]);
    const stuck: AddressEntry[] = [];
    for (let i = 0; i < 200; i++) {
      const entry = pick();
      if (entry.endpoint.host === '0' && stuck.length < 5) stuck.push(entry);
      else set.succeeded(entry, false);
    }
    assert.ok((shares(100)[0] ?? 0) <= 5, 'five under way, so the other one gets what comes');
    for (const entry of stuck) set.succeeded(entry, false);
    const after = shares(100);
    assert.ok(Math.abs((after[0] ?? 0) - 50) <= 1, `it is owed no more than one turn, and got ${after}`);
  });

  it('to one that came back little by little', () => {
    const { clock, fail, set, shares, pick } = spread([{}, {}], { slow_start_ms: 10_000 });
    fail(0);
    assert.deepEqual(shares(10), [0, 10]);
    clock.now_ms += 1_000;
    const trial = pick();
    assert.equal(trial.endpoint.host, '0');
    set.succeeded(trial, false);
    assert.equal(set.health()[0]?.state, 'returning');
    const early = shares(110)[0] ?? 0;
    assert.ok(early >= 8 && early <= 12, `a tenth of the weight of the other, got ${early} of 110`);
    clock.now_ms += 5_000;
    const halfway = shares(150)[0] ?? 0;
    assert.ok(Math.abs(halfway - 50) <= 4, `half the weight, got ${halfway} of 150`);
    clock.now_ms += 5_000;
    assert.equal(set.health()[0]?.state, 'serving');
    assert.ok(Math.abs((shares(100)[0] ?? 0) - 50) <= 1);
  });

  it('to one that joins a name little by little, but not to those a name had from the start', () => {
    const { clock, made, set } = spread([{}, {}], { slow_start_ms: 10_000 });
    assert.deepEqual(
      set.health().map(({ state }) => state),
      ['serving', 'serving'],
    );
    clock.now_ms += 60_000;
    set.merge(made[0] as Endpoint, [
      { address: '192.0.2.0', family: 4 },
      { address: '192.0.2.9', family: 4 },
    ]);
    assert.equal(set.health().find(({ address }) => address === '192.0.2.9')?.state, 'returning');
  });

  it('once to an address that two names share', () => {
    const { made, set } = spread([{}, {}]);
    set.merge(made[1] as Endpoint, [
      { address: '192.0.2.0', family: 4 },
      { address: '192.0.2.1', family: 4 },
    ]);
    assert.equal(set.size, 2);
  });
});

describe('of several localities', () => {
  const six = ['here', 'here', 'here', 'there', 'there', 'there'].map((locality) => ({ locality }));
  const near = (counts: number[]) => counts.slice(0, 3).reduce((sum, count) => sum + count, 0);

  it('the own one gets everything while it is well', () => {
    assert.equal(near(spread(six, { locality: 'here' }).shares(300)), 300);
  });

  it('a gate that does not know its own uses all alike', () => {
    assert.deepEqual(spread(six).shares(300), [50, 50, 50, 50, 50, 50]);
    assert.deepEqual(spread(six, { locality: 'elsewhere' }).shares(300), [50, 50, 50, 50, 50, 50]);
  });

  it('what the own one cannot carry goes to the others, in proportion', () => {
    const { fail, shares } = spread(six, { locality: 'here' });
    fail(0);
    // 1.4 × 2/3 of it is in use.
    assert.ok(Math.abs(near(shares(300)) - 280) <= 2);
    fail(1);
    assert.ok(Math.abs(near(shares(300)) - 140) <= 2);
    fail(2);
    assert.equal(near(shares(300)), 0);
  });

  it('all are used when none is in use', () => {
    const { fail, shares, changes } = spread(six, { locality: 'here' });
    for (let i = 0; i < 6; i++) fail(i);
    assert.equal(changes.at(-1)?.change, 'all-out');
    const { set, pick } = spread(six, { locality: 'here' });
    assert.ok(pick() && set);
    // The first that answers is in use again, and the only one.
    const counts = shares(10);
    assert.equal(Math.max(...counts), 10);
  });
});

describe('whatever happens to its addresses, a set', () => {
  const step = fc.tuple(
    fc.constantFrom('pick', 'good', 'bad', 'failed', 'released', 'wait', 'check', 'merge'),
    fc.nat(40),
  );

  it('has one to give, counts what is under way, and never weighs below nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.boolean(), (steps, careful) => {
        const { clock, set, changes } = fixture(4, {
          slow_start_ms: 2_000,
          outliers: { window_ms: 2_000, volume: 4, margin: 0.3 },
        });
        const endpoint = set.entries[0]?.endpoint as Endpoint;
        const open: AddressEntry[] = [];
        for (const [what, n] of steps) {
          const entry = what === 'pick' || open.length === 0 ? null : (open[n % open.length] as AddressEntry);
          if (what === 'wait') clock.now_ms += n * 100;
          else if (what === 'pick') open.push(set.pick([], careful) ?? assert.fail('no address'));
          else if (what === 'check')
            set.checked(set.entries[n % set.size] as AddressEntry, n % 3 ? 'status 500' : null);
          else if (what === 'merge') {
            const kept = [1, 2, 3, 4].filter((last) => (n >> (last - 1)) % 2 === 0 || last === 1 + (n % 4));
            set.merge(
              endpoint,
              kept.map((last) => ({ address: `192.0.2.${last}`, family: 4 })),
            );
          } else if (entry !== null) {
            open.splice(open.indexOf(entry), 1);
            if (what === 'good' || what === 'bad') set.succeeded(entry, what === 'bad');
            else if (what === 'failed') set.failed(entry, 'broken');
            else set.released(entry);
          }
          const health = set.health();
          for (const one of health) {
            assert.ok(one.weight > 0 && one.weight <= 1, `weight ${one.weight}`);
            assert.ok(one.ejected_ms <= 32_000 * 1.1);
            assert.ok(one.in_flight >= 0);
          }
          const listed_open = open.filter(({ listed }) => listed).length;
          const in_flight = set.entries.reduce((sum, one) => sum + one.in_flight, 0);
          assert.equal(in_flight, listed_open);
          const out = health.every(({ state }) => state !== 'serving' && state !== 'returning');
          const told = changes.findLast(({ change }) => change === 'all-out' || change === 'some-in-use');
          assert.equal(told?.change === 'all-out', out, 'whoever watches knows whether any address is in use');
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never sets aside more for being an outlier than it may', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.boolean()), { maxLength: 400 }), (answers) => {
        const { set } = fixture(6, { outliers: { window_ms: 10_000, volume: 5, margin: 0.2 } });
        for (const [index, bad] of answers) {
          const entry = set.entries[index] as AddressEntry;
          entry.in_flight++;
          set.succeeded(entry, bad);
        }
        assert.ok(set.health().filter(({ state }) => state === 'ejected').length <= 3);
      }),
    );
  });
});
