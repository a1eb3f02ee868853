/** What the commands that check from outside call. */
import type { CheckListener, CheckOptions } from '../check/check-options.ts';
import type { CheckReport, ReportTail } from '../check/report/report.ts';
import type { Target } from '../check/target.ts';
import type { CommonOptions } from './actions.ts';

export interface FindTargetsOptions {
  /** As given: targets, and `@` with the name of a file that lists them. */
  readonly words: readonly string[];
  /** A configuration whose endpoints are to be checked; null for none. */
  readonly config: string | null;
  /** PEM files of roots that targets may be trusted by beside those of everybody. */
  readonly ca: readonly string[];
  /** What relative names of files begin from. */
  readonly cwd: string;
}

export interface FoundTargets {
  readonly targets: readonly Target[];
  /** What the configuration names and has no TLS to check, a sentence each without a final stop. */
  readonly left_out: readonly string[];
}

export type CheckTlsOptions = CommonOptions & CheckOptions & { readonly targets: readonly Target[] };

export interface CheckActions {
  readonly findTargets: (options: FindTargetsOptions) => Promise<FoundTargets>;
  /** Says what the TLS of each target is worth; what a target does is part of the answer and no error. */
  readonly checkTls: (options: CheckTlsOptions, listener: CheckListener) => Promise<ReportTail>;
  /**
   * Reads a JSON report.
   *
   * @throws ReportFileError where it is none, or none that this version reads
   */
  readonly readReport: (path: string) => CheckReport;
  /** Begins a file that takes the place of what has this name, once it is whole. @throws ReportFileError */
  readonly createReport: (path: string) => ReportFile;
}

/** A report as it is written. */
export interface ReportFile {
  readonly write: (text: string) => void;
  /** Puts it in place. */
  readonly keep: () => void;
  /** Takes what was written away again. */
  readonly discard: () => void;
}
