/**
 * Rate limits by the generic cell rate algorithm (GCRA; ITU-T I.371, annex A), in its form of a leaky bucket: units
 * spent, which flow back steadily.
 */

import { countedKey } from './key.ts';
import { type Bucket, RateMemory } from './rate-memory.ts';

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

/**
 * In any stretch of one window, at most quota + burst units of a key are taken, and what other workers took of it before
 * this one was told.
 */
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
  /** Most keys remembered; default 100,000. Has no effect with a given memory. */
  readonly max_keys?: number | undefined;
}

/** Rounding in units, far below one and not adding up: it lets an exact multiple of the interval pass. */
const SLACK = 1e-6;

/** A limit over the memory of this process: decides at once, by what is known here. */
export class MemoryRateLimiter implements RateLimiter {
  readonly quota: number;
  readonly window_ms: number;
  readonly burst: number;
  /** Milliseconds in which one unit flows back. */
  readonly #interval_ms: number;
  readonly #memory: RateMemory;

  /**
   * @param memory where it finds and leaves what keys have spent, in units; a limiter of another rate may have written it
   * @throws RangeError unless quota, window and burst are finite, quota and burst at least 1 and the window above 0.
   */
  constructor(
    { quota, window_ms, burst = quota, max_keys }: MemoryRateOptions,
    memory: RateMemory = new RateMemory(max_keys),
  ) {
    if (!(quota >= 1 && burst >= 1 && window_ms > 0 && Number.isFinite(quota * window_ms * burst))) {
      throw new RangeError('a rate needs a quota and burst of at least 1 and a window above 0');
    }
    this.quota = quota;
    this.window_ms = window_ms;
    this.burst = burst;
    this.#interval_ms = window_ms / quota;
    this.#memory = memory;
    memory.limit = { burst, interval_ms: this.#interval_ms };
    if (memory.keys === 0) memory.interval_ms = this.#interval_ms;
  }

  take(name: string, cost: number, now_ms: number): RateAnswer {
    const key = countedKey(name);
    const memory = this.#memory;
    const now = memory.time.at(now_ms);
    memory.interval_ms = this.#interval_ms;
    const known = memory.get(key);
    const bucket = known ?? (memory.hasRoom(now) ? null : memory.overflow);
    const spent = this.#spentOf(bucket, now);
    const next = spent + cost;
    if (!this.#conforms(next)) return this.#refuse(spent, next, cost);
    const charged = bucket ?? memory.add(key, next, now);
    charged.spent = next;
    charged.at_ms = now;
    memory.note(charged, charged === memory.overflow ? null : key, cost, now);
    return this.#answer(true, next, 0);
  }

  peek(key: string, cost: number, now_ms: number): RateAnswer {
    const memory = this.#memory;
    const now = memory.time.at(now_ms);
    const spent = this.#spentOf(memory.get(countedKey(key)) ?? (memory.full ? memory.overflow : null), now);
    const next = spent + cost;
    return this.#conforms(next) ? this.#answer(true, spent, 0) : this.#refuse(spent, next, cost);
  }

  refund(key: string, cost: number, now_ms: number): void {
    const memory = this.#memory;
    const now = memory.time.at(now_ms);
    const bucket = memory.get(countedKey(key)) ?? memory.overflow;
    bucket.spent = Math.max(0, this.#spentOf(bucket, now) - cost);
    bucket.at_ms = now;
    memory.unnote(bucket, cost);
  }

  /** Keys remembered now. */
  get keys(): number {
    return this.#memory.keys;
  }

  #spentOf(bucket: Bucket | null, now: number): number {
    return bucket === null ? 0 : Math.max(0, bucket.spent - (now - bucket.at_ms) / this.#interval_ms);
  }

  #conforms(next: number): boolean {
    return next <= this.burst + SLACK;
  }

  #refuse(spent: number, next: number, cost: number): RateAnswer {
    const wait_ms = cost > this.burst ? this.window_ms : (next - this.burst) * this.#interval_ms;
    return this.#answer(false, spent, wait_ms / 1000);
  }

  #answer(ok: boolean, spent: number, retry_after_s: number): RateAnswer {
    const remaining = Math.max(0, Math.floor(this.burst - spent + SLACK));
    return { ok, remaining, reset_s: (spent * this.#interval_ms) / 1000, retry_after_s };
  }
}
