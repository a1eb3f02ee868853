import type { LimitMemory } from '../limit-memory.ts';
import {
  Conversation,
  dealOut,
  type PlaceNews,
  type RateNews,
  type ShareReport,
  type ShareUpdate,
} from './messages.ts';

/**
 * A worker's side of budgets that hold for all workers together. It decides at once by what it knows, tells the
 * supervisor every round (50 ms, say) what it took and holds, and charges itself with what the others did.
 *
 * With N workers, and D milliseconds at most from a take until every other worker is charged with it, of one key
 *
 * - in any stretch of t milliseconds at most `burst + quota * t / window` units are taken, and `(N - 1)` times what one
 *   worker can admit in D, which is at most `burst + quota * D / window`. What was taken too much is owed: it flows back
 *   before anything more is admitted, so that the excess does not grow with t;
 * - a take is refused only where one account of everything admitted, each take counted at most D late, has no room: traffic
 *   that fits into a burst smaller by `quota * D / window` is admitted whole, wherever it comes;
 * - places held are at most `max`, and what the others took in D.
 *
 * While the supervisor is silent a worker goes on by what it knows. Keys are bounded in memory and in messages; in a
 * flood beyond these bounds keys are told later, or not to everyone.
 */
export class BudgetShare {
  readonly #memory: LimitMemory;
  readonly #supervisor = new Conversation();

  /** From here on everything taken is kept until it is told: not to be made where there is only one worker. */
  constructor(memory: LimitMemory) {
    this.#memory = memory;
    memory.tellOthers();
  }

  /**
   * What was taken since the last report, and what is held where that changed: at most 10,000 keys each, the rest in
   * the next report. Null where there is nothing to tell, but never for more than a second.
   *
   * @param now_ms the clock that limits are asked by
   */
  report(now_ms: number): ShareReport | null {
    const rates: RateNews[] = [];
    dealOut(
      this.#memory.rates,
      ([, rate]) => rate.untold_keys,
      ([name, rate], keys) => rates.push({ name, interval_ms: rate.interval_ms, takes: rate.untold(keys, now_ms) }),
    );
    const places: PlaceNews[] = [];
    dealOut(
      this.#memory.all_places,
      ([, held]) => held.changed_keys,
      ([name, held], keys) => places.push({ name, ...held.changes(keys) }),
    );
    return this.#supervisor.say(rates, places, now_ms);
  }

  /** Charges this worker with what others took, and counts what they hold. An update heard before changes nothing. */
  apply(update: ShareUpdate, now_ms: number): void {
    if (!this.#supervisor.hear(update)) return;
    for (const { name, interval_ms, takes } of update.rates) {
      const rate = this.#memory.rate(name);
      if (rate.keys === 0) rate.interval_ms = interval_ms;
      for (const take of takes) rate.charge(take, now_ms);
    }
    for (const { name, anew, counts } of update.places) this.#memory.places(name).hear(counts, anew);
    if (!update.lost) return;
    for (const held of this.#memory.all_places.values()) held.tellAnew();
    this.#supervisor.retell();
  }
}
