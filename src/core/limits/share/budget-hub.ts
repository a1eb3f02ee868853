import type { Count } from '../place-memory.ts';
import { Accounts } from './accounts.ts';
import type { ClaimBounds } from './claim-bounds.ts';
import { entry, type Held, HubWorker } from './hub-worker.ts';
import type { ShareReport, ShareUpdate } from './messages.ts';

/** Keys of all limiters together that have spent something; of further ones nothing is told. */
const MAX_SPENT = 500_000;

/** Places that one worker holds, by limiter and key; it has no more exchanges and connections than that. */
const MAX_HELD = 200_000;

/**
 * The supervisor's side of budgets that hold for all workers together: it sums what they tell, and tells each what the
 * others took and hold. It decides nothing. `BudgetShare` says what the two promise.
 */
export class BudgetHub {
  readonly #workers = new Map<string, HubWorker>();
  /** What all workers together have spent, for one that starts late. */
  readonly #ledgers = new Accounts(MAX_SPENT);
  /** What all workers together hold. */
  readonly #totals: Held = new Map();
  readonly #bounds: ClaimBounds;

  /** @param bounds what can be true of a report */
  constructor(bounds: ClaimBounds) {
    this.#bounds = bounds;
  }

  /**
   * A worker starts; its first updates tell what all have spent and hold.
   *
   * @param worker_id never used before: what an earlier process told late must not count for another one
   */
  joined(worker_id: string, now_ms: number): void {
    const worker = new HubWorker();
    for (const [name, ledger] of this.#ledgers.all) worker.wait(name, ledger.spent(now_ms), now_ms);
    for (const name of this.#totals.keys()) worker.changeAll(name, this.#totals);
    this.#workers.set(worker_id, worker);
  }

  /** Hears a worker. A report heard before, or of a worker that is not there, changes nothing. */
  take(worker_id: string, report: ShareReport, now_ms: number): void {
    const worker = this.#workers.get(worker_id);
    if (worker === undefined || !worker.conversation.hear(report)) return;
    this.#takeRates(worker, report, now_ms);
    this.#takePlaces(worker, report);
    if (!report.lost) return;
    for (const name of this.#totals.keys()) worker.changeAll(name, this.#totals);
    worker.conversation.retell();
  }

  /** What a worker does not know yet of the others: at most 10,000 keys each; null as for reports. */
  updateFor(worker_id: string, now_ms: number): ShareUpdate | null {
    const worker = this.#workers.get(worker_id);
    if (worker === undefined) return null;
    return worker.conversation.say(
      worker.tellRates(this.#ledgers.all, now_ms),
      worker.tellPlaces(this.#totals),
      now_ms,
    );
  }

  /** A worker is gone, and what it held is free. What it took stays taken. */
  left(worker_id: string): void {
    const worker = this.#workers.get(worker_id);
    if (worker === undefined) return;
    this.#workers.delete(worker_id);
    for (const [name, held] of worker.held) this.#hold(worker, name, none(held));
  }

  #takeRates(worker: HubWorker, report: ShareReport, now_ms: number): void {
    const others = [...this.#workers.values()].filter((other) => other !== worker);
    for (const claim of report.rates) {
      const news = this.#bounds.believe(claim, worker.claimed, now_ms);
      if (news === null) continue;
      const { name, interval_ms } = news;
      const ledger = this.#ledgers.of(name);
      ledger.interval_ms = interval_ms;
      const takes = news.takes.filter((take) => this.#ledgers.charge(ledger, take, now_ms));
      for (const other of others) other.wait(name, takes, now_ms);
    }
  }

  #takePlaces(worker: HubWorker, report: ShareReport): void {
    for (const claim of report.places) {
      const news = this.#bounds.believePlaces(claim, worker.held);
      if (news === null) continue;
      const { name, anew, counts } = news;
      if (anew) this.#hold(worker, name, none(worker.held.get(name)));
      this.#hold(worker, name, counts);
    }
  }

  #hold(worker: HubWorker, name: string, counts: readonly Count[]): void {
    const held = entry(worker.held, name, () => new Map<string, number>());
    const totals = entry(this.#totals, name, () => new Map<string, number>());
    const taken: Count[] = [];
    for (const told of counts) {
      const [key, count] = told;
      const is_new = !held.has(key) && count > 0;
      if (is_new && worker.places >= MAX_HELD) continue;
      if (is_new) worker.places++;
      else if (held.has(key) && count === 0) worker.places--;
      set(totals, key, (totals.get(key) ?? 0) + count - (held.get(key) ?? 0));
      set(held, key, count);
      taken.push(told);
    }
    for (const other of this.#workers.values()) if (other !== worker) other.change(name, taken, this.#totals);
  }
}

function none(held: ReadonlyMap<string, number> | undefined): Count[] {
  return [...(held?.keys() ?? [])].map((key) => [key, 0]);
}

function set(counts: Map<string, number>, key: string, count: number): void {
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}
