import type { IssueOrder, IssueResult } from '../admin/issue.ts';
import type { NotReadyReason } from '../admin/status.ts';
import type { GateConfig } from '../config/load.ts';
import type { EventName } from '../core/audit/index.ts';
import type { PlanCertificate } from './expiry.ts';
import type { Observation } from './observe-gate.ts';

/** A gate in force, in one process or in several. */
export interface RunningGate {
  /** Where it listens, in the order of the configuration. */
  readonly listeners: readonly { readonly zone: string; readonly address: string; readonly port: number }[];
  /** Digest of the plan in force. */
  digest(): string;
  /** The configuration in force. */
  config(): GateConfig;
  /** The certificates of the plan in force, as the load found them. */
  certificates(): readonly PlanCertificate[];
  /** It was told to stop. */
  draining(): boolean;
  /** Why it takes no exchange, as far as this process knows without asking. */
  notReady(): readonly NotReadyReason[];
  /** Asks every process. */
  observe(): Promise<Observation>;
  /**
   * Puts another configuration in force: connections of callers that are no longer proven end, nothing else does.
   * Listeners stay; their certificates are replaced.
   *
   * @throws LoadError, and then the plan in force stays
   */
  reload(config: GateConfig): Promise<void>;
  /** Puts something that happened to the gate itself on record; rejects where the log takes nothing. */
  event(event: EventName, data: Readonly<Record<string, string | number>>): Promise<void>;
  /** Certifies a machine, on record before it resolves. Never rejects for what an order holds; null is none. */
  issue(order: IssueOrder | null): Promise<IssueResult>;
  /** Stops accepting, finishes what is under way within the budget, closes the log. */
  stop(budget_ms: number): Promise<void>;
}
