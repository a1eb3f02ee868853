import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AddressEntry, EjectionOptions } from '../../src/core/resolver/index.ts';
import { fixture } from './address-set.ts';

const OUTLIERS: Partial<EjectionOptions> = { outliers: { window_ms: 10_000, volume: 20, margin: 0.3 } };

/** Rounds in which each address answers, badly as often as it does. */
function rounds(count: number, bad_shares: readonly number[], options: Partial<EjectionOptions> = {}) {
  const made = fixture(bad_shares.length, { ...OUTLIERS, ...options });
  for (let i = 0; i < count; i++) {
    made.clock.now_ms += 10;
    made.set.entries.forEach((entry: AddressEntry, index) => {
      if (entry.ejected_until_ms > 0) return;
      entry.in_flight++;
      made.set.succeeded(
        entry,
        Math.floor((i + 1) * (bad_shares[index] ?? 0)) > Math.floor(i * (bad_shares[index] ?? 0)),
      );
    });
  }
  return made;
}

describe('an address that answers', () => {
  it('with errors of the server, where the others do not, is set aside', () => {
    const { changes, stateOf } = rounds(25, [1, 0, 0]);
    assert.equal(stateOf('192.0.2.1'), 'ejected');
    assert.deepEqual(
      changes.map(({ change, ...rest }) => [change, 'cause' in rest && rest.cause]),
      [['ejected', 'outlier']],
    );
  });

  it('with errors now and then, never three in a row, is set aside as well', () => {
    assert.equal(rounds(100, [0.5, 0, 0]).stateOf('192.0.2.1'), 'ejected');
  });

  it('with errors like all the others is not: a request that no address can answer moves nothing', () => {
    for (const share of [0.3, 0.8, 1]) assert.deepEqual(rounds(200, [share, share, share]).changes, []);
  });

  it('a little worse than the others is not', () => {
    assert.deepEqual(rounds(300, [0.2, 0, 0]).changes, []);
  });

  it('is not judged by a handful of exchanges', () => {
    assert.deepEqual(rounds(15, [1, 0, 0]).changes, []);
  });

  it('alone is never an outlier', () => {
    assert.deepEqual(rounds(100, [1]).changes, []);
  });

  it('is kept while as many are out as may be', () => {
    const { changes, set } = rounds(300, [1, 1, 1, 0, 0, 0], { max_share: 0.34 });
    assert.equal(changes.length, 2);
    assert.equal(set.health().filter(({ state }) => state === 'serving').length, 4);
  });

  it('stays away when its trial is answered with an error again, longer each time', () => {
    const { clock, pick, set } = rounds(25, [1, 0, 0]);
    const spans: number[] = [];
    for (let i = 0; i < 7; i++) {
      const { ejected_ms } = set.health()[0] ?? assert.fail();
      spans.push(Math.ceil(ejected_ms / 1_000) * 1_000);
      clock.now_ms += ejected_ms;
      const trial = pick();
      assert.equal(trial.address, '192.0.2.1');
      set.succeeded(trial, true);
    }
    assert.deepEqual(spans, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000]);
  });

  it('and comes and goes stays away longer each time, until it has stayed for as long as it was away', () => {
    const { clock, set, pick } = fixture(2);
    const failing = set.entries[0] as AddressEntry;
    const outage = (): number => {
      for (let i = 0; i < 3; i++) {
        failing.in_flight++;
        set.failed(failing, 'broken');
      }
      const { ejected_ms } = set.health()[0] ?? assert.fail();
      clock.now_ms += ejected_ms;
      set.succeeded(pick(), false);
      return ejected_ms;
    };
    assert.deepEqual([outage(), outage(), outage()], [1_000, 2_000, 4_000]);
    clock.now_ms += 4_000;
    failing.in_flight++;
    set.succeeded(failing, false);
    assert.equal(outage(), 1_000);
  });
});

describe('the trial of an address', () => {
  it('is left to requests that can be repeated, for as long again as it was out', () => {
    const { clock, set, eject } = fixture(2);
    eject('192.0.2.1');
    clock.now_ms += 1_500;
    assert.equal(set.pick([], true)?.address, '192.0.2.2');
    clock.now_ms += 600;
    assert.equal(set.pick([], true)?.address, '192.0.2.1', 'nobody else came');
  });
});

describe('checks', () => {
  it('set an address aside after some in a row, and bring it back after some in a row', () => {
    const { changes, set, stateOf, pick } = fixture(2);
    const entry = set.entries[0] as AddressEntry;
    const check = (...reasons: (string | null)[]) => {
      for (const reason of reasons) set.checked(entry, reason);
    };
    check('status 503', 'status 503', null, 'status 503', 'status 503');
    assert.equal(stateOf('192.0.2.1'), 'serving');
    check('status 503');
    assert.equal(stateOf('192.0.2.1'), 'failing');
    for (let i = 0; i < 4; i++) assert.equal(pick().address, '192.0.2.2');
    check(null, 'status 503', null);
    assert.equal(stateOf('192.0.2.1'), 'failing');
    check(null);
    assert.equal(stateOf('192.0.2.1'), 'serving');
    assert.deepEqual(
      changes.map(({ change }) => change),
      ['ejected', 'returned'],
    );
  });

  it('that fail keep an address out though exchanges with it work, and where all fail all are used', () => {
    const { set, stateOf, pick, changes } = fixture(2);
    for (const entry of set.entries) for (let i = 0; i < 3; i++) set.checked(entry, 'status 503');
    assert.equal(changes.at(-1)?.change, 'all-out');
    const used = new Set(
      Array.from({ length: 4 }, () => {
        const entry = pick();
        set.succeeded(entry, false);
        return entry.address;
      }),
    );
    assert.equal(used.size, 2);
    assert.equal(stateOf('192.0.2.1'), 'failing');
  });
});
