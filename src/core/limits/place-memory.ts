/** Who holds how many places: here, and in other workers as far as they have told. */

/** One key's places. */
export interface Places {
  readonly key: string;
  /** Held here. */
  count: number;
  /** Held by other workers. */
  elsewhere: number;
  /** Whether `count` changed since it was last told. */
  changed: boolean;
}

/** How many places of a key are held; absolute, so that hearing it twice does no harm. */
export type Count = readonly [key: string, count: number];

/** Most changed keys waiting to be told; beyond, only what is held is told, and all of it anew. */
const MAX_CHANGED = 100_000;

/** Memory is bounded by the places held here and elsewhere, and by what changed since it was last told. */
export class PlaceMemory {
  /** Places of a key, by the limiter made last; 0 where none was. */
  max = 0;
  readonly #places = new Map<string, Places>();
  /** Null while nobody is told. */
  #changed: Places[] | null = null;
  #anew = false;

  get(key: string): Places | undefined {
    return this.#places.get(key);
  }

  /** Keys of which a place is held, here or elsewhere. */
  get keys(): number {
    return this.#places.size;
  }

  enter(key: string): Places {
    const places = this.#ensure(key);
    places.count++;
    this.#note(places);
    return places;
  }

  leave(places: Places): void {
    places.count--;
    this.#note(places);
    this.#forget(places);
  }

  /** From now on changed counts are kept until `changes` reads them. */
  tellOthers(): void {
    if (this.#changed !== null) return;
    this.tellAnew();
    this.#anew = false;
  }

  /** Everything held will be told, beginning with that whatever was told before no longer holds. */
  tellAnew(): void {
    this.#anew = true;
    this.#changed = [];
    for (const places of this.#places.values()) {
      places.changed = places.count > 0;
      if (places.changed) this.#changed.push(places);
      else this.#forget(places);
    }
  }

  /** Keys whose counts were not told yet; one more where they are to be told anew. */
  get changed_keys(): number {
    return (this.#changed?.length ?? 0) + (this.#anew ? 1 : 0);
  }

  /** Counts that changed since it was last asked, of at most so many keys; the others come next. */
  changes(max_keys: number): { readonly anew: boolean; readonly counts: Count[] } {
    const anew = this.#anew;
    this.#anew = false;
    const counts: Count[] = [];
    for (const places of this.#changed?.splice(0, max_keys) ?? []) {
      places.changed = false;
      counts.push([places.key, places.count]);
      this.#forget(places);
    }
    return { anew, counts };
  }

  /**
   * Hears what others hold.
   *
   * @param anew whatever was heard before no longer holds
   */
  hear(counts: readonly Count[], anew: boolean): void {
    if (anew) {
      for (const places of this.#places.values()) {
        places.elsewhere = 0;
        this.#forget(places);
      }
    }
    for (const [key, count] of counts) {
      const places = this.#ensure(key);
      places.elsewhere = count;
      this.#forget(places);
    }
  }

  #ensure(key: string): Places {
    let places = this.#places.get(key);
    if (places === undefined) {
      places = { key, count: 0, elsewhere: 0, changed: false };
      this.#places.set(key, places);
    }
    return places;
  }

  #note(places: Places): void {
    if (this.#changed === null || places.changed) return;
    places.changed = true;
    this.#changed.push(places);
    if (this.#changed.length > MAX_CHANGED) this.tellAnew();
  }

  #forget(places: Places): void {
    if (places.count === 0 && places.elsewhere === 0 && !places.changed) this.#places.delete(places.key);
  }
}
