import { reviewDocument } from '../document.ts';
import type { LintContext, LintRule, Mend, Severity, Verdict } from './rule.ts';
import { LINT_RULES } from './rules.ts';
import { type Grade, gradeOf, scoreOf } from './score.ts';
import { walkSchemas } from './walk.ts';

/** What linting says of a description. */
export interface LintReport {
  /** 0 to 100. */
  readonly score: number;
  /** Every rule, in the order of the registry. */
  readonly rules: readonly RuleResult[];
  /** The gravest rules first, then in the order of the document. */
  readonly findings: readonly LintFinding[];
}

export interface RuleResult {
  readonly rule: LintRule;
  /** Places it applied to. */
  readonly judged: number;
  readonly found: number;
  readonly grade: Grade;
}

export interface LintFinding {
  readonly rule: LintRule;
  /** JSON Pointer in the description. */
  readonly pointer: string;
  readonly message: string;
  /** The change that takes it away; null where only a person can say what is right. */
  readonly mend: Mend | null;
}

const RANK: Readonly<Record<Severity, number>> = { danger: 0, loose: 1, hint: 2 };

/**
 * Judges a description by the rules. It need not be fit for the gate.
 *
 * @param root the description as plain values, overlays applied
 */
export function lintDocument(root: unknown, rules: readonly LintRule[] = LINT_RULES): LintReport {
  const document = reviewDocument(root);
  const walked = walkSchemas(document);
  const context: LintContext = { document, isPart: (pointer) => walked.parts.has(pointer) };
  const results: RuleResult[] = [];
  const findings: LintFinding[] = [];
  for (const rule of rules) {
    const book = new VerdictBook();
    for (const position of rule.schema ? walked.positions : []) book.add(rule.schema!(position, context));
    for (const operation of document.operations) {
      const use = { ...context, operation };
      if (rule.operation) book.add(rule.operation(use));
      for (const parameter of rule.parameter ? operation.parameters : []) book.add(rule.parameter!(parameter, use));
    }
    if (rule.document) book.add(rule.document(context));
    const counts = { severity: rule.severity, judged: book.judged, found: book.found.size };
    results.push({ rule, judged: counts.judged, found: counts.found, grade: gradeOf(counts) });
    for (const [pointer, { message, mend }] of book.found) findings.push({ rule, pointer, message, mend });
  }
  return {
    score: scoreOf(results.map(({ rule, judged, found }) => ({ severity: rule.severity, judged, found }))),
    rules: results,
    // Sorting is stable: within a severity the order of the registry stays.
    findings: findings.sort((a, b) => RANK[a.rule.severity] - RANK[b.rule.severity]),
  };
}

/** What one rule said, by place: a place that is used in several ways is bad where it is bad in one of them. */
class VerdictBook {
  readonly found = new Map<string, NonNullable<Verdict['found']>>();
  readonly #good = new Set<string>();

  get judged(): number {
    return this.found.size + this.#good.size;
  }

  add(verdicts: readonly Verdict[]): void {
    for (const { pointer, found } of verdicts) {
      if (found === null) {
        if (!this.found.has(pointer)) this.#good.add(pointer);
      } else if (!this.found.has(pointer)) {
        this.found.set(pointer, found);
        this.#good.delete(pointer);
      }
    }
  }
}
