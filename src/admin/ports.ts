import type { MetricsSnapshot } from '../core/metrics/index.ts';
import type { IssueOrder, IssueResult } from './issue.ts';
import type { GateStatus, Readiness, ReloadResult } from './status.ts';

/**
 * What the admin listener asks the gate. Where the gate is several processes the answers are of all of them together.
 * Each has a few seconds, a reload and a certificate a minute; what has not answered by then is told as such. None is to be thrown from
 * with a secret in its hands: of what is thrown nothing is shown.
 */
export interface AdminPorts {
  readonly readiness: () => Promise<Readiness>;
  readonly status: () => Promise<GateStatus>;
  /** Of all processes, merged; metrics of the gate as a whole are made of its status. */
  readonly metrics: () => Promise<MetricsSnapshot>;
  /** Puts the files as they are now in force, one reload after the other. Resolves with the faults where they do not load. */
  readonly reload: () => Promise<ReloadResult>;
  /** Certifies a machine, on record first; null is an order that is none. */
  readonly issue: (order: IssueOrder | null) => Promise<IssueResult>;
}
