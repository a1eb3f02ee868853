import { type BudgetOptions, type Budgets, createBudgets } from '../channels/api/budgets.ts';
import type { LimitMemory } from '../core/limits/index.ts';

/**
 * Makes budgets over one memory, and gives the same ones again for as long as the options are the same. With other
 * options what callers have spent stays spent, in units: a lower limit counts at once, and a reload forgives nothing.
 */
export function keepBudgets(memory: LimitMemory): (options: BudgetOptions) => Budgets {
  let kept: { readonly key: string; readonly budgets: Budgets } | null = null;
  return (given) => {
    const own = [...given.machines].filter(([, { rate, concurrency }]) => rate !== null || concurrency !== null);
    const options = { ...given, machines: new Map(own) };
    const key = JSON.stringify({ ...options, machines: own.sort(([left], [right]) => (left < right ? -1 : 1)) });
    if (kept?.key !== key) kept = { key, budgets: createBudgets(options, memory) };
    return kept.budgets;
  };
}
