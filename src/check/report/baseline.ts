/** An earlier report, against which only what is new counts. */
import { endpointOf } from './explain.ts';
import type { CheckReport, ReportTail, ResultReport, TargetReport } from './report.ts';
import { ReportFileError } from './report-file-error.ts';

export interface Baseline {
  /** The target with what the earlier report had marked as known. */
  readonly mark: (target: TargetReport) => TargetReport;
  readonly markTail: (tail: ReportTail) => ReportTail;
}

type Across = ReportTail['across'][number];

/**
 * A result is known where the same rule said the same of the same host and port, with at least the facts it has now: one
 * more cipher suite that is broken is news, one less is not.
 *
 * @throws ReportFileError where it was made by another policy
 */
export function baselineOf(report: CheckReport, policy: string, name: string): Baseline {
  if (report.policy !== policy) {
    throw new ReportFileError(`${name} was made by the policy ${report.policy}, and ${policy} is to judge now`);
  }
  const facts = new Map<string, Set<string>>();
  const enter = (key: string, seen: readonly string[]) => {
    const all = facts.get(key) ?? new Set();
    for (const fact of seen) all.add(fact);
    facts.set(key, all);
  };
  for (const target of report.targets) {
    for (const result of target.results) if (isOpen(result)) enter(keyOf(target, result), result.facts);
  }
  for (const one of report.across) enter(acrossKey(one), one.targets);
  const covers = (key: string, seen: readonly string[]) => {
    const all = facts.get(key);
    return all !== undefined && seen.every((fact) => all.has(fact));
  };
  return {
    mark: (target) => ({
      ...target,
      results: target.results.map((result) => ({
        ...result,
        known: isOpen(result) && covers(keyOf(target, result), result.facts),
      })),
    }),
    markTail: (tail) => ({
      ...tail,
      across: tail.across.map((one) => ({ ...one, known: covers(acrossKey(one), one.targets) })),
    }),
  };
}

/** What a baseline can cover. */
function isOpen({ verdict }: ResultReport): boolean {
  return verdict === 'fail' || verdict === 'warn' || verdict === 'could-not-tell';
}

const keyOf = (target: TargetReport, { rule, verdict }: ResultReport) =>
  JSON.stringify([endpointOf(target), rule, verdict]);

const acrossKey = ({ rule, verdict }: Across) => JSON.stringify(['across', rule, verdict]);
