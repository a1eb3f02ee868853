/** What several processes know of the same things, as one: for a gate of several workers. */
import { ADDRESS_STATES, BREAKER_STATES, type GateStatus } from './status.ts';

type Upstreams = GateStatus['upstreams'];
type Zones = GateStatus['zones'];

const worse = (state: (typeof ADDRESS_STATES)[number]): number => ADDRESS_STATES.indexOf(state);

/** An address is as ill as the worst of them finds it; connections and requests add up. */
export function mergeUpstreams(parts: readonly Upstreams[]): Upstreams {
  return joined(
    parts.flat(),
    ({ name }) => name,
    (left, right) => ({
      ...left,
      breaker:
        BREAKER_STATES.indexOf(left.breaker) >= BREAKER_STATES.indexOf(right.breaker) ? left.breaker : right.breaker,
      addresses: joined(
        [...left.addresses, ...right.addresses],
        ({ address }) => address,
        (one, other) => ({
          address: one.address,
          state: worse(one.state) >= worse(other.state) ? one.state : other.state,
          in_flight: one.in_flight + other.in_flight,
          consecutive_failures: Math.max(one.consecutive_failures, other.consecutive_failures),
        }),
      ),
      connections: left.connections + right.connections,
      waiting: left.waiting + right.waiting,
    }),
  );
}

/** Workers share their listeners, so that only connections add up. */
export function mergeZones(parts: readonly Zones[]): Zones {
  return joined(
    parts.flat(),
    ({ zone }) => zone,
    (left, right) => ({
      ...left,
      connections: left.connections + right.connections,
    }),
  );
}

function joined<Item>(
  items: readonly Item[],
  key: (item: Item) => string,
  join: (left: Item, right: Item) => Item,
): Item[] {
  const by_key = new Map<string, Item>();
  for (const item of items) {
    const other = by_key.get(key(item));
    by_key.set(key(item), other === undefined ? item : join(other, item));
  }
  return [...by_key.values()];
}
