/** Targets of which nothing was learnt: every rule says so, and people are told once. */
import type { ResultReport, TargetReport } from './report.ts';

/** Whether any version of TLS was answered. */
export function isAnswered({ tls }: TargetReport): boolean {
  return tls?.versions.some(({ acceptance }) => acceptance !== 'unknown') ?? false;
}

/** What is told of each rule for itself: all of them, where the reason is not the same for all that could not be told. */
export function toldResults(target: TargetReport): ResultReport[] {
  const { results, problem } = target;
  if (problem === null || isAnswered(target)) return results;
  return results.filter(({ verdict }) => verdict !== 'could-not-tell');
}

/** How many rules are told together, by the problem of the target. */
export function untoldTogether(target: TargetReport): number {
  return target.results.length - toldResults(target).length;
}
