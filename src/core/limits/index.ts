export {
  BUDGET_NAMES,
  type BudgetAnswer,
  type BudgetCode,
  type BudgetKeys,
  type BudgetLimit,
  type BudgetName,
  type Budgets,
  MemoryBudgets,
} from './budget.ts';
export { MonotonicTime } from './clock.ts';
export { ConcurrencyLimiter, enterAll, type Place, type Release } from './concurrency.ts';
export {
  type Admission,
  ConnectionAdmission,
  type ConnectionCaps,
  type ConnectionLease,
  type CountedConnections,
} from './connections.ts';
export { FairShare } from './fair-share.ts';
export { type AppliedLimit, rateLimit, rateLimitPolicy, retryAfter, tightest } from './headers.ts';
export { LimitMemory } from './limit-memory.ts';
export { MemoryRateLimiter, type MemoryRateOptions, type Rate, type RateAnswer, type RateLimiter } from './rate.ts';
export { BudgetHub } from './share/budget-hub.ts';
export { BudgetShare } from './share/budget-share.ts';
export { ClaimBounds } from './share/claim-bounds.ts';
export type { ShareReport, ShareUpdate } from './share/messages.ts';
export { readShareReport } from './share/reading.ts';
export { sourceKey, UNKNOWN_SOURCE } from './source.ts';
