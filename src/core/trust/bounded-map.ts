/** A map that holds at most `max_entries`, dropping what was used longest ago. */
export class BoundedMap<K, V> {
  readonly #max_entries: number;
  readonly #entries = new Map<K, V>();

  /** @param max_entries 0 keeps nothing */
  constructor(max_entries: number) {
    this.#max_entries = max_entries;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#max_entries) return;
      this.#entries.delete(oldest);
    }
  }
}
