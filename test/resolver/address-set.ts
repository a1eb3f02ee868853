/** An address set with a clock of its own, for tests. */
import assert from 'node:assert/strict';
import {
  type Address,
  type AddressChange,
  type AddressEntry,
  createAddressSet,
  type EjectionOptions,
  type Endpoint,
} from '../../src/core/resolver/index.ts';

export const address = (last: number): Address => ({ address: `192.0.2.${last}`, family: 4 });

export const EJECTION: EjectionOptions = {
  failures: 3,
  for_ms: 1_000,
  max_ms: 32_000,
  slow_start_ms: 0,
  max_share: 0.5,
  outliers: null,
};
export const ENDPOINT: Endpoint = { host: 'orders.test', port: 443, weight: 1, locality: null };

export function fixture(count: number, options: Partial<EjectionOptions> = {}, locality: string | null = null) {
  const clock = { now_ms: 1_000 };
  const changes: AddressChange[] = [];
  const set = createAddressSet({
    ejection: { ...EJECTION, ...options },
    checks: { healthy: 2, unhealthy: 3 },
    locality,
    now: () => clock.now_ms,
    random: () => 0.5,
    onChange: (change) => changes.push(change),
  });
  set.merge(
    ENDPOINT,
    Array.from({ length: count }, (_, i) => address(i + 1)),
  );
  const pick = (except: AddressEntry[] = []) => {
    const entry = set.pick(except, false);
    assert.ok(entry);
    return entry;
  };
  /** Fails every exchange given to the address until it is out. */
  const eject = (name: string) => {
    for (let i = 0; i < 200 && stateOf(name) !== 'ejected'; i++) {
      const entry = pick();
      if (entry.address === name) set.failed(entry, 'broken');
      else set.succeeded(entry, false);
    }
    assert.equal(stateOf(name), 'ejected');
  };
  const stateOf = (name: string) => set.health().find((one) => one.address === name)?.state;
  return { clock, changes, set, pick, eject, stateOf };
}
