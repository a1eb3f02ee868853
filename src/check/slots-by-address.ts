import { Slots } from './slots.ts';

/** One set of slots for each address that is being asked, so that several targets behind it count together. */
export class SlotsByAddress {
  readonly #count: number;
  readonly #held = new Map<string, { readonly slots: Slots; users: number }>();

  /** @param count connections to an address at a time, at least 1 */
  constructor(count: number) {
    this.#count = count;
  }

  async use<Result>(address: string, work: (slots: Slots) => Promise<Result>): Promise<Result> {
    const held = this.#held.get(address) ?? { slots: new Slots(this.#count), users: 0 };
    this.#held.set(address, held);
    held.users++;
    try {
      return await work(held.slots);
    } finally {
      held.users--;
      if (held.users === 0) this.#held.delete(address);
    }
  }
}
