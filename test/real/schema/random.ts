/** Choices that repeat: the same seed makes the same instance. */

export interface Random {
  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number;
  /** @throws Error for an empty list */
  pick<Item>(items: readonly Item[]): Item;
}

/** Mulberry32: small, and good enough to choose among branches. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    below,
    pick<Item>(items: readonly Item[]): Item {
      const item = items[below(items.length)];
      if (items.length === 0) throw new Error('nothing to pick from');
      return item as Item;
    },
  };
}
