import { PlaceMemory } from './place-memory.ts';
import { RateMemory } from './rate-memory.ts';

/**
 * What a process remembers of takes and places, by the name of the limiter. It outlives the limiters: one of the same
 * name, made after a reload with another rate or maximum, finds what its keys have spent and hold. Names come from the
 * configuration, never from callers, and are kept for the life of the process.
 */
export class LimitMemory {
  readonly #rates = new Map<string, RateMemory>();
  readonly #places = new Map<string, PlaceMemory>();
  #shared = false;

  /** @param max_keys most keys remembered; counts where the name is new */
  rate(name: string, max_keys?: number | undefined): RateMemory {
    let memory = this.#rates.get(name);
    if (memory === undefined) {
      memory = new RateMemory(max_keys);
      if (this.#shared) memory.tellOthers();
      this.#rates.set(name, memory);
    }
    return memory;
  }

  places(name: string): PlaceMemory {
    let memory = this.#places.get(name);
    if (memory === undefined) {
      memory = new PlaceMemory();
      if (this.#shared) memory.tellOthers();
      this.#places.set(name, memory);
    }
    return memory;
  }

  get rates(): ReadonlyMap<string, RateMemory> {
    return this.#rates;
  }

  get all_places(): ReadonlyMap<string, PlaceMemory> {
    return this.#places;
  }

  /** From now on everything taken is kept until it is told to other workers. */
  tellOthers(): void {
    this.#shared = true;
    for (const memory of this.#rates.values()) memory.tellOthers();
    for (const memory of this.#places.values()) memory.tellOthers();
  }
}
