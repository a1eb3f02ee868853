/** How long to wait before something that failed is started again. */

const FIRST_MS = 100;
const MOST_MS = 30_000;
/** Who lived this long is not in a crash loop. */
const STEADY_MS = 60_000;

/** Waits double from 100 ms to 30 s, and begin anew after a minute without a failure. */
export class BackOff {
  readonly #now: () => number;
  #failures = 0;
  #started_ms = 0;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  started(): void {
    this.#started_ms = this.#now();
  }

  /** @returns milliseconds to wait */
  failed(): number {
    if (this.#now() - this.#started_ms >= STEADY_MS) this.#failures = 0;
    return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(20, this.#failures++));
  }
}
