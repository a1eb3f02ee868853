import type { Syntax } from './syntax.ts';

/** One invariant of the source that import rules cannot see. */
export interface SourceRule {
  readonly id: string;
  /** What holds, one sentence. */
  readonly statement: string;
  /** Places (path prefixes below the root) that are exempt, each with its reason. The only allow-list there is. */
  readonly allowed: Readonly<Record<string, string>>;
  /** Lines, 1-based, that break the rule. */
  offences(syntax: Syntax, text: string): readonly number[];
  /** Texts that must be caught, and texts that must not: a rule that has gone blind fails the run. */
  readonly bad: readonly string[];
  readonly good: readonly string[];
}

/** The lines of every node that `test` accepts. */
export function linesWhere(syntax: Syntax, test: (node: Syntax['nodes'][number]) => boolean): number[] {
  return syntax.nodes.filter(test).map((node) => syntax.lineOf(node));
}
