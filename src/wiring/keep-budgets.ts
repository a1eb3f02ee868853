import { type BudgetOptions, type Budgets, createBudgets } from '../channels/api/budgets.ts';

/** Makes budgets, and gives the same ones again for as long as the options are the same. */
export function keepBudgets(): (options: BudgetOptions) => Budgets {
  let kept: { readonly key: string; readonly budgets: Budgets } | null = null;
  return (options) => {
    const key = JSON.stringify({ ...options, machines: [...options.machines] });
    if (kept?.key !== key) kept = { key, budgets: createBudgets(options) };
    return kept.budgets;
  };
}
