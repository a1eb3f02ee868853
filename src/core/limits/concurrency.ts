/** How many exchanges of one key may be under way at once. */

import { countedKey } from './key.ts';
import { PlaceMemory } from './place-memory.ts';

/** Gives the place back; calling it again does nothing. */
export type Release = () => void;

export class ConcurrencyLimiter {
  readonly max: number;
  readonly #memory: PlaceMemory;

  /**
   * @param max places per key, at least 1.
   * @param memory where places are counted; a limiter of another maximum may count there too
   */
  constructor(max: number, memory: PlaceMemory = new PlaceMemory()) {
    this.max = max;
    this.#memory = memory;
    memory.max = max;
  }

  /**
   * Takes a place of the key, or answers null when all are taken, here and in other workers as far as they have told.
   * Memory is bounded by what is under way.
   */
  enter(name: string): Release | null {
    const key = countedKey(name);
    const memory = this.#memory;
    const taken = memory.get(key);
    if (taken !== undefined && taken.count + taken.elsewhere >= this.max) return null;
    const places = memory.enter(key);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      memory.leave(places);
    };
  }

  /** Places of the key held in this process. */
  count(key: string): number {
    return this.#memory.get(countedKey(key))?.count ?? 0;
  }

  /** Keys with anything under way. */
  get keys(): number {
    return this.#memory.keys;
  }
}

export interface Place {
  readonly limiter: ConcurrencyLimiter;
  readonly key: string;
}

/** Takes a place at each, or none at all. */
export function enterAll(places: readonly Place[]): Release | null {
  const releases: Release[] = [];
  const releaseAll = () => {
    for (const release of releases) release();
  };
  for (const { limiter, key } of places) {
    const release = limiter.enter(key);
    if (release === null) {
      releaseAll();
      return null;
    }
    releases.push(release);
  }
  return releaseAll;
}
