import { RateMemory, type Take } from '../rate-memory.ts';

/**
 * What was taken, by limiter and key, with one bound on the keys of all limiters together. When it is reached, keys that
 * are fully replenished are forgotten first, of whichever limiter they are.
 */
export class Accounts {
  readonly #by_name = new Map<string, RateMemory>();
  readonly #max_keys: number;
  readonly #max_keys_of_one: number | undefined;
  #keys = 0;
  #turns: MapIterator<RateMemory>;
  /** Whose keys are looked at next. */
  #swept: RateMemory | undefined;

  /**
   * @param max_keys of all limiters, some 130 bytes each beside the key
   * @param max_keys_of_one of each limiter; default 100,000
   */
  constructor(max_keys: number, max_keys_of_one?: number | undefined) {
    this.#max_keys = max_keys;
    this.#max_keys_of_one = max_keys_of_one;
    this.#turns = this.#by_name.values();
  }

  get all(): ReadonlyMap<string, RateMemory> {
    return this.#by_name;
  }

  /** The account of a limiter, made where there is none; it is to be charged by `charge` alone. */
  of(name: string): RateMemory {
    let account = this.#by_name.get(name);
    if (account === undefined) {
      account = new RateMemory(this.#max_keys_of_one);
      this.#by_name.set(name, account);
    }
    return account;
  }

  /** Whether this key is remembered, or one more of all limiters may be; true of the overflow budget. */
  hasRoomFor(account: RateMemory, key: string | null, now_ms: number): boolean {
    if (key === null || account.get(key) !== undefined) return true;
    if (this.#keys >= this.#max_keys) this.#sweep(now_ms);
    return this.#keys < this.#max_keys;
  }

  /** @returns whether there was room for its key */
  charge(account: RateMemory, take: Take, now_ms: number): boolean {
    const has_room = this.hasRoomFor(account, take[0], now_ms);
    if (has_room) this.#counting(account, () => account.charge(take, now_ms));
    return has_room;
  }

  #sweep(now_ms: number): void {
    const swept = this.#swept ?? this.#next();
    const is_through = this.#counting(swept, () => swept.sweep(swept.time.at(now_ms)));
    this.#swept = is_through ? this.#next() : swept;
  }

  /** There is one: only an account that was made can be full. */
  #next(): RateMemory {
    const turn = this.#turns.next();
    if (!turn.done) return turn.value;
    this.#turns = this.#by_name.values();
    return this.#turns.next().value!;
  }

  #counting<T>(account: RateMemory, work: () => T): T {
    const before = account.keys;
    const result = work();
    this.#keys += account.keys - before;
    return result;
  }
}
