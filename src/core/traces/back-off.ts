const FIRST_MS = 1_000;
const MOST_MS = 30_000;
/** A collector that asks for more silence than this is asked again all the same. */
const MOST_ASKED_MS = 300_000;
/** Doublings beyond this change nothing. */
const MOST_DOUBLINGS = 10;

/** How long to leave a collector alone: longer after each failure in a row, and at least as long as it asks for. */
export class BackOff {
  readonly #random: () => number;
  #failures = 0;

  /** @param random uniform in [0, 1) */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** In a row. */
  get failures(): number {
    return this.#failures;
  }

  worked(): void {
    this.#failures = 0;
  }

  /** @returns milliseconds, between half and all of what is due, so that workers do not come back together */
  failed(asked_ms: number): number {
    const due_ms = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(this.#failures, MOST_DOUBLINGS));
    this.#failures++;
    return Math.max(due_ms * (0.5 + this.#random() / 2), Math.min(asked_ms, MOST_ASKED_MS));
  }
}
