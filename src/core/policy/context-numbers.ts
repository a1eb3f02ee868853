import type { PreparedContext } from './context.ts';

/**
 * A short name for each context, equal for equal contexts, so that a question has a short key: a context's own is some
 * 300 characters, which would be put together and compared for every decision.
 */
export class ContextNumbers {
  readonly #max: number;
  readonly #by_key = new Map<string, number>();
  /** A connection asks with the same object again and again. */
  #by_object = new WeakMap<PreparedContext, number>();
  #last = 0;

  /** @param max contexts remembered; beyond that all get new numbers */
  constructor(max: number) {
    this.#max = max;
  }

  /** Never given to another context, also not after `clear`. */
  numberOf(context: PreparedContext): number {
    const known = this.#by_object.get(context);
    if (known !== undefined) return known;
    const number = this.#numberOfKey(context.key);
    this.#by_object.set(context, number);
    return number;
  }

  clear(): void {
    this.#by_key.clear();
    this.#by_object = new WeakMap();
  }

  #numberOfKey(key: string): number {
    const known = this.#by_key.get(key);
    if (known !== undefined) return known;
    if (this.#by_key.size >= this.#max) this.clear();
    this.#by_key.set(key, ++this.#last);
    return this.#last;
  }
}
