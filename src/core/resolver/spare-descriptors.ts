/** Descriptors that strangers cannot take: who holds all the others by connecting must not keep the gate from its upstreams. */

export interface SpareDescriptorsOptions {
  /** How many are held back. Default 32. */
  readonly count?: number;
  /** Opens one of no use. @throws where none can be had */
  readonly open: () => number;
  readonly close: (descriptor: number) => void;
}

const COUNT = 32;
/** Beside each connection that ends: whoever else gives a descriptor back does not say so. */
const RETRY_MS = 1_000;

/** Holds none before `hold`, so that a process which dials nothing costs nothing. */
export class SpareDescriptors {
  readonly #options: SpareDescriptorsOptions;
  readonly #count: number;
  readonly #held: number[] = [];
  #onShort: ((short: boolean) => void) | null = null;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: SpareDescriptorsOptions) {
    this.#options = options;
    this.#count = options.count ?? COUNT;
  }

  /**
   * From now on some are held back.
   *
   * @param onShort told `true` when the first had to be given, `false` when all are there again
   */
  hold(onShort: (short: boolean) => void): void {
    this.#onShort = onShort;
    this.#fill();
  }

  /** Frees one for a socket that is opened in this very turn of the event loop, before another can take it; false if none is left. */
  give(): boolean {
    const descriptor = this.#held.pop();
    if (descriptor === undefined) return false;
    this.#options.close(descriptor);
    if (this.#retry === null) {
      this.#retry = setInterval(() => this.refill(), RETRY_MS).unref();
      this.#onShort?.(true);
    }
    return true;
  }

  /** Takes back what was given, as far as there are descriptors now. */
  refill(): void {
    if (this.#retry === null) return;
    this.#fill();
    if (this.#held.length < this.#count) return;
    clearInterval(this.#retry);
    this.#retry = null;
    this.#onShort?.(false);
  }

  #fill(): void {
    try {
      while (this.#held.length < this.#count) this.#held.push(this.#options.open());
    } catch {
      // There are none to be had; what is held stays held.
    }
  }
}
