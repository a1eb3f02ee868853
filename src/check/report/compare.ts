/** What became of endpoints between two reports. */
import { endpointOf } from './explain.ts';
import type { CheckReport, ResultReport, RuleVerdict, TargetReport } from './report.ts';
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

/** A list of the evidence, such as `tls.versions.TLS 1.2.groups`, by what came and what went. */
export interface Changed {
  readonly target: string;
  readonly what: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface Comparison {
  /** Findings that are new, or have new facts, or count for more. */
  readonly worse: readonly Moved[];
  /** Findings that are gone, or count for less. */
  readonly better: readonly Moved[];
  /** Whatever else was judged otherwise: above all what can be told no longer. */
  readonly other: readonly Moved[];
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
  for (const [endpoint, now] of later) {
    const was = earlier.get(endpoint);
    if (was === undefined) continue;
    for (const [kind, one] of movedResults(was, now)) moved[kind].push(one);
    evidence.push(...changedEvidence(was, now));
  }
  const added = [...later].filter(([endpoint]) => !earlier.has(endpoint)).map(([, { target }]) => target);
  const removed = [...earlier].filter(([endpoint]) => !later.has(endpoint)).map(([, { target }]) => target);
  return { ...moved, evidence, added, removed };
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

const NONE: ReadonlySet<string> = new Set();

function changedEvidence(was: TargetReport, now: TargetReport): Changed[] {
  // Where one of them did not answer there is nothing to compare.
  if (was.tls === null || now.tls === null) return [];
  const before = flattened(was.tls);
  const after = flattened(now.tls);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((what) => {
    const [old_values, new_values] = [before.get(what) ?? NONE, after.get(what) ?? NONE];
    const added = [...new_values].filter((value) => !old_values.has(value));
    const removed = [...old_values].filter((value) => !new_values.has(value));
    return added.length + removed.length === 0 ? [] : [{ target: now.target, what, added, removed }];
  });
}

/**
 * Whatever a report has as evidence, each place with the values found there. Members of a list go by their name where they
 * have one, so that a version is compared with itself; a certificate goes by its digest.
 */
function flattened(evidence: object): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const walk = (value: unknown, path: string) => {
    if (OF_EACH_RESPONSE.has(path)) return;
    if (Array.isArray(value)) for (const item of value) walk(item, `${path}${labelOf(item)}`);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value))
        if (key !== 'name') walk(member, path === '' ? key : `${path}.${key}`);
    } else if (value !== null) found.set(path, (found.get(path) ?? new Set()).add(String(value)));
  };
  walk(evidence, '');
  return found;
}

/** Times of OCSP responses, of which there is a new one every few days. */
const OF_EACH_RESPONSE: ReadonlySet<string> = new Set(
  ['produced_at', 'this_update', 'next_update'].map((name) => `chains.staples.${name}`),
);

function labelOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return '';
  if ('name' in item) return `.${String(item.name)}`;
  return 'cipher_suite' in item ? `.${String(item.cipher_suite)}` : '';
}
