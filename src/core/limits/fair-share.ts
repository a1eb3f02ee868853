/** Places that several keys share fairly, without anyone knowing how many keys there will be. */

import type { Release } from './concurrency.ts';

/**
 * A key may hold as many places as are free beside its own: the dynamic threshold of Choudhury and Hahne ("Dynamic Queue
 * Length Thresholds for Shared-Memory Packet Switches", IEEE/ACM Transactions on Networking 6(2), 1998) with a factor of
 * one. So of `max` places, while that stays the same,
 *
 * - one key alone takes at most half (rounded up);
 * - k keys that keep asking come to max / (k + 1) each, and as much stays free;
 * - a key that holds none finds one as long as at most log2(max) others hold any: a seventh of 64.
 *
 * Nothing is taken back: who took half while alone keeps it until it lets go.
 */
export class FairShare {
  readonly #max: () => number;
  readonly #held = new Map<string, number>();
  #all = 0;

  /** @param max places of all keys together, at least 1; where it falls, what is held stays held */
  constructor(max: () => number) {
    this.#max = max;
  }

  /** Takes a place of the key, or answers null when it has its share. Memory is bounded by the places held. */
  enter(key: string): Release | null {
    const held = this.count(key);
    if (held >= this.free) return null;
    this.#held.set(key, held + 1);
    this.#all++;
    let holds = true;
    return () => {
      if (!holds) return;
      holds = false;
      this.#all--;
      const left = this.count(key) - 1;
      if (left === 0) this.#held.delete(key);
      else this.#held.set(key, left);
    };
  }

  count(key: string): number {
    return this.#held.get(key) ?? 0;
  }

  /** Places that nobody holds; below 0 where there were more. */
  get free(): number {
    return this.#max() - this.#all;
  }
}
