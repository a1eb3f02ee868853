import { type AddressEntry, isOut, weightNow } from './address-entry.ts';

/** Some of the addresses, among which exchanges are spread. */
interface Pool {
  /** The turn of the address that was given last. */
  time: number;
  /** Best candidate of the pick under way. */
  best: AddressEntry | null;
  best_score: number;
  best_weight: number;
  /** Weight of the addresses in use, and of all. */
  in_use: number;
  total: number;
}

export interface BalanceOptions {
  /** Where the gate stands; null where nobody said. */
  readonly locality: string | null;
  readonly slow_start_ms: number;
}

/**
 * How much of its load a pool may take beyond its share before the rest goes elsewhere: with 72 % of the addresses of
 * the gate's own locality in use, all exchanges still stay there.
 */
const OVERPROVISIONING = 1.4;

/**
 * Spreads exchanges over addresses by weight and by what is under way: an address is due when its turn in virtual time
 * has come, and each exchange under way puts it one turn back. With nothing under way that is a round robin by weight;
 * under load the address that answers faster gets more.
 *
 * Addresses of the gate's own locality come first. What they cannot carry, because some of them are out of use, goes to
 * the others in proportion.
 */
export class Balance {
  private readonly locality: string | null;
  private readonly slow_start_ms: number;
  private readonly near = newPool();
  private readonly far = newPool();
  /** Share of exchanges owed to the near addresses; a whole one is paid with a pick. */
  private owed = 0;

  constructor({ locality, slow_start_ms }: BalanceOptions) {
    this.locality = locality;
    this.slow_start_ms = slow_start_ms;
  }

  /** An address that joins, or comes back, is due now: not at once for all it missed. */
  admit(entry: AddressEntry): void {
    entry.turn = this.poolOf(entry).time;
  }

  /**
   * The best address in use that is not in `except`; null where none is left.
   *
   * @param all_out no address is in use: each is taken for one that is, whatever its locality
   */
  pick(
    entries: readonly AddressEntry[],
    except: readonly AddressEntry[],
    all_out: boolean,
    now_ms: number,
  ): AddressEntry | null {
    reset(this.near);
    reset(this.far);
    for (const entry of entries) {
      const pool = all_out ? this.far : this.poolOf(entry);
      pool.total += entry.endpoint.weight;
      if (!all_out && isOut(entry)) continue;
      const weight = weightNow(entry, now_ms, this.slow_start_ms);
      pool.in_use += weight;
      if (!except.includes(entry)) consider(pool, entry, weight);
    }
    return this.take(this.choosePool());
  }

  private take(pool: Pool): AddressEntry | null {
    const { best, best_weight } = pool;
    if (best === null) return null;
    const due = dueAt(best, pool, best_weight);
    pool.time = Math.max(pool.time, due);
    best.turn = due + 1 / best_weight;
    return best;
  }

  private choosePool(): Pool {
    const { near, far } = this;
    if (near.best === null) return far;
    if (far.best === null) return near;
    const near_part = Math.min(1, OVERPROVISIONING * (near.in_use / near.total));
    const far_part = Math.min(1 - near_part, OVERPROVISIONING * (far.in_use / far.total));
    this.owed += near_part / (near_part + far_part);
    // The sum of many shares is not exact.
    if (this.owed < 1 - 1e-9) return far;
    this.owed -= 1;
    return near;
  }

  private poolOf(entry: AddressEntry): Pool {
    return this.locality !== null && entry.endpoint.locality === this.locality ? this.near : this.far;
  }
}

function newPool(): Pool {
  return { time: 0, best: null, best_score: 0, best_weight: 1, in_use: 0, total: 0 };
}

function reset(pool: Pool): void {
  pool.best = null;
  pool.best_score = Number.POSITIVE_INFINITY;
  pool.in_use = 0;
  pool.total = 0;
}

function consider(pool: Pool, entry: AddressEntry, weight: number): void {
  const score = dueAt(entry, pool, weight) + entry.in_flight / weight;
  if (score >= pool.best_score) return;
  pool.best = entry;
  pool.best_score = score;
  pool.best_weight = weight;
}

/**
 * At most one turn from now, either way: who was passed over for being busy is owed one turn and no more, and whose
 * weight has grown since does not wait as if it had not.
 */
function dueAt({ turn }: AddressEntry, { time }: Pool, weight: number): number {
  return Math.min(Math.max(turn, time - 1 / weight), time + 1 / weight);
}
