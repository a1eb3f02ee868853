/**
 * Rate limits by the generic cell rate algorithm (GCRA; ITU-T I.371, annex A): one number per key, the theoretical
 * arrival time (TAT), says all there is to know.
 */

import { MonotonicTime } from './clock.ts';

export interface Rate {
  /** Units that flow back in one window; at least 1. */
  readonly quota: number;
  readonly window_ms: number;
  /** Units that may be taken at once after rest; the quota by default. */
  readonly burst?: number | undefined;
}

export interface RateAnswer {
  readonly ok: boolean;
  /** Whole units that could be taken now, after this answer. */
  readonly remaining: number;
  /** Seconds until the key is fully replenished. */
  readonly reset_s: number;
  /** Seconds until the same cost can be taken; 0 when ok. The window when the cost is more than the burst. */
  readonly retry_after_s: number;
}

/** In any stretch of one window, at most quota + burst units of a key are taken. */
export interface RateLimiter {
  readonly quota: number;
  readonly window_ms: number;
  readonly burst: number;
  /** Takes `cost` units, all or none. */
  take(key: string, cost: number, now_ms: number): RateAnswer;
  /** What take would answer, without taking. */
  peek(key: string, cost: number, now_ms: number): RateAnswer;
  /** Gives back what a take in the same turn took. */
  refund(key: string, cost: number, now_ms: number): void;
}

export interface MemoryRateOptions extends Rate {
  /** Most keys remembered; default 100,000 (about 100 bytes each beside the key). */
  readonly max_keys?: number | undefined;
}

const DEFAULT_MAX_KEYS = 100_000;

/** Keys looked at for each new key once the memory is full. */
const SWEEP_STEPS = 32;

/** Rounding in units, far below one and not adding up: it lets an exact multiple of the interval pass. */
const SLACK = 1e-6;

/**
 * Limits in this process. Memory is bounded: when it is full, fully replenished keys are forgotten first, as they
 * hold no information; while every key is in use, further keys share **one** overflow budget, so that a stranger with
 * many names gains one budget and known callers lose nothing.
 */
export class MemoryRateLimiter implements RateLimiter {
  readonly quota: number;
  readonly window_ms: number;
  readonly burst: number;
  /** Milliseconds in which one unit flows back. */
  readonly #interval_ms: number;
  readonly #max_keys: number;
  readonly #time = new MonotonicTime();
  /** TAT by key, in milliseconds of our time. */
  readonly #arrivals = new Map<string, number>();
  #sweep: MapIterator<[string, number]>;
  #overflow_arrival_ms = 0;

  /** @throws RangeError unless quota, window and burst are finite, quota and burst at least 1 and the window above 0. */
  constructor({ quota, window_ms, burst = quota, max_keys = DEFAULT_MAX_KEYS }: MemoryRateOptions) {
    if (!(quota >= 1 && burst >= 1 && window_ms > 0 && Number.isFinite(quota * window_ms * burst))) {
      throw new RangeError('a rate needs a quota and burst of at least 1 and a window above 0');
    }
    this.quota = quota;
    this.window_ms = window_ms;
    this.burst = burst;
    this.#interval_ms = window_ms / quota;
    this.#max_keys = Math.max(1, max_keys);
    this.#sweep = this.#arrivals.entries();
  }

  take(key: string, cost: number, now_ms: number): RateAnswer {
    const now = this.#time.at(now_ms);
    const known = this.#arrivals.get(key);
    const shares_overflow = known === undefined && !this.#hasRoom(now);
    const arrival = Math.max(now, shares_overflow ? this.#overflow_arrival_ms : (known ?? now));
    const next = arrival + cost * this.#interval_ms;
    if (!this.#conforms(next, now)) return this.#refuse(arrival, next, cost, now);
    if (shares_overflow) this.#overflow_arrival_ms = next;
    else this.#arrivals.set(key, next);
    return this.#answer(true, next, 0, now);
  }

  peek(key: string, cost: number, now_ms: number): RateAnswer {
    const now = this.#time.at(now_ms);
    const full = this.#arrivals.size >= this.#max_keys;
    const arrival = Math.max(now, this.#arrivals.get(key) ?? (full ? this.#overflow_arrival_ms : now));
    const next = arrival + cost * this.#interval_ms;
    return this.#conforms(next, now) ? this.#answer(true, arrival, 0, now) : this.#refuse(arrival, next, cost, now);
  }

  refund(key: string, cost: number, now_ms: number): void {
    const now = this.#time.at(now_ms);
    const back = (arrival: number) => Math.max(now, arrival - cost * this.#interval_ms);
    const known = this.#arrivals.get(key);
    if (known !== undefined) this.#arrivals.set(key, back(known));
    else this.#overflow_arrival_ms = back(this.#overflow_arrival_ms);
  }

  /** Keys remembered now. */
  get keys(): number {
    return this.#arrivals.size;
  }

  #conforms(next: number, now: number): boolean {
    return next - now <= (this.burst + SLACK) * this.#interval_ms;
  }

  #refuse(arrival: number, next: number, cost: number, now: number): RateAnswer {
    const wait_ms = cost > this.burst ? this.window_ms : next - now - this.burst * this.#interval_ms;
    return this.#answer(false, arrival, wait_ms / 1000, now);
  }

  #answer(ok: boolean, arrival: number, retry_after_s: number, now: number): RateAnswer {
    const owed_ms = Math.max(0, arrival - now);
    const remaining = Math.max(0, Math.floor(this.burst - owed_ms / this.#interval_ms + SLACK));
    return { ok, remaining, reset_s: owed_ms / 1000, retry_after_s };
  }

  /** Whether one more key may be remembered, after forgetting a few that are fully replenished. */
  #hasRoom(now: number): boolean {
    if (this.#arrivals.size < this.#max_keys) return true;
    for (let step = 0; step < SWEEP_STEPS; step++) {
      const entry = this.#sweep.next();
      if (entry.done) {
        this.#sweep = this.#arrivals.entries();
        continue;
      }
      const [key, arrival] = entry.value;
      if (arrival <= now) this.#arrivals.delete(key);
    }
    return this.#arrivals.size < this.#max_keys;
  }
}
