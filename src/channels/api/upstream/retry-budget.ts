import { RecentCounts } from '../../../core/resolver/recent-counts.ts';

export interface RetryBudgetOptions {
  /** Repetitions allowed for each request of the last ten seconds. 0 to 1. */
  readonly share: number;
  /** Repetitions allowed beside these, for an upstream with few requests. */
  readonly floor_per_s: number;
}

const WINDOW_MS = 10_000;
const REQUESTS = 0;
const REPETITIONS = 1;

/**
 * Bounds how many requests are sent to an upstream once more: an upstream that fails under its load must not get a
 * multiple of it. Only what may have reached the upstream counts; a request that never left is no repetition.
 */
export class RetryBudget {
  private readonly options: RetryBudgetOptions;
  private readonly counts = new RecentCounts(WINDOW_MS, 2);

  constructor(options: RetryBudgetOptions) {
    this.options = options;
  }

  requested(now_ms: number): void {
    this.counts.add(REQUESTS, now_ms);
  }

  /** Repetitions that are allowed now. */
  left(now_ms: number): number {
    const { share, floor_per_s } = this.options;
    const allowed = floor_per_s * (WINDOW_MS / 1000) + share * this.counts.sum(REQUESTS, now_ms);
    return Math.max(0, Math.floor(allowed) - this.counts.sum(REPETITIONS, now_ms));
  }

  /** Counts a repetition; false where none is allowed. */
  take(now_ms: number): boolean {
    if (this.left(now_ms) === 0) return false;
    this.spend(now_ms);
    return true;
  }

  /** Counts one that is made in any case. */
  spend(now_ms: number): void {
    this.counts.add(REPETITIONS, now_ms);
  }
}
