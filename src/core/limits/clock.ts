/**
 * Time that never runs backwards, made from a clock that may. A limiter on such time neither refills because the
 * clock was set back and forth, nor stands still until a clock that was set back has caught up.
 */

/** Steps back up to this long are waited out; they are jitter, and counting them would let time run too fast. */
const JITTER_MS = 1_000;

export class MonotonicTime {
  #origin_ms: number | null = null;
  #latest_ms = 0;
  #offset_ms = 0;

  /**
   * Milliseconds since the first call, never less than before. A step back of more than a second continues from the
   * latest time at the clock's new pace; a step forward cannot be told from time that passed.
   */
  at(now_ms: number): number {
    this.#origin_ms ??= now_ms;
    // Kept small: at Unix time a double resolves a quarter of a microsecond, too coarse for fast limits.
    let elapsed_ms = now_ms - this.#origin_ms + this.#offset_ms;
    const back_ms = this.#latest_ms - elapsed_ms;
    if (back_ms > JITTER_MS) {
      this.#offset_ms += back_ms;
      elapsed_ms = this.#latest_ms;
    }
    if (elapsed_ms > this.#latest_ms) this.#latest_ms = elapsed_ms;
    return this.#latest_ms;
  }
}
