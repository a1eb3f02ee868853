import type { Count } from '../place-memory.ts';
import type { RateMemory, Take } from '../rate-memory.ts';
import { Accounts } from './accounts.ts';
import { Conversation, dealOut, MAX_KEYS, type PlaceNews, type RateNews } from './messages.ts';

/** Most keys of one limiter that wait for one worker. */
const MAX_WAITING = 10 * MAX_KEYS;

/** Takes of one key that a worker is to be told. */
interface Waiting {
  cost: number;
  /** When the last of them was taken, by the supervisor's clock. */
  last_ms: number;
}

/** Places held, by limiter and key. */
export type Held = Map<string, Map<string, number>>;

/**
 * Keys of all limiters together that one worker is believed to have taken of and that have not flowed back; a worker
 * remembers half as many of one limiter. Further ones share an account for each limiter.
 */
const MAX_CLAIMED = 200_000;

/** What the hub knows of one worker: what it holds, and what it is still to be told. */
export class HubWorker {
  readonly conversation = new Conversation();
  readonly held: Held = new Map();
  /** What it said that it took. */
  readonly claimed = new Accounts(MAX_CLAIMED, MAX_CLAIMED);
  /** Keys in `held`, of all limiters. */
  places = 0;
  readonly #takes = new Map<string, Map<string | null, Waiting>>();
  readonly #changed = new Map<string, Set<string>>();
  readonly #anew = new Set<string>();

  /** Takes of others are to be told. In a flood of keys beyond the bound further ones are left out. */
  wait(name: string, takes: Iterable<Take>, now_ms: number): void {
    const waiting = entry(this.#takes, name, () => new Map<string | null, Waiting>());
    for (const [key, cost, age_ms] of takes) {
      const last_ms = now_ms - age_ms;
      const known = waiting.get(key);
      if (known !== undefined) {
        known.cost += cost;
        known.last_ms = Math.max(known.last_ms, last_ms);
      } else if (waiting.size < MAX_WAITING) waiting.set(key, { cost, last_ms });
    }
  }

  /** What others hold of these keys changed. */
  change(name: string, counts: readonly Count[], totals: Held): void {
    const changed = entry(this.#changed, name, () => new Set<string>());
    for (const [key] of counts) changed.add(key);
    if (changed.size > MAX_WAITING) this.changeAll(name, totals);
  }

  /** What others hold is to be told anew. */
  changeAll(name: string, totals: Held): void {
    this.#anew.add(name);
    this.#changed.set(name, new Set(totals.get(name)?.keys()));
  }

  tellRates(ledgers: ReadonlyMap<string, RateMemory>, now_ms: number): RateNews[] {
    const rates: RateNews[] = [];
    dealOut(
      this.#takes,
      ([, takes]) => takes.size,
      ([name, waiting], keys) => {
        const takes: Take[] = [];
        for (const [key, { cost, last_ms }] of firsts(waiting, keys)) {
          waiting.delete(key);
          takes.push([key, cost, Math.round((now_ms - last_ms) * 10) / 10]);
        }
        if (waiting.size === 0) this.#takes.delete(name);
        rates.push({ name, interval_ms: ledgers.get(name)?.interval_ms ?? 1, takes });
      },
    );
    return rates;
  }

  tellPlaces(totals: Held): PlaceNews[] {
    const places: PlaceNews[] = [];
    dealOut(
      this.#changed,
      ([name, keys]) => keys.size + (this.#anew.has(name) ? 1 : 0),
      ([name, changed], keys) => {
        const counts: Count[] = [];
        const [all, own] = [totals.get(name), this.held.get(name)];
        for (const key of firsts(changed, keys)) {
          changed.delete(key);
          counts.push([key, (all?.get(key) ?? 0) - (own?.get(key) ?? 0)]);
        }
        if (changed.size === 0) this.#changed.delete(name);
        places.push({ name, anew: this.#anew.delete(name), counts });
      },
    );
    return places;
  }
}

function* firsts<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count;
  for (const item of items) {
    if (left-- <= 0) return;
    yield item;
  }
}

export function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
