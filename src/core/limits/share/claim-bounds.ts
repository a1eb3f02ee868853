/** What a worker can have taken and can hold by the limits in force: who claims more has failed, or lies. */

import type { LimitMemory } from '../limit-memory.ts';
import type { Count } from '../place-memory.ts';
import type { Take } from '../rate-memory.ts';
import type { Accounts } from './accounts.ts';
import type { Held } from './hub-worker.ts';
import type { PlaceNews, RateNews } from './messages.ts';

/** Messages of an honest worker may come bunched: it, or its supervisor, may have taken no turn for as long as this. */
const LATE_MS = 10_000;

export class ClaimBounds {
  #now: LimitMemory;
  /** Those before: some claims of a time before the switch are still under way, and places outlive it. */
  #before: LimitMemory;

  /** @param limits where every limiter in force was made */
  constructor(limits: LimitMemory) {
    this.#now = limits;
    this.#before = limits;
  }

  /**
   * Others are in force, or about to be.
   *
   * @returns takes that back, where they did not come in force
   */
  use(limits: LimitMemory): () => void {
    const [now, before] = [this.#now, this.#before];
    this.#before = now;
    this.#now = limits;
    return () => {
      this.#now = now;
      this.#before = before;
    };
  }

  /**
   * What can be true of claimed takes: of each key, all the worker's claims together fit into a burst and what flows back.
   * Null for a limiter that there is not.
   *
   * @param claimed what the same worker claimed before; charged with what is believed
   */
  believe({ name, interval_ms, takes }: RateNews, claimed: Accounts, now_ms: number): RateNews | null {
    const limits = [this.#now, this.#before].flatMap((memory) => memory.rates.get(name)?.limit ?? []);
    if (limits.length === 0) return null;
    const intervals_ms = limits.map((limit) => limit.interval_ms);
    const [fastest_ms, slowest_ms] = [Math.min(...intervals_ms), Math.max(...intervals_ms)];
    const most = Math.max(...limits.map(({ burst }) => burst)) + LATE_MS / fastest_ms;
    const account = claimed.of(name);
    account.interval_ms = fastest_ms;
    const believed: Take[] = [];
    for (const [key, cost, age_ms] of takes) {
      const counted = claimed.hasRoomFor(account, key, now_ms) ? key : null;
      const granted = Math.min(cost, most - account.level(counted, now_ms));
      if (!(granted > 0)) continue;
      // As of now: an age is a claim too.
      claimed.charge(account, [counted, granted, 0], now_ms);
      believed.push([key, granted, age_ms]);
    }
    return { name, interval_ms: Math.min(Math.max(interval_ms, fastest_ms), slowest_ms), takes: believed };
  }

  /**
   * What can be true of places held: as many as there are. Of a limiter that there is not, no more than is held: places
   * outlive it, and are given back. Null where none is held either.
   *
   * @param held what the same worker holds
   */
  believePlaces({ name, anew, counts }: PlaceNews, held: Held): PlaceNews | null {
    const max = Math.max(...[this.#now, this.#before].map((memory) => memory.all_places.get(name)?.max ?? 0));
    const own = held.get(name);
    if (max === 0 && own === undefined) return null;
    const most = (key: string): number => (max === 0 ? (own?.get(key) ?? 0) : max);
    return { name, anew, counts: counts.map(([key, count]): Count => [key, Math.min(count, most(key))]) };
  }
}
