import { type BudgetOptions, type Budgets, createBudgets } from '../channels/api/budgets.ts';

/**
 * Makes budgets, and gives the same ones again for as long as the options are the same. A machine without budgets of
 * its own is no option: that another one comes or goes must not give all of them their budgets back.
 */
export function keepBudgets(): (options: BudgetOptions) => Budgets {
  let kept: { readonly key: string; readonly budgets: Budgets } | null = null;
  return (given) => {
    const own = [...given.machines].filter(([, { rate, concurrency }]) => rate !== null || concurrency !== null);
    const options = { ...given, machines: new Map(own) };
    const key = JSON.stringify({ ...options, machines: own.sort(([left], [right]) => (left < right ? -1 : 1)) });
    if (kept?.key !== key) kept = { key, budgets: createBudgets(options) };
    return kept.budgets;
  };
}
