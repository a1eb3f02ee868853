/** What the commands that check from outside call. */
import type { CheckListener, CheckOptions } from '../check/check-options.ts';
import type { ReportTail } from '../check/report/report.ts';
import type { Target } from '../check/target.ts';
import type { CommonOptions } from './actions.ts';

export interface FindTargetsOptions {
  /** As given: targets, and `@` with the name of a file that lists them. */
  readonly words: readonly string[];
  /** A configuration whose endpoints are to be checked; null for none. */
  readonly config: string | null;
  /** What relative names of lists begin from. */
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
}
