/** What the commands that check from outside call. */
import type { Policy } from '../check/policy.ts';
import type { CheckReport, ReportTail } from '../check/report/report.ts';
import type { CheckListener } from '../check/runner.ts';
import type { Target } from '../check/target.ts';
import type { CommonOptions } from './actions.ts';

export interface CheckTlsOptions extends CommonOptions {
  readonly targets: Iterable<Target> | AsyncIterable<Target>;
  readonly policy: Policy;
  /** For each target. */
  readonly timeout_ms: number;
  /** Connections to a target at a time. */
  readonly parallel: number;
  readonly onProgress: (target: Target, connections: number) => void;
}

export interface CheckActions {
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
