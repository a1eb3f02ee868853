/** Notices a process that takes no turn any more: a loop without an end, or one that was stopped. */

/** Asked this often. */
const EVERY_MS = 1_000;
/** Silence after which a process counts as stuck. No bounded work of an exchange comes near. */
export const STUCK_MS = 10_000;

export interface Watched {
  ping(): void;
  /** Called once. */
  onStuck(): void;
}

interface Watch {
  readonly watched: Watched;
  /** Monotonic milliseconds since when an answer is awaited; null where none is. */
  waiting_since_ms: number | null;
}

export class Watchdog {
  readonly #now: () => number;
  readonly #watches = new Map<Watched, Watch>();
  readonly #timer: NodeJS.Timeout;
  #last_ms: number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#last_ms = now();
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  watch(watched: Watched): void {
    this.#watches.set(watched, { watched, waiting_since_ms: null });
  }

  unwatch(watched: Watched): void {
    this.#watches.delete(watched);
  }

  answered(watched: Watched): void {
    const watch = this.#watches.get(watched);
    if (watch) watch.waiting_since_ms = null;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = this.#now();
    // Whoever was kept from looking, by work of its own or a machine that slept, has heard no answer either.
    const was_kept = now - this.#last_ms > 3 * EVERY_MS;
    this.#last_ms = now;
    for (const watch of [...this.#watches.values()]) {
      if (was_kept) watch.waiting_since_ms = null;
      if (watch.waiting_since_ms === null) {
        watch.waiting_since_ms = now;
        watch.watched.ping();
      } else if (now - watch.waiting_since_ms > STUCK_MS) {
        this.unwatch(watch.watched);
        watch.watched.onStuck();
      }
    }
  }
}
