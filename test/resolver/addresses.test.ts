import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { address, ENDPOINT, fixture } from './address-set.ts';

describe('an address set', () => {
  it('uses all healthy addresses in turn', () => {
    const { set, pick } = fixture(3);
    const used = Array.from({ length: 9 }, () => {
      const entry = pick();
      set.succeeded(entry, false);
      return entry.address;
    });
    for (const last of [1, 2, 3]) assert.equal(used.filter((one) => one === `192.0.2.${last}`).length, 3);
  });

  it('prefers the address with the least in flight', () => {
    const { set, pick } = fixture(2);
    const busy = pick();
    const other = pick();
    assert.notEqual(busy, other);
    set.succeeded(other, false);
    assert.equal(pick(), other);
  });

  it('ejects after the given number of failures in a row, and not when one succeeded between', () => {
    const { set, pick, stateOf } = fixture(1);
    for (const outcome of ['failed', 'failed', 'succeeded', 'failed', 'failed'] as const) {
      if (outcome === 'failed') set.failed(pick(), 'broken');
      else set.succeeded(pick(), false);
    }
    assert.equal(stateOf('192.0.2.1'), 'serving');
    set.failed(pick(), 'broken');
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
    set.succeeded(trial, false);
    assert.equal(stateOf('192.0.2.1'), 'serving');
  });

  it('stays away longer each time a trial fails, up to a bound', () => {
    const { clock, set, pick, eject } = fixture(2);
    eject('192.0.2.1');
    const spans: number[] = [];
    for (let i = 0; i < 8; i++) {
      const start_ms = clock.now_ms;
      let trial = pick();
      while (trial.address !== '192.0.2.1') {
        set.succeeded(trial, false);
        clock.now_ms += 100;
        trial = pick();
      }
      spans.push(clock.now_ms - start_ms);
      set.failed(trial, 'broken');
    }
    assert.deepEqual(spans, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 32_000]);
  });

  it('does not lengthen an ejection for exchanges that were already under way', () => {
    const { clock, set, pick, stateOf } = fixture(1);
    const under_way = Array.from({ length: 20 }, () => pick());
    for (const entry of under_way) set.failed(entry, 'broken');
    clock.now_ms += 1_000;
    assert.equal(stateOf('192.0.2.1'), 'on-trial');
  });

  it('gives an ejected address rather than none', () => {
    const { set, pick, eject } = fixture(1);
    eject('192.0.2.1');
    const entry = pick();
    set.succeeded(entry, false);
    assert.equal(set.health()[0]?.state, 'serving');
  });

  it('gives nothing when all addresses were tried', () => {
    const { set, pick } = fixture(2);
    const first = pick();
    const second = pick([first]);
    assert.notEqual(first, second);
    assert.equal(set.pick([first, second], false), null);
  });

  it('takes over a changed name: health is kept, new addresses join, missing ones leave', () => {
    const { set, pick, eject, stateOf } = fixture(2);
    eject('192.0.2.1');
    const leaving = pick();
    assert.equal(leaving.address, '192.0.2.2');
    set.merge(ENDPOINT, [address(1), address(3)]);
    assert.equal(stateOf('192.0.2.1'), 'ejected');
    assert.equal(stateOf('192.0.2.2'), undefined);
    assert.equal(leaving.listed, false);
    set.succeeded(leaving, false);
    assert.equal(pick().address, '192.0.2.3');
  });

  it('uses no more than 256 addresses of a name', () => {
    const { set } = fixture(1);
    const many = Array.from({ length: 5_000 }, (_, i) => ({
      address: `10.0.${i >> 8}.${i & 255}`,
      family: 4 as const,
    }));
    set.merge(ENDPOINT, many);
    assert.equal(set.size, 256);
  });
});
