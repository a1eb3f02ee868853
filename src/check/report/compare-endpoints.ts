/** The endpoints of a report, as they are compared: each once, whatever addresses it has. */
import { endpointOf } from './explain.ts';
import type { CheckReport, ResultReport, RuleVerdict, TargetReport, TlsReport } from './report.ts';
import { isAnswered } from './unanswered.ts';

/** A host and port, with what was found at all addresses of it: DNS gives them in any order. */
export interface Endpoint {
  /** As it was named. */
  readonly target: string;
  /** Of the first address that has one. */
  readonly problem: string | null;
  /** At any address. */
  readonly answered: boolean;
  /** By rule: the worst verdict of any address, and the facts of findings at all. */
  readonly results: ReadonlyMap<string, ResultReport>;
  /** Of each address that answered. */
  readonly tls: readonly TlsReport[];
}

/** By host and port, in the order of the report. */
export function endpointsOf({ targets }: CheckReport): Map<string, Endpoint> {
  const all = Map.groupBy(targets, endpointOf);
  return new Map([...all].map(([endpoint, addresses]) => [endpoint, together(addresses)]));
}

function together(addresses: readonly TargetReport[]): Endpoint {
  const answered = addresses.filter(isAnswered);
  return {
    target: addresses[0]!.target,
    problem: addresses.find(({ problem }) => problem !== null)?.problem ?? null,
    answered: answered.length > 0,
    results: worstResults(addresses),
    tls: answered.flatMap(({ tls }) => tls ?? []),
  };
}

function worstResults(addresses: readonly TargetReport[]): Map<string, ResultReport> {
  const by_rule = Map.groupBy(
    addresses.flatMap(({ results }) => results),
    ({ rule }) => rule,
  );
  return new Map([...by_rule].map(([rule, results]) => [rule, worstOf(results)]));
}

function worstOf(results: readonly ResultReport[]): ResultReport {
  const [worst] = results.toSorted((one, other) => RANKS.indexOf(one.verdict) - RANKS.indexOf(other.verdict));
  const findings = results.filter((result) => weightOf(result) > 0);
  if (findings.length === 0) return worst!;
  return { ...worst!, facts: [...new Set(findings.flatMap(({ facts }) => facts))] };
}

/** The worst first. */
const RANKS: readonly RuleVerdict[] = ['fail', 'warn', 'could-not-tell', 'pass', 'not-applicable'];

/** How much a result counts as a finding. */
export function weightOf(result: ResultReport | null): number {
  return result?.verdict === 'fail' ? 2 : result?.verdict === 'warn' ? 1 : 0;
}
