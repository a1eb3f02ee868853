/** The request budgets of an exchange taken together: all or none. */

import type { AppliedLimit } from './headers.ts';
import type { RateAnswer, RateLimiter } from './rate.ts';

export const BUDGET_NAMES = ['source', 'machine', 'party', 'operation'] as const;

export type BudgetName = (typeof BUDGET_NAMES)[number];

export type BudgetCode = 'LIMIT_SOURCE' | 'LIMIT_MACHINE' | 'LIMIT_PARTY' | 'LIMIT_OPERATION';

/** One limit of a plan. A plan lists those that apply, in the order they are asked. */
export interface BudgetLimit {
  readonly name: BudgetName;
  readonly limiter: RateLimiter;
}

export type BudgetKeys = Readonly<Record<BudgetName, string>>;

export interface BudgetAnswer {
  readonly ok: boolean;
  /** Null when ok; else the first limit that refused. */
  readonly code: BudgetCode | null;
  /** Seconds until every limit would let the exchange pass; 0 when ok. */
  readonly retry_after_s: number;
  /** Every limit that applied, in order, for the RateLimit fields. */
  readonly limits: readonly AppliedLimit[];
}

/**
 * The seam for limits shared by several gates: one call, one atomic step over all limits. Implementations run the
 * contract suite in test/limits. In-memory ones answer at once; a shared one answers with a promise.
 */
export interface Budgets {
  /** Takes `cost` from every limit, or from none. A refused exchange costs nothing. */
  take(keys: BudgetKeys, cost: number, now_ms: number): BudgetAnswer | Promise<BudgetAnswer>;
}

const CODES = {
  source: 'LIMIT_SOURCE',
  machine: 'LIMIT_MACHINE',
  party: 'LIMIT_PARTY',
  operation: 'LIMIT_OPERATION',
} as const satisfies Record<BudgetName, BudgetCode>;

/** Budgets over limiters of this process. */
export class MemoryBudgets implements Budgets {
  readonly #limits: readonly BudgetLimit[];

  constructor(limits: readonly BudgetLimit[]) {
    this.#limits = limits;
  }

  take(keys: BudgetKeys, cost: number, now_ms: number): BudgetAnswer {
    const applied: AppliedLimit[] = [];
    for (const limit of this.#limits) {
      const answer = limit.limiter.take(keys[limit.name], cost, now_ms);
      if (!answer.ok) return this.#refuse(limit, keys, cost, now_ms);
      applied.push(describe(limit, answer));
    }
    return { ok: true, code: null, retry_after_s: 0, limits: applied };
  }

  /** Gives back what was taken before the refusing limit, then reads every limit as it stands. */
  #refuse(refusing: BudgetLimit, keys: BudgetKeys, cost: number, now_ms: number): BudgetAnswer {
    for (const { name, limiter } of this.#limits.slice(0, this.#limits.indexOf(refusing))) {
      limiter.refund(keys[name], cost, now_ms);
    }
    const answers = this.#limits.map((limit) => ({
      limit,
      answer: limit.limiter.peek(keys[limit.name], cost, now_ms),
    }));
    return {
      ok: false,
      code: CODES[refusing.name],
      retry_after_s: Math.max(...answers.map(({ answer }) => answer.retry_after_s)),
      limits: answers.map(({ limit, answer }) => describe(limit, answer)),
    };
  }
}

function describe({ name, limiter }: BudgetLimit, { remaining, reset_s }: RateAnswer): AppliedLimit {
  return { name, quota: limiter.quota, window_ms: limiter.window_ms, remaining, reset_s };
}
