/** A gate of several workers on a simulated clock: what they tell takes its time through JSON, and may come twice. */
import {
  BudgetHub,
  BudgetShare,
  ClaimBounds,
  ConcurrencyLimiter,
  LimitMemory,
  MemoryRateLimiter,
  type Rate,
  readShareReport,
  type ShareReport,
  type ShareUpdate,
} from '../../src/core/limits/index.ts';

/** Workers report, and the supervisor answers, this often. */
export const ROUND_MS = 50;

/** Messages are under way for at most this. */
export const TRANSIT_MS = 20;

/** From a take until every other worker is charged with it: two waits for a round, two ways. */
export const DELAY_MS = 2 * (ROUND_MS + TRANSIT_MS);

export interface SimulatedOptions {
  readonly rate: Rate;
  readonly max_places: number;
  /** Milliseconds the next message is under way, at most TRANSIT_MS. */
  readonly transit_ms: () => number;
  /** How often the next message comes: 0, 1, or more. */
  readonly copies: () => number;
}

export class SimulatedWorker {
  readonly memory = new LimitMemory();
  readonly rate: MemoryRateLimiter;
  readonly places: ConcurrencyLimiter;
  readonly share = new BudgetShare(this.memory);
  readonly id: string;
  /** Each process has a clock of its own. */
  readonly skew_ms: number;
  alive = true;

  constructor(id: string, options: SimulatedOptions, skew_ms: number) {
    this.id = id;
    this.skew_ms = skew_ms;
    this.rate = new MemoryRateLimiter(options.rate, this.memory.rate('machine'));
    this.places = new ConcurrencyLimiter(options.max_places, this.memory.places('machine'));
  }
}

export class SimulatedGate {
  now_ms = 0;
  /** Where the supervisor knows the limiters from; nothing is taken there. */
  readonly limits = new LimitMemory();
  readonly hub: BudgetHub;
  readonly workers: SimulatedWorker[] = [];
  readonly #options: SimulatedOptions;
  readonly #due: { readonly at_ms: number; readonly run: () => void }[] = [];
  /** Messages of one way come in their order. */
  readonly #latest_ms = new Map<string, number>();

  constructor(options: SimulatedOptions, workers: number) {
    this.#options = options;
    new MemoryRateLimiter(options.rate, this.limits.rate('machine'));
    new ConcurrencyLimiter(options.max_places, this.limits.places('machine'));
    this.hub = new BudgetHub(new ClaimBounds(this.limits));
    for (let index = 0; index < workers; index++) this.start();
    this.#every(ROUND_MS, () => {
      for (const worker of this.workers) {
        const update = this.hub.updateFor(worker.id, this.now_ms);
        if (update) this.#send(`to ${worker.id}`, update, (heard) => this.#heard(worker, heard));
      }
    });
  }

  start(): SimulatedWorker {
    const index = this.workers.length;
    const worker = new SimulatedWorker(`worker-${index}`, this.#options, 1000 * index);
    this.workers.push(worker);
    this.hub.joined(worker.id, this.now_ms);
    // The first is no later than a round after the start, as DELAY_MS says of each.
    this.#later((7 * index) % ROUND_MS, () => {
      this.#report(worker);
      this.#every(ROUND_MS, () => this.#report(worker));
    });
    return worker;
  }

  kill(worker: SimulatedWorker): void {
    worker.alive = false;
    this.hub.left(worker.id);
  }

  take(worker: SimulatedWorker, key: string, cost: number) {
    return worker.rate.take(key, cost, this.now_ms + worker.skew_ms);
  }

  /** Time passes; what falls due happens. */
  pass(ms: number): void {
    const until_ms = this.now_ms + ms;
    for (;;) {
      const next = this.#due[0];
      if (next === undefined || next.at_ms > until_ms) break;
      this.#due.shift();
      this.now_ms = next.at_ms;
      next.run();
    }
    this.now_ms = until_ms;
  }

  #report(worker: SimulatedWorker): void {
    if (!worker.alive) return;
    const report = worker.share.report(this.now_ms + worker.skew_ms);
    if (report)
      this.#send(`from ${worker.id}`, report, (heard) =>
        this.hub.take(worker.id, readShareReport(heard)!, this.now_ms),
      );
  }

  #heard(worker: SimulatedWorker, update: ShareUpdate): void {
    if (worker.alive) worker.share.apply(update, this.now_ms + worker.skew_ms);
  }

  #send<T extends ShareReport | ShareUpdate>(way: string, message: T, hear: (message: T) => void): void {
    const text = JSON.stringify(message);
    const at_ms = Math.max(this.#latest_ms.get(way) ?? 0, this.now_ms + this.#options.transit_ms());
    this.#latest_ms.set(way, at_ms);
    for (let copy = this.#options.copies(); copy > 0; copy--) {
      this.#later(at_ms - this.now_ms, () => hear(JSON.parse(text)));
    }
  }

  #every(ms: number, run: () => void): void {
    this.#later(ms, () => {
      run();
      this.#every(ms, run);
    });
  }

  #later(ms: number, run: () => void): void {
    const at_ms = this.now_ms + ms;
    const index = this.#due.findIndex((other) => other.at_ms > at_ms);
    this.#due.splice(index === -1 ? this.#due.length : index, 0, { at_ms, run });
  }
}

/** One account of all takes that passed anywhere, known at once: what a single process would have counted. */
export class Account {
  readonly #interval_ms: number;
  #spent = 0;
  #at_ms = 0;

  constructor({ quota, window_ms }: Rate) {
    this.#interval_ms = window_ms / quota;
  }

  spent(now_ms: number): number {
    return Math.max(0, this.#spent - (now_ms - this.#at_ms) / this.#interval_ms);
  }

  add(cost: number, now_ms: number): void {
    this.#spent = this.spent(now_ms) + cost;
    this.#at_ms = now_ms;
  }
}
