/** How long to wait before something that failed is started again. */

const FIRST_MS = 100;
const MOST_MS = 30_000;
/** Who lived this long is not in a crash loop. */
const STEADY_MS = 60_000;

/** Waits double from 100 ms to 30 s, and begin anew after a minute without a failure. */
export class BackOff {
  readonly #now: () => number;
  #failures = 0;
  /** Since when the last one lives; null for one that never started. */
  #started_ms: number | null = null;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** It has started, not only begun to. */
  started(): void {
    this.#started_ms = this.#now();
  }

  /** @returns milliseconds to wait */
  failed(): number {
    if (this.#started_ms !== null && this.#now() - this.#started_ms >= STEADY_MS) this.#failures = 0;
    this.#started_ms = null;
    return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(20, this.#failures++));
  }
}
