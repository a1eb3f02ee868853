/** How many exchanges of one key may be under way at once. */

/** Gives the place back; calling it again does nothing. */
export type Release = () => void;

export class ConcurrencyLimiter {
  readonly max: number;
  readonly #under_way = new Map<string, number>();

  /** @param max places per key, at least 1. */
  constructor(max: number) {
    this.max = max;
  }

  /** Takes a place of the key, or answers null when all are taken. Memory is bounded by what is under way. */
  enter(key: string): Release | null {
    const taken = this.#under_way.get(key) ?? 0;
    if (taken >= this.max) return null;
    this.#under_way.set(key, taken + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#leave(key);
    };
  }

  count(key: string): number {
    return this.#under_way.get(key) ?? 0;
  }

  /** Keys with anything under way. */
  get keys(): number {
    return this.#under_way.size;
  }

  #leave(key: string): void {
    const taken = this.#under_way.get(key) ?? 0;
    if (taken <= 1) this.#under_way.delete(key);
    else this.#under_way.set(key, taken - 1);
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
