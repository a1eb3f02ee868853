const SLOTS = 10;

/**
 * Counts of several kinds over the last so many milliseconds. The window moves in tenths, so that it holds between
 * nine and ten of them; an addition costs no more when there are many.
 */
export class RecentCounts {
  private readonly slot_ms: number;
  private readonly kinds: number;
  private readonly slots: Uint32Array;
  private readonly sums: Uint32Array;
  /** Number of the slot that is being filled. */
  private current = Number.NEGATIVE_INFINITY;

  /** @param kinds how many things are counted; each is named by its index */
  constructor(window_ms: number, kinds: number) {
    this.slot_ms = window_ms / SLOTS;
    this.kinds = kinds;
    this.slots = new Uint32Array(SLOTS * kinds);
    this.sums = new Uint32Array(kinds);
  }

  add(kind: number, now_ms: number): void {
    this.move(now_ms);
    const at = this.place(this.current) + kind;
    this.slots[at] = (this.slots[at] as number) + 1;
    this.sums[kind] = (this.sums[kind] as number) + 1;
  }

  sum(kind: number, now_ms: number): number {
    this.move(now_ms);
    return this.sums[kind] as number;
  }

  clear(): void {
    this.slots.fill(0);
    this.sums.fill(0);
  }

  private move(now_ms: number): void {
    const slot = Math.floor(now_ms / this.slot_ms);
    // A clock that stands still, or a caller with an older reading.
    if (slot <= this.current) return;
    if (slot - this.current >= SLOTS) this.clear();
    else for (let past = this.current + 1; past <= slot; past++) this.drop(past);
    this.current = slot;
  }

  private drop(slot: number): void {
    const from = this.place(slot);
    for (let kind = 0; kind < this.kinds; kind++) {
      this.sums[kind] = (this.sums[kind] as number) - (this.slots[from + kind] as number);
      this.slots[from + kind] = 0;
    }
  }

  private place(slot: number): number {
    return (((slot % SLOTS) + SLOTS) % SLOTS) * this.kinds;
  }
}
