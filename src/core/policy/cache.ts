/**
 * A bounded map in two generations. New and used entries live in the young one; when it holds half of the bound it
 * becomes the old one and the former old one is dropped. Costs no bookkeeping on a hit, and an entry in use stays.
 */
export class GenerationCache<V> {
  readonly #half: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();
  #hits = 0;
  #misses = 0;

  /** @param max_entries at least 2; the cache never holds more. */
  constructor(max_entries: number) {
    this.#half = Math.max(1, Math.floor(max_entries / 2));
  }

  get(key: string): V | undefined {
    let value = this.#young.get(key);
    if (value === undefined) {
      value = this.#old.get(key);
      if (value !== undefined) this.#keep(key, value);
    }
    if (value === undefined) this.#misses++;
    else this.#hits++;
    return value;
  }

  set(key: string, value: V): void {
    this.#keep(key, value);
  }

  #keep(key: string, value: V): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }

  get statistics(): { readonly hits: number; readonly misses: number; readonly entries: number } {
    return { hits: this.#hits, misses: this.#misses, entries: this.#young.size + this.#old.size };
  }
}
