/** What the commands that check from outside call. */
import type { Policy } from '../check/policy.ts';
import type { CheckReport } from '../check/report/report.ts';
import type { Target } from '../check/target.ts';
import type { CommonOptions } from './actions.ts';

export interface CheckTlsOptions extends CommonOptions {
  readonly targets: readonly Target[];
  readonly policy: Policy;
  /** For each target. */
  readonly timeout_ms: number;
  /** Connections at a time. */
  readonly parallel: number;
  readonly onProgress: (target: Target, connections: number) => void;
}

export interface CheckActions {
  /** Says what the TLS of each target is worth; what a target does is part of the answer and no error. */
  readonly checkTls: (options: CheckTlsOptions) => Promise<CheckReport>;
}
