/** What became of endpoints between two reports. */
import { type Changed, changedEvidence } from './compare-evidence.ts';
import { endpointOf } from './explain.ts';
import type { CheckReport, ResultReport, RuleVerdict, TargetReport } from './report.ts';
import { ReportFileError } from './report-file-error.ts';
import { isAnswered } from './unanswered.ts';

/** A result that is in one report and not, or not so, in the other. */
export interface Moved {
  readonly target: string;
  readonly rule: string;
  /** Null where the other report did not judge it. */
  readonly before: RuleVerdict | null;
  readonly after: RuleVerdict | null;
  readonly message: string;
  /** Facts of a finding that were not there before; of one that is gone, all it had. */
  readonly facts: readonly string[];
}

export interface Comparison {
  /** Findings that are new, or have new facts, or count for more. */
  readonly worse: readonly Moved[];
  /** Findings that are gone, or count for less. */
  readonly better: readonly Moved[];
  /** Whatever else was judged otherwise: above all what can be told no longer. */
  readonly other: readonly Moved[];
  /** Targets that no longer answer, and those that answer now: what could be told of one of them alone is not in `other`. */
  readonly silenced: readonly { readonly target: string; readonly problem: string | null }[];
  readonly answering: readonly string[];
  readonly evidence: readonly Changed[];
  /** Targets of the later report alone, and of the earlier alone. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Compares by host and port, rule and facts. A target that is in one report alone is neither better nor worse.
 *
 * @throws ReportFileError where two policies judged
 */
export function compareReports(before: CheckReport, after: CheckReport): Comparison {
  if (before.policy !== after.policy) {
    throw new ReportFileError(`the reports are by two policies, ${before.policy} and ${after.policy}`);
  }
  const earlier = byEndpoint(before);
  const later = byEndpoint(after);
  const moved: Record<'worse' | 'better' | 'other', Moved[]> = { worse: [], better: [], other: [] };
  const evidence: Changed[] = [];
  const silenced: Comparison['silenced'][number][] = [];
  const answering: string[] = [];
  for (const [endpoint, now] of later) {
    const was = earlier.get(endpoint);
    if (was === undefined) continue;
    const turn = Number(isAnswered(now)) - Number(isAnswered(was));
    if (turn < 0) silenced.push({ target: now.target, problem: now.problem });
    if (turn > 0) answering.push(now.target);
    for (const [kind, one] of movedResults(was, now)) if (kind !== 'other' || turn === 0) moved[kind].push(one);
    if (isAnswered(was) && isAnswered(now)) evidence.push(...changedEvidence(was, now));
  }
  const added = [...later].filter(([endpoint]) => !earlier.has(endpoint)).map(([, { target }]) => target);
  const removed = [...earlier].filter(([endpoint]) => !later.has(endpoint)).map(([, { target }]) => target);
  return { ...moved, silenced, answering, evidence, added, removed };
}

/** The first of each; a report names an endpoint once. */
function byEndpoint({ targets }: CheckReport): Map<string, TargetReport> {
  const found = new Map<string, TargetReport>();
  for (const target of targets) if (!found.has(endpointOf(target))) found.set(endpointOf(target), target);
  return found;
}

type Kind = 'worse' | 'better' | 'other';

function movedResults(was: TargetReport, now: TargetReport): (readonly [Kind, Moved])[] {
  const rules = new Set([...was.results, ...now.results].map(({ rule }) => rule));
  return [...rules].flatMap((rule) => {
    const before = was.results.find((result) => result.rule === rule) ?? null;
    const after = now.results.find((result) => result.rule === rule) ?? null;
    const fresh = after?.facts.filter((fact) => !before?.facts.includes(fact)) ?? [];
    const kind = kindOf(before, after, fresh);
    if (kind === null) return [];
    const gone = kind === 'better' ? (before?.facts ?? []) : fresh;
    const verdicts = { before: before?.verdict ?? null, after: after?.verdict ?? null };
    return [[kind, { target: now.target, rule, ...verdicts, message: (after ?? before)?.message ?? '', facts: gone }]];
  });
}

function kindOf(before: ResultReport | null, after: ResultReport | null, fresh: readonly string[]): Kind | null {
  const weight = weightOf(after) - weightOf(before);
  if (weight > 0) return 'worse';
  if (weight < 0) return after?.verdict === 'could-not-tell' ? 'other' : 'better';
  if (weightOf(after) > 0) return fresh.length > 0 ? 'worse' : null;
  return before?.verdict === after?.verdict ? null : 'other';
}

function weightOf(result: ResultReport | null): number {
  return result?.verdict === 'fail' ? 2 : result?.verdict === 'warn' ? 1 : 0;
}
