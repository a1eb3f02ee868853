/** What workers and their supervisor tell each other about budgets: plain values that JSON can carry. */

import type { Count } from '../place-memory.ts';
import type { Take } from '../rate-memory.ts';

export interface RateNews {
  /** Name of the limiter. */
  readonly name: string;
  /** Milliseconds in which one unit flows back. */
  readonly interval_ms: number;
  readonly takes: readonly Take[];
}

export interface PlaceNews {
  /** Name of the limiter. */
  readonly name: string;
  /** Whatever was told of it before no longer holds. */
  readonly anew: boolean;
  readonly counts: readonly Count[];
}

interface News {
  /** 1 and up, without a gap. */
  readonly number: number;
  /** A message of the other side was lost: it is asked to tell all places anew. Asked until it does. */
  readonly lost: boolean;
  /** Places are told anew, as was asked. */
  readonly retold: boolean;
  /** Takes since the last message. */
  readonly rates: readonly RateNews[];
  /** Places held now, where that changed since the last message. */
  readonly places: readonly PlaceNews[];
}

/** What a worker took and holds itself. */
export interface ShareReport extends News {}

/** What all other workers together took and hold. */
export interface ShareUpdate extends News {}

/** Keys of rates, and likewise of places, in one message: some 300 kB of each. */
export const MAX_KEYS = 10_000;

/** Nobody is silent for longer. */
const SILENCE_MS = 1_000;

/** What one side knows of the conversation: which messages are new, what was lost, and what it owes. */
export class Conversation {
  #heard = 0;
  #said = 0;
  #said_ms = 0;
  #lost = false;
  #retells = false;

  /** @returns false for a message heard before */
  hear({ number, retold }: Pick<News, 'number' | 'retold'>): boolean {
    if (!(number > this.#heard)) return false;
    // What is told anew makes up for all that was lost before.
    this.#lost = !retold && (this.#lost || number !== this.#heard + 1);
    this.#heard = number;
    return true;
  }

  /** The next message tells places anew. */
  retell(): void {
    this.#retells = true;
  }

  /**
   * The next message; null where there is nothing to say, except that something is said every second: else the loss of a
   * last message would never be seen.
   */
  say(rates: readonly RateNews[], places: readonly PlaceNews[], now_ms: number): News | null {
    const nothing = rates.length === 0 && places.length === 0 && !this.#lost && !this.#retells;
    if (nothing && now_ms - this.#said_ms < SILENCE_MS) return null;
    const news = { number: ++this.#said, lost: this.#lost, retold: this.#retells, rates, places };
    this.#said_ms = now_ms;
    this.#retells = false;
    return news;
  }
}

/**
 * Deals the keys of a message out, the limiters with the fewest first: a flood of keys at one must not hold up the
 * others.
 *
 * @param waiting how many keys wait at a limiter
 * @param tell called for each limiter with any, with how many of them it may tell
 */
export function dealOut<T>(
  limiters: Iterable<T>,
  waiting: (limiter: T) => number,
  tell: (limiter: T, keys: number) => void,
): void {
  const busy: { limiter: T; keys: number }[] = [];
  for (const limiter of limiters) {
    const keys = waiting(limiter);
    if (keys > 0) busy.push({ limiter, keys });
  }
  let left = MAX_KEYS;
  for (const { limiter, keys } of busy.sort((one, other) => one.keys - other.keys)) {
    if (left === 0) return;
    tell(limiter, left);
    left = Math.max(0, left - keys);
  }
}
