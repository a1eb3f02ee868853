import type { Severity } from './rule.ts';

/** How much a rule weighs in the score. */
export const WEIGHTS: Readonly<Record<Severity, number>> = { danger: 5, loose: 3, hint: 1 };

export type Grade = 'A' | 'B' | 'C' | 'D' | 'E';

/** How much of what a rule judged is good. */
export interface Judged {
  readonly severity: Severity;
  /** Places the rule applied to. */
  readonly judged: number;
  /** Those where it found something. */
  readonly found: number;
}

/** A: nothing found; B: at least 95 % good; C: 80 %; D: 50 %; E: less. */
export function gradeOf({ judged, found }: Judged): Grade {
  const good = judged === 0 ? 1 : 1 - found / judged;
  if (good === 1) return 'A';
  if (good >= 0.95) return 'B';
  if (good >= 0.8) return 'C';
  return good >= 0.5 ? 'D' : 'E';
}

/**
 * 0 to 100: of each rule that applied anywhere the share of good places, averaged with the weights of the rules, rounded
 * down. Shares and not counts, so that descriptions of any size can be compared, and a rule with many places does not
 * drown one with few. 100 where nothing applied.
 */
export function scoreOf(rules: readonly Judged[]): number {
  let weight = 0;
  let good = 0;
  for (const rule of rules) {
    if (rule.judged === 0) continue;
    weight += WEIGHTS[rule.severity];
    good += WEIGHTS[rule.severity] * (1 - rule.found / rule.judged);
  }
  return weight === 0 ? 100 : Math.floor((good / weight) * 100);
}
