/** Carries between the workers what each took of the budgets. */

import { BudgetHub, ClaimBounds, LimitMemory, readShareReport } from '../core/limits/index.ts';
import { SHARE_EVERY_MS } from './messages.ts';
import type { WorkerKeeper } from './worker-keeper.ts';

/** What a round needs of a worker. */
export type Sharing = Pick<WorkerKeeper, 'ready' | 'behind' | 'incarnation' | 'share'>;

export class ShareRounds {
  /** Before a plan is in force there are no limiters, and nothing is believed. */
  readonly #bounds = new ClaimBounds(new LimitMemory());
  readonly #hub = new BudgetHub(this.#bounds);
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  start(workers: readonly Sharing[]): void {
    this.#timer = setInterval(() => {
      for (const worker of workers) {
        // What is not told yet is kept within bounds here, and what waits in a channel is not.
        if (!worker.ready || worker.behind) continue;
        const update = this.#hub.updateFor(worker.incarnation, this.#now());
        if (update !== null) worker.share(update);
      }
    }, SHARE_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /**
   * Another plan is in force.
   *
   * @param limits where every limiter of it was made: no worker can have taken more than they grant
   */
  use(limits: LimitMemory): void {
    this.#bounds.use(limits);
  }

  /**
   * Workers go over to another plan, one earlier than the other, and tell at once what they take by it: it counts from
   * before the first until one is known to be there. Where none has gone over, all is as before.
   *
   * @throws what the switch throws, which none then made
   */
  async over<Result>(limits: LimitMemory, goOver: () => Promise<Result>): Promise<Result> {
    const takeBack = this.#bounds.use(limits);
    try {
      return await goOver();
    } catch (error) {
      takeBack();
      throw error;
    }
  }

  /** A worker's process is there, or is gone and what it held with it. */
  know(incarnation: string, there: boolean): void {
    if (there) this.#hub.joined(incarnation, this.#now());
    else this.#hub.left(incarnation);
  }

  /** What is no report, as from a worker that was taken over, is passed by. */
  hear(incarnation: string, report: unknown): void {
    const read = readShareReport(report);
    if (read !== null) this.#hub.take(incarnation, read, this.#now());
  }
}
