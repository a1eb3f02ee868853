/** What became of every case: the share that passed for each kind, and the failures by their reason. */

/** What the log says of an exchange that was refused. */
export interface Verdict {
  readonly code: string;
  readonly pointer: string | null;
  readonly rule: string | null;
}

export interface Case {
  readonly kind: string;
  readonly operation: string;
  /** Such as `404 application/json full`. */
  readonly about: string;
  /** What is wrong; null where all is as it must be. */
  readonly problem: string | null;
  readonly exchange_id: string | null;
  /** Code with which the exchange must be on record; `null` for one that was allowed, absent where it does not matter. */
  readonly expects?: RegExp | null;
}

export interface Outcome {
  readonly kind: string;
  readonly passed: number;
  readonly failed: readonly Failure[];
}

export interface Failure {
  readonly operation: string;
  readonly about: string;
  readonly reason: string;
  readonly pointer: string;
}

const MOST_EXAMPLES = 3;

/** Holds the cases against the log. */
export function settle(cases: readonly Case[], verdicts: ReadonlyMap<string, Verdict>): Outcome[] {
  const kinds = Map.groupBy(cases, ({ kind }) => kind);
  return [...kinds].map(([kind, each]) => {
    const failed = each.flatMap((one) => failureOf(one, verdicts) ?? []);
    return { kind, passed: each.length - failed.length, failed };
  });
}

function failureOf(one: Case, verdicts: ReadonlyMap<string, Verdict>): Failure | null {
  const { operation, about, exchange_id, expects } = one;
  const verdict = exchange_id === null ? undefined : verdicts.get(exchange_id);
  const code = verdict?.code ?? null;
  const expected = expects === undefined || (expects === null ? code === null : code !== null && expects.test(code));
  if (one.problem === null && expected) return null;
  const recorded = verdict === undefined ? '' : `on record as ${verdict.code} ${verdict.rule ?? ''}`;
  const reason = [one.problem ?? `not ${expects}`, recorded].filter((text) => text !== '').join('; ');
  return { operation, about, reason, pointer: verdict?.pointer ?? '' };
}

/** What a document is called, and what became of its cases. */
export interface Tally {
  readonly name: string;
  readonly operations: number;
  readonly outcomes: readonly Outcome[];
  readonly broken_examples: number;
  readonly exceptions: readonly object[];
}

/** Several documents as one. */
export function together(tallies: readonly Tally[]): Tally {
  const sum = (pick: (tally: Tally) => number) => tallies.reduce((total, tally) => total + pick(tally), 0);
  const kinds = Map.groupBy(
    tallies.flatMap(({ outcomes }) => outcomes),
    ({ kind }) => kind,
  );
  return {
    name: `${tallies.length} descriptions`,
    operations: sum(({ operations }) => operations),
    broken_examples: sum(({ broken_examples }) => broken_examples),
    exceptions: tallies.flatMap(({ exceptions }) => exceptions),
    outcomes: [...kinds].map(([kind, group]) => ({
      kind,
      passed: group.reduce((total, { passed }) => total + passed, 0),
      failed: group.flatMap(({ failed }) => failed),
    })),
  };
}

export function failures({ outcomes }: Tally): Failure[] {
  return outcomes.flatMap(({ failed }) => failed);
}

export function render({ name, operations, outcomes, broken_examples, exceptions }: Tally): string {
  const lines = [
    `${name}: ${operations} operations, ${exceptions.length} changes by its overlay, ` +
      `${broken_examples} examples that break their own schema`,
  ];
  for (const { kind, passed, failed } of outcomes) {
    const all = passed + failed.length;
    lines.push(
      `  ${kind.padEnd(34)} ${String(passed).padStart(6)} of ${String(all).padStart(6)}  ${share(passed, all)}`,
    );
  }
  for (const { kind, failed } of outcomes) {
    for (const [reason, group] of Map.groupBy(failed, (failure) => failure.reason)) {
      lines.push(`  ${kind}: ${group.length} x ${reason}`);
      for (const { operation, about, pointer } of group.slice(0, MOST_EXAMPLES)) {
        lines.push(`      ${operation} (${about}) ${pointer}`);
      }
    }
  }
  return lines.join('\n');
}

function share(passed: number, all: number): string {
  return `${((passed / all) * 100).toFixed(2).padStart(6)} %`;
}
