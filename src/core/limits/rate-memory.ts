/**
 * What is known of takes by key, in units and apart from any rate: how many units a key has spent, and since when they
 * flow back. Limiters of different rates may look at one memory, so that another rate begins where the last one stood.
 */

import { MonotonicTime } from './clock.ts';

/** One key's account. */
export interface Bucket {
  /** Units spent at `at_ms`; what has flowed back since is not yet subtracted. */
  spent: number;
  /** In milliseconds of the memory's time. */
  at_ms: number;
  /** What was taken here and not yet told to others; null when all is told, and always when nobody is told. */
  untold: Untold | null;
}

interface Untold {
  readonly bucket: Bucket;
  readonly key: string | null;
  cost: number;
  last_ms: number;
}

/**
 * Takes of one key, told to others: the key, null for the overflow budget; the units; the milliseconds since the last
 * of them.
 */
export type Take = readonly [key: string | null, cost: number, age_ms: number];

const DEFAULT_MAX_KEYS = 100_000;

/** Keys looked at for each new key once the memory is full. */
const SWEEP_STEPS = 32;

/**
 * Memory is bounded: when it is full, fully replenished keys are forgotten first, as they hold no information; while
 * every key is in use, further keys share **one** overflow budget, so that a stranger with many names gains one budget
 * and known callers lose nothing.
 */
export class RateMemory {
  readonly time = new MonotonicTime();
  readonly overflow: Bucket = { spent: 0, at_ms: 0, untold: null };
  /** Milliseconds in which one unit flows back, for the limiter that asked last. */
  interval_ms = 1;
  /** Of the limiter made last; null where none was. */
  limit: { readonly burst: number; readonly interval_ms: number } | null = null;
  readonly #max_keys: number;
  readonly #buckets = new Map<string, Bucket>();
  #sweep: MapIterator<[string, Bucket]>;
  /** Null while nobody is told. */
  #untold: Untold[] | null = null;

  /** @param max_keys most keys remembered (about 130 bytes each beside the key, 80 more until told) */
  constructor(max_keys = DEFAULT_MAX_KEYS) {
    this.#max_keys = Math.max(1, max_keys);
    this.#sweep = this.#buckets.entries();
  }

  get(key: string): Bucket | undefined {
    return this.#buckets.get(key);
  }

  add(key: string, spent: number, at_ms: number): Bucket {
    const bucket: Bucket = { spent, at_ms, untold: null };
    this.#buckets.set(key, bucket);
    return bucket;
  }

  /** Keys remembered now. */
  get keys(): number {
    return this.#buckets.size;
  }

  get full(): boolean {
    return this.#buckets.size >= this.#max_keys;
  }

  /** Whether this key is remembered, or may be; true of the overflow budget. */
  hasRoomFor(key: string | null, now_ms: number): boolean {
    return key === null || this.#buckets.has(key) || this.hasRoom(this.time.at(now_ms));
  }

  /** Units that a key, null for the overflow budget, has spent and that have not flowed back. */
  level(key: string | null, now_ms: number): number {
    const bucket = key === null ? this.overflow : this.#buckets.get(key);
    return bucket === undefined ? 0 : Math.max(0, this.#levelOf(bucket, this.time.at(now_ms)));
  }

  /** Whether one more key may be remembered, after forgetting a few that are fully replenished. */
  hasRoom(now: number): boolean {
    if (!this.full) return true;
    this.sweep(now);
    return !this.full;
  }

  /**
   * Looks at a few keys, each time at the next ones, and forgets those that are fully replenished.
   *
   * @returns whether it came to the last of them
   */
  sweep(now: number): boolean {
    let is_through = false;
    for (let step = 0; step < SWEEP_STEPS; step++) {
      const entry = this.#sweep.next();
      if (entry.done) {
        this.#sweep = this.#buckets.entries();
        is_through = true;
        continue;
      }
      const [key, bucket] = entry.value;
      if (this.#levelOf(bucket, now) <= 0) this.#buckets.delete(key);
    }
    return is_through;
  }

  /** From now on takes are kept until `untold` reads them. */
  tellOthers(): void {
    this.#untold ??= [];
  }

  /** Notes a take to be told to others. Costs nothing to speak of while nobody is told. */
  note(bucket: Bucket, key: string | null, cost: number, now: number): void {
    if (this.#untold === null) return;
    const { untold } = bucket;
    if (untold !== null) {
      untold.cost += cost;
      untold.last_ms = now;
    } else if (this.#untold.length < this.#max_keys) {
      bucket.untold = { bucket, key, cost, last_ms: now };
      this.#untold.push(bucket.untold);
    }
  }

  /** Takes back what `note` was told in the same turn. */
  unnote({ untold }: Bucket, cost: number): void {
    if (untold !== null) untold.cost = Math.max(0, untold.cost - cost);
  }

  /** Keys with takes that were not told yet. */
  get untold_keys(): number {
    return this.#untold?.length ?? 0;
  }

  /** What was taken here since it was last asked, of at most so many keys, the oldest first; the others come next. */
  untold(max_keys: number, now_ms: number): Take[] {
    const now = this.time.at(now_ms);
    const takes: Take[] = [];
    for (const { bucket, key, cost, last_ms } of this.#untold?.splice(0, max_keys) ?? []) {
      bucket.untold = null;
      if (cost > 0) takes.push([key, cost, tenths(now - last_ms)]);
    }
    return takes;
  }

  /**
   * Charges what others took. All of it counts as taken when its last part was, and after what was taken here: a key
   * has spent at least what it would have by one account of the same takes, and at most what flows back in the time
   * the news took more. It may have spent more than its burst, and less than nothing where all has
   * flowed back: takes that are heard next may be from before that. A key that finds no room is left to the others.
   */
  charge([key, cost, age_ms]: Take, now_ms: number): void {
    const now = this.time.at(now_ms);
    const bucket = key === null ? this.overflow : this.#buckets.get(key);
    const alone = cost - age_ms / this.interval_ms;
    const level = bucket ? Math.max(this.#levelOf(bucket, now) + cost, alone) : alone;
    if (bucket) {
      bucket.spent = level;
      bucket.at_ms = now;
    } else if (key !== null && this.hasRoom(now)) this.add(key, level, now);
  }

  /** Every key that has spent something, as takes of this moment. */
  *spent(now_ms: number): Generator<Take> {
    const now = this.time.at(now_ms);
    for (const [key, bucket] of this.#buckets) {
      const level = this.#levelOf(bucket, now);
      if (level > 0) yield [key, level, 0];
    }
    const level = this.#levelOf(this.overflow, now);
    if (level > 0) yield [null, level, 0];
  }

  /** Below 0 when it has been whole for a while. */
  #levelOf({ spent, at_ms }: Bucket, now: number): number {
    return spent - (now - at_ms) / this.interval_ms;
  }
}

/** Short in JSON. */
function tenths(age_ms: number): number {
  return Math.round(age_ms * 10) / 10;
}
