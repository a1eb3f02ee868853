import { MemoryBudgets, MemoryRateLimiter } from '../../src/core/limits/index.ts';
import { budgetContract } from './budget-contract.ts';

budgetContract(
  'memory',
  (limits) => new MemoryBudgets(limits.map(({ name, rate }) => ({ name, limiter: new MemoryRateLimiter(rate) }))),
);
