/** Descriptors that strangers cannot take: who holds all the others by connecting must not keep the gate from its upstreams. */
import { DialError, platformReason } from './dial-error.ts';

export interface SpareDescriptorsOptions {
  /** How many are held back. Default 32. */
  readonly count?: number;
  /** Opens one of no use. @throws where none can be had */
  readonly open: () => number;
  readonly close: (descriptor: number) => void;
}

const COUNT = 32;
/** Beside each connection that ends or comes: whoever else gives a descriptor back does not say so. */
const RETRY_MS = 1_000;

/**
 * Holds none before `hold`, so that a process which dials nothing costs nothing. A descriptor that is free is anybody's at the
 * next turn of the event loop: one is given, and taken back, within a turn.
 */
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
   * @param onShort told `true` when the first is missing, `false` when all are there again
   */
  hold(onShort: (short: boolean) => void): void {
    this.#onShort = onShort;
    this.#fill();
    if (this.#held.length < this.#count) this.#lack();
  }

  /** Whether some are missing: then what a stranger brings is better closed, and taken back with `refill`. */
  get short(): boolean {
    return this.#retry !== null;
  }

  /** Does what opens one descriptor; where there is none, once more with a spare one. */
  async use<Opened>(open: () => Promise<Opened>): Promise<Opened> {
    try {
      return await open();
    } catch (error) {
      if (!isOutOfDescriptors(error) || !this.#give()) throw error;
    }
    try {
      return await open();
    } catch (error) {
      this.refill();
      throw error;
    }
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

  #give(): boolean {
    const descriptor = this.#held.pop();
    if (descriptor === undefined) return false;
    this.#options.close(descriptor);
    this.#lack();
    return true;
  }

  #lack(): void {
    if (this.#retry !== null) return;
    this.#retry = setInterval(() => this.refill(), RETRY_MS).unref();
    this.#onShort?.(true);
  }

  #fill(): void {
    try {
      while (this.#held.length < this.#count) this.#held.push(this.#options.open());
    } catch {
      // There are none to be had; what is held stays held.
    }
  }
}

/** The process, or the whole machine, may open no more. */
function isOutOfDescriptors(error: unknown): boolean {
  const reason = error instanceof DialError ? error.reason : platformReason(error);
  return reason === 'EMFILE' || reason === 'ENFILE';
}
