import type { Slot } from './scope.ts';

/** What a schema leads to. */
export interface Reached {
  /** A schema applies to the same location as itself again, which would never end. */
  readonly circle: boolean;
  /** Some schema on the way is fragile. */
  readonly fragile: boolean;
}

/**
 * Follows the slots that compiled schemas lead to. Schemas of one document share most of what they lead to, so
 * what is known of a slot is kept: over all schemas, every slot and edge is visited once.
 */
export class Reach {
  /** Whether a slot is fragile or leads to one that is. Holds with every slot all those it leads to. */
  readonly #known = new Map<Slot, boolean>();

  /** @param root compiled, and all that it leads to; slots followed once must not change afterwards */
  follow(root: Slot): Reached {
    // Nothing known leads back to what is new: a circle, and what is new and fragile, lies among the new alone.
    const fresh = this.#freshFrom(root);
    this.#settle(fresh);
    return { circle: hasCircle(fresh), fragile: this.#known.get(root) === true };
  }

  #freshFrom(root: Slot): ReadonlySet<Slot> {
    const fresh = new Set<Slot>();
    if (!this.#known.has(root)) fresh.add(root);
    for (const slot of fresh) {
      for (const edge of slot.edges) if (!this.#known.has(edge.slot)) fresh.add(edge.slot);
    }
    return fresh;
  }

  /** Fragility, carried backwards along the edges. */
  #settle(fresh: ReadonlySet<Slot>): void {
    const sources = new Map<Slot, Slot[]>();
    const fragile: Slot[] = [];
    for (const slot of fresh) {
      if (slot.fragile || slot.edges.some((edge) => this.#known.get(edge.slot) === true)) fragile.push(slot);
      for (const edge of slot.edges) {
        const before = sources.get(edge.slot);
        if (before) before.push(slot);
        else sources.set(edge.slot, [slot]);
      }
    }
    for (const slot of fresh) this.#known.set(slot, false);
    for (let slot = fragile.pop(); slot; slot = fragile.pop()) {
      if (this.#known.get(slot) === true) continue;
      this.#known.set(slot, true);
      fragile.push(...(sources.get(slot) ?? []));
    }
  }
}

/** Takes away slots that nothing in place leads to, over and over; what cannot be taken away goes in a circle. */
function hasCircle(slots: ReadonlySet<Slot>): boolean {
  const arriving = new Map([...slots].map((slot) => [slot, 0]));
  const inPlace = (slot: Slot) => slot.edges.filter((edge) => edge.inPlace && slots.has(edge.slot));
  for (const slot of slots) for (const edge of inPlace(slot)) arriving.set(edge.slot, arriving.get(edge.slot)! + 1);
  const free = [...slots].filter((slot) => arriving.get(slot) === 0);
  let taken = 0;
  for (let slot = free.pop(); slot; slot = free.pop()) {
    taken++;
    for (const edge of inPlace(slot)) {
      const left = arriving.get(edge.slot)! - 1;
      arriving.set(edge.slot, left);
      if (left === 0) free.push(edge.slot);
    }
  }
  return taken < slots.size;
}
