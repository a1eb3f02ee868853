import { MAX_PLACE_LENGTH, type StoredApi, type StoredOperation, type StoredUsage } from './stored.ts';

/** An api whose use is counted. */
export interface CountedApi {
  readonly api: string;
  /** Digest of the texts of its contract; under another one counting begins anew. */
  readonly digest: string;
  readonly operations: readonly string[];
}

/** The first exchanges of an operation are all looked into, later ones now and then: looking costs, counting does not. */
const FIRST = 100;
const THEN_ONE_OF = 64;
/** Different places that are kept for one operation, and for all together. */
const MAX_PLACES = 2_000;
const MAX_PLACES_TOGETHER = 50_000;

interface Count {
  exchanges: number;
  looked_into: number;
  /** Exchanges looked into, by status. */
  readonly statuses: Map<string, number>;
  /** In how many of them each place was used. */
  readonly places: Map<string, number>;
  full: boolean;
}

/**
 * Counts what of the contracts in force is used. It keeps names of the contracts and numbers, never a value, and its
 * memory is bounded by both.
 */
export class UsageBook {
  #apis = new Map<string, { readonly digest: string; readonly since: string; readonly ids: readonly string[] }>();
  #counts = new Map<string, Count>();
  #places = 0;
  #changed = false;

  /** Whether something was counted since the last `stored`. */
  get changed(): boolean {
    return this.#changed;
  }

  /**
   * Puts other contracts in force. What was counted under the same contract goes on, from memory or from what was
   * stored; the rest is forgotten.
   *
   * @param at_ms Unix milliseconds, from which a new count is dated
   */
  use(apis: readonly CountedApi[], stored: StoredUsage | null, at_ms: number): void {
    const before = this.#apis.size > 0 ? this.stored() : stored;
    this.#apis = new Map();
    this.#counts = new Map();
    this.#places = 0;
    for (const { api, digest, operations } of apis) {
      const known = before?.apis[api];
      const same = known?.contract === digest ? known : null;
      this.#apis.set(api, { digest, since: same?.since ?? new Date(at_ms).toISOString(), ids: operations });
      for (const id of operations) this.#counts.set(id, this.#countFrom(same?.operations[id]));
    }
    this.#changed = true;
  }

  /** Counts an exchange; true where it is to be looked into with `look`. */
  exchange(operation: string): boolean {
    const count = this.#counts.get(operation);
    // An exchange of a plan that is out of force.
    if (!count) return false;
    count.exchanges++;
    this.#changed = true;
    return count.exchanges <= FIRST || count.exchanges % THEN_ONE_OF === 0;
  }

  /** Notes what one exchange used: places as `query/limit`, `body/lines/*\/sku`, `200/id`. */
  look(operation: string, status: number, places: Iterable<string>): void {
    const count = this.#counts.get(operation);
    if (!count) return;
    count.looked_into++;
    count.statuses.set(String(status), (count.statuses.get(String(status)) ?? 0) + 1);
    for (const place of places) this.#place(count, place);
  }

  #place(count: Count, place: string): void {
    const times = count.places.get(place);
    if (times === undefined) {
      const has_room = count.places.size < MAX_PLACES && this.#places < MAX_PLACES_TOGETHER;
      if (!has_room || place.length > MAX_PLACE_LENGTH) {
        count.full = true;
        return;
      }
      this.#places++;
    }
    count.places.set(place, (times ?? 0) + 1);
  }

  /** Everything counted so far. */
  stored(): StoredUsage {
    this.#changed = false;
    const apis = Array.from(this.#apis, ([api, { digest, since, ids }]): [string, StoredApi] => {
      const counted = ids.flatMap((id): [string, StoredOperation][] => {
        const count = this.#counts.get(id);
        return count && count.exchanges > 0 ? [[id, storedCount(count)]] : [];
      });
      return [api, { contract: digest, since, operations: Object.fromEntries(counted) }];
    });
    return { version: 1, apis: Object.fromEntries(apis) };
  }

  #countFrom(stored: StoredOperation | undefined): Count {
    const places = new Map(Object.entries(stored?.places ?? {}).slice(0, MAX_PLACES));
    this.#places += places.size;
    return {
      exchanges: stored?.exchanges ?? 0,
      looked_into: stored?.looked_into ?? 0,
      statuses: new Map(Object.entries(stored?.statuses ?? {})),
      places,
      full: stored?.full ?? false,
    };
  }
}

function storedCount({ exchanges, looked_into, statuses, places, full }: Count): StoredOperation {
  return {
    exchanges,
    looked_into,
    statuses: Object.fromEntries(statuses),
    places: Object.fromEntries(places),
    ...(full ? { full } : {}),
  };
}
