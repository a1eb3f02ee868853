/** What the commands about contracts call, and what they get to show. */
import type { CommonOptions } from './actions.ts';

export type LintSeverity = 'danger' | 'loose' | 'hint';

export interface LintRuleView {
  readonly id: string;
  readonly severity: LintSeverity;
  readonly controls: readonly string[];
  readonly title: string;
  readonly why: string;
  readonly fix: string;
}

export interface LintRuleResult extends LintRuleView {
  /** Places it applied to, and those where it found something. */
  readonly judged: number;
  readonly found: number;
  /** `A` to `E`. */
  readonly grade: string;
}

export interface LintFindingView {
  readonly rule: string;
  readonly severity: LintSeverity;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** JSON Pointer. */
  readonly pointer: string;
  /** Whether `--overlay` writes what takes it away. */
  readonly mendable: boolean;
}

export interface LintedView {
  /** Name of the api; null for a file that was named itself. */
  readonly api: string | null;
  readonly file: string;
  /** 0 to 100. */
  readonly score: number;
  readonly rules: readonly LintRuleResult[];
  /** The gravest first; of each rule as many as were asked for. */
  readonly findings: readonly LintFindingView[];
}

export interface LintView {
  readonly contracts: readonly LintedView[];
  /** The overlay that was written; null where none was asked for or nothing could be mended. */
  readonly overlay: { readonly file: string; readonly actions: number } | null;
}

export interface DiffChangeView {
  readonly effect: 'possible' | 'impossible' | 'words';
  readonly kind: string;
  readonly text: string;
  readonly breaking: boolean;
  /** In words, of the first operation: `body /lines/*\/sku`. */
  readonly where: string;
  readonly pointer: string;
  readonly operations: readonly string[];
}

export interface DiffView {
  readonly before: string;
  readonly after: string;
  readonly operations: { readonly before: number; readonly after: number; readonly both: number };
  readonly changes: readonly DiffChangeView[];
}

export interface AcceptView {
  readonly api: string;
  /** The review file, as the user would name it. */
  readonly file: string;
  readonly reviewer: string;
  readonly date: string;
  /** Operations that were entered now. */
  readonly entered: readonly string[];
  /** Entries that went, because the api declares them no more. */
  readonly dropped: readonly string[];
  /** Operations that are reviewed now, of all. */
  readonly reviewed: number;
  readonly operations: number;
}

export interface OperationReviewView {
  readonly id: string;
  readonly state: 'reviewed' | 'changed' | 'never';
  readonly reviewer: string | null;
  readonly date: string | null;
  readonly note: string | null;
}

export interface ReviewStatusView {
  readonly api: string;
  readonly file: string;
  /** Whether an operation that is not reviewed stops the load. */
  readonly required: boolean;
  readonly operations: readonly OperationReviewView[];
}

export interface PartUsageView {
  /** `request`, or the status of an answer. */
  readonly part: string;
  /** Of how many it is known. */
  readonly looked_into: number;
  readonly used: readonly { readonly place: string; readonly times: number }[];
  readonly unused: readonly string[];
}

export interface OperationUsageView {
  readonly id: string;
  readonly exchanges: number;
  readonly looked_into: number;
  readonly parts: readonly PartUsageView[];
  /** Whether there is more than is listed. */
  readonly cut: boolean;
}

export interface UsageView {
  readonly api: string;
  /** ISO 8601; null where the contract in force was never counted. */
  readonly since: string | null;
  readonly operations: readonly OperationUsageView[];
}

export interface ContractActions {
  /** Judges a file, an api, or every api by the rules. */
  readonly contractLint: (
    options: CommonOptions & {
      /** A file, or the name of an api; null for every api. */
      readonly target: string | null;
      /** Only these rules; all where there are none. */
      readonly rules: readonly string[];
      /** At most so many findings of each rule; null for all. */
      readonly max: number | null;
      /** Where to write an overlay; null for none. */
      readonly overlay: string | null;
    },
  ) => Promise<LintView>;
  /** Compares two files or apis. */
  readonly contractDiff: (
    options: CommonOptions & { readonly before: string; readonly after: string },
  ) => Promise<DiffView>;
  /** Enters operations as reviewed. */
  readonly contractAccept: (
    options: CommonOptions & {
      readonly api: string;
      readonly reviewer: string;
      /** `2026-11-22`; null for today. */
      readonly date: string | null;
      readonly note: string | null;
      /** Ids, with or without the name of the api; all where there are none. */
      readonly operations: readonly string[];
    },
  ) => Promise<AcceptView>;
  readonly contractStatus: (
    options: CommonOptions & { readonly api: string | null },
  ) => Promise<readonly ReviewStatusView[]>;
  readonly contractUsage: (options: CommonOptions & { readonly api: string | null }) => Promise<readonly UsageView[]>;
}
