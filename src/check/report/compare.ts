/** What became of endpoints between two reports. */

import { type Endpoint, endpointsOf, weightOf } from './compare-endpoints.ts';
import { type Changed, changedEvidence } from './compare-evidence.ts';
import type { CheckReport, ResultReport, RuleVerdict } from './report.ts';
import { ReportFileError } from './report-file-error.ts';

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
 * Compares by host and port, rule and facts, and all addresses of a name together. A target that is in one report alone is neither better nor worse.
 *
 * @throws ReportFileError where two policies judged
 */
export function compareReports(before: CheckReport, after: CheckReport): Comparison {
  if (before.policy !== after.policy) {
    throw new ReportFileError(`the reports are by two policies, ${before.policy} and ${after.policy}`);
  }
  const earlier = endpointsOf(before);
  const later = endpointsOf(after);
  const moved: Record<Kind, Moved[]> = { worse: [], better: [], other: [] };
  const evidence: Changed[] = [];
  const silenced: Comparison['silenced'][number][] = [];
  const answering: string[] = [];
  for (const [endpoint, now] of later) {
    const was = earlier.get(endpoint);
    if (was === undefined) continue;
    const turn = Number(now.answered) - Number(was.answered);
    if (turn < 0) silenced.push({ target: now.target, problem: now.problem });
    if (turn > 0) answering.push(now.target);
    for (const [kind, one] of movedResults(was, now)) if (kind !== 'other' || turn === 0) moved[kind].push(one);
    for (const one of changedEvidence(was, now)) evidence.push(one);
  }
  const added = [...later].filter(([endpoint]) => !earlier.has(endpoint)).map(([, { target }]) => target);
  const removed = [...earlier].filter(([endpoint]) => !later.has(endpoint)).map(([, { target }]) => target);
  return { ...moved, silenced, answering, evidence, added, removed };
}

type Kind = 'worse' | 'better' | 'other';

function movedResults(was: Endpoint, now: Endpoint): (readonly [Kind, Moved])[] {
  const rules = new Set([...was.results.keys(), ...now.results.keys()]);
  return [...rules].flatMap((rule) => {
    const before = was.results.get(rule) ?? null;
    const after = now.results.get(rule) ?? null;
    const known = new Set(before?.facts);
    const fresh = after?.facts.filter((fact) => !known.has(fact)) ?? [];
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
