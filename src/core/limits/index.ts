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
export { type Admission, ConnectionAdmission, type ConnectionCaps, type ConnectionLease } from './connections.ts';
export { type AppliedLimit, rateLimit, rateLimitPolicy, retryAfter, tightest } from './headers.ts';
export { MemoryRateLimiter, type MemoryRateOptions, type Rate, type RateAnswer, type RateLimiter } from './rate.ts';
export { sourceKey, UNKNOWN_SOURCE } from './source.ts';
