import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Address, type AddressEntry, createAddressSet } from '../../src/core/resolver/index.ts';

const address = (last: number): Address => ({ address: `192.0.2.${last}`, family: 4 });

function fixture(count: number) {
  const clock = { now_ms: 1_000 };
  const set = createAddressSet({
    ejection: { failures: 3, for_ms: 1_000 },
    now: () => clock.now_ms,
    random: () => 0.5,
  });
  set.merge(Array.from({ length: count }, (_, i) => address(i + 1)));
  const pick = (except: AddressEntry[] = []) => {
    const entry = set.pick(except);
    assert.ok(entry);
    return entry;
  };
  /** Fails every exchange given to the address until it is out. */
  const eject = (name: string) => {
    for (let i = 0; i < 200 && stateOf(name) !== 'ejected'; i++) {
      const entry = pick();
      if (entry.address === name) set.failed(entry);
      else set.succeeded(entry);
    }
    assert.equal(stateOf(name), 'ejected');
  };
  const stateOf = (name: string) => set.health().find((one) => one.address === name)?.state;
  return { clock, set, pick, eject, stateOf };
}

describe('an address set', () => {
  it('uses all healthy addresses in turn', () => {
    const { set, pick } = fixture(3);
    const used = Array.from({ length: 9 }, () => {
      const entry = pick();
      set.succeeded(entry);
      return entry.address;
    });
    for (const last of [1, 2, 3]) assert.equal(used.filter((one) => one === `192.0.2.${last}`).length, 3);
  });

  it('prefers the address with the least in flight', () => {
    const { set, pick } = fixture(2);
    const busy = pick();
    const other = pick();
    assert.notEqual(busy, other);
    set.succeeded(other);
    assert.equal(pick(), other);
  });

  it('ejects after the given number of failures in a row, and not when one succeeded between', () => {
    const { set, pick, stateOf } = fixture(1);
    for (const outcome of ['failed', 'failed', 'succeeded', 'failed', 'failed'] as const) set[outcome](pick());
    assert.equal(stateOf('192.0.2.1'), 'healthy');
    assert.equal(set.failed(pick()), true);
    assert.equal(stateOf('192.0.2.1'), 'ejected');
  });

  it('lets one exchange try an ejected address when its time is over, and returns it when that works', () => {
    const { clock, set, pick, eject, stateOf } = fixture(2);
    eject('192.0.2.1');
    assert.equal(pick().address, '192.0.2.2');
    clock.now_ms += 1_000;
    const trial = pick();
    assert.equal(trial.address, '192.0.2.1');
    assert.equal(pick().address, '192.0.2.2', 'only one exchange tries');
    set.succeeded(trial);
    assert.equal(stateOf('192.0.2.1'), 'healthy');
  });

  it('stays away longer each time a trial fails, up to a bound', () => {
    const { clock, set, pick, eject } = fixture(2);
    eject('192.0.2.1');
    const spans: number[] = [];
    for (let i = 0; i < 8; i++) {
      const start_ms = clock.now_ms;
      let trial = pick();
      while (trial.address !== '192.0.2.1') {
        set.succeeded(trial);
        clock.now_ms += 100;
        trial = pick();
      }
      spans.push(clock.now_ms - start_ms);
      set.failed(trial);
    }
    assert.deepEqual(spans, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 32_000]);
  });

  it('does not lengthen an ejection for exchanges that were already under way', () => {
    const { clock, set, pick, stateOf } = fixture(1);
    const under_way = Array.from({ length: 20 }, () => pick());
    for (const entry of under_way) set.failed(entry);
    clock.now_ms += 1_000;
    assert.equal(stateOf('192.0.2.1'), 'on-trial');
  });

  it('gives an ejected address rather than none', () => {
    const { set, pick, eject } = fixture(1);
    eject('192.0.2.1');
    const entry = pick();
    set.succeeded(entry);
    assert.equal(set.health()[0]?.state, 'healthy');
  });

  it('gives nothing when all addresses were tried', () => {
    const { set, pick } = fixture(2);
    const first = pick();
    const second = pick([first]);
    assert.notEqual(first, second);
    assert.equal(set.pick([first, second]), null);
  });

  it('takes over a changed name: health is kept, new addresses join, missing ones leave', () => {
    const { set, pick, eject, stateOf } = fixture(2);
    eject('192.0.2.1');
    const leaving = pick();
    assert.equal(leaving.address, '192.0.2.2');
    set.merge([address(1), address(3)]);
    assert.equal(stateOf('192.0.2.1'), 'ejected');
    assert.equal(stateOf('192.0.2.2'), undefined);
    assert.equal(leaving.listed, false);
    set.succeeded(leaving);
    assert.equal(pick().address, '192.0.2.3');
  });

  it('keeps exact count of what is in flight and always has an address to give', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('pick', 'succeeded', 'failed', 'released', 'wait'), fc.nat(9)), {
          maxLength: 200,
        }),
        (steps) => {
          const { clock, set } = fixture(3);
          const open: AddressEntry[] = [];
          for (const [step, n] of steps) {
            if (step === 'wait') clock.now_ms += n * 300;
            else if (step === 'pick') open.push(set.pick([]) ?? assert.fail('no address'));
            else if (open.length > 0) set[step](open.splice(n % open.length, 1)[0] as AddressEntry);
            const in_flight = set.health().reduce((sum, one) => sum + one.in_flight, 0);
            assert.equal(in_flight, open.length);
          }
        },
      ),
    );
  });
});
