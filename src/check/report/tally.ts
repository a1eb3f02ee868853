import type { ReportTail, TargetReport, Verdict } from './report.ts';

/** What makes a check fail: each includes those before it. */
export const FAIL_ON = ['never', 'fail', 'warn', 'could-not-tell'] as const;

export type FailOn = (typeof FAIL_ON)[number];

/** Counts what is not known from a baseline. */
export class Tally {
  #fails = 0;
  #warns = 0;
  #untold = 0;
  #unfinished = 0;
  #known = 0;

  add({ results, problem }: TargetReport): void {
    if (problem !== null) this.#unfinished++;
    for (const { verdict, known } of results) this.#count(verdict, known);
  }

  addTail({ across }: ReportTail): void {
    for (const { verdict, known } of across) this.#count(verdict, known);
  }

  #count(verdict: string, known: boolean): void {
    if (known) this.#known++;
    else if (verdict === 'fail') this.#fails++;
    else if (verdict === 'warn') this.#warns++;
    else if (verdict === 'could-not-tell') this.#untold++;
  }

  /** Results that the baseline had. */
  get known(): number {
    return this.#known;
  }

  /** What the whole comes to, by what it is to fail on. */
  verdict(fail_on: FailOn): Verdict {
    if (fail_on === 'never') return 'good';
    const level = FAIL_ON.indexOf(fail_on);
    const counts = [0, this.#fails, this.#warns, this.#untold];
    if (counts.slice(0, level + 1).some((count) => count > 0)) return 'findings';
    return this.#unfinished + this.#untold > 0 ? 'unfinished' : 'good';
  }
}
