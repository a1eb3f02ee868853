/** A load by the process that walks no plan: to find every fault, and keep what was read for those that do. */

import { createSecureContext } from 'node:tls';
import { createBudgets } from '../channels/api/budgets.ts';
import type { GateConfig } from '../config/load.ts';
import { ConnectionAdmission, LimitMemory } from '../core/limits/index.ts';
import { certificatesOf, type PlanCertificate } from '../wiring/expiry.ts';
import { type LoadedPlan, loadPlan } from '../wiring/load-plan.ts';
import { upstreamOpener } from '../wiring/open-upstream.ts';
import type { PlannedCa } from '../wiring/plan-ca.ts';
import { rememberingFiles } from '../wiring/project-files.ts';
import { type StoredPlan, storeConfig } from '../wiring/stored-plan.ts';
import { ticketKey } from '../wiring/ticket-key.ts';
import type { SupervisorPorts } from './process-options.ts';

/** A plan that loads, and what it takes to load it elsewhere. */
export interface JudgedPlan {
  readonly stored: StoredPlan;
  readonly digest: string;
  readonly warnings: readonly string[];
  readonly certificates: readonly PlanCertificate[];
  /** For the signer; null where nothing is issued. */
  readonly ca: PlannedCa | null;
  /** Where every limiter of the plan was made; nothing is counted in it. */
  readonly limits: LimitMemory;
}

/**
 * Loads everything, keeps what was read and lets the plan go.
 *
 * @throws LoadError with every fault found
 */
export async function judgePlan(config: GateConfig, ports: SupervisorPorts): Promise<JudgedPlan> {
  const files = rememberingFiles();
  const judged_ms = ports.now();
  const limits = new LimitMemory();
  for (const { id, connections } of config.zones) new ConnectionAdmission(connections, { memory: limits, zone: id });
  const openUpstream = upstreamOpener({ ...ports, onHealth: () => undefined });
  const loaded: LoadedPlan = loadPlan(config, {
    now: () => judged_ms,
    openUpstream,
    budgetsFor: (options) => createBudgets(options, limits),
    files,
    judged: false,
    reads_ca_key: false,
  });
  try {
    // Certificates that OpenSSL refuses.
    for (const { tls } of loaded.listeners) createSecureContext(tls);
  } finally {
    loaded.policy.close();
  }
  await Promise.all([...loaded.upstreams.values()].map((upstream) => upstream.close()));
  const ticket_keys = loaded.listeners.map(() => ticketKey(ports.randomFill).toString('base64'));
  const stored = { config: storeConfig(config), files: files.stored(), judged_ms, ticket_keys };
  const certificates = certificatesOf(config, files);
  const { plan, warnings, ca } = loaded;
  return { stored, digest: plan.digest, warnings, certificates, ca, limits };
}
