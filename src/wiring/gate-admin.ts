import { type Admin, openAdmin } from '../admin/open-admin.ts';
import type { AdminPorts } from '../admin/ports.ts';
import { type GateStatus, type NotReadyReason, type ReloadResult, readinessOf } from '../admin/status.ts';
import { certificateExpiries } from './expiry.ts';
import type { RunningGate } from './running-gate.ts';

export interface GateAdminOptions {
  readonly gate: RunningGate;
  readonly version: string;
  readonly pid: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly reload: () => Promise<ReloadResult>;
  readonly reloads: ReloadBook;
}

/** What came of reloads, whoever asked for them. */
export class ReloadBook {
  /** When another plan came into force, Unix milliseconds; null while it is the first. */
  switched_ms: number | null = null;
  #switched = 0;
  #refused = 0;
  #last: 'switched' | 'refused' | null = null;

  enter({ ok }: ReloadResult, now_ms: number): void {
    this.#last = ok ? 'switched' : 'refused';
    if (ok) this.#switched++;
    else this.#refused++;
    if (ok) this.switched_ms = now_ms;
  }

  told(): GateStatus['reloads'] {
    return { switched: this.#switched, refused: this.#refused, last: this.#last };
  }
}

/**
 * Opens the admin listener of a gate.
 *
 * @throws LoadError LISTEN
 */
export function openGateAdmin(options: GateAdminOptions): Promise<Admin> {
  const { admin } = options.gate.config();
  return openAdmin({ ...admin, ports: gateAdminPorts(options) });
}

function gateAdminPorts({ gate, version, pid, now, reload, reloads }: GateAdminOptions): AdminPorts {
  const started_ms = now();
  const readiness = (not_ready: readonly NotReadyReason[]) =>
    readinessOf([...(gate.draining() ? (['draining'] as const) : []), ...not_ready]);
  return {
    readiness: () => Promise.resolve(readiness(gate.notReady())),
    metrics: async () => (await gate.observe()).metrics,
    async status() {
      const { processes, zones, upstreams, log, not_ready } = await gate.observe();
      const config = gate.config();
      return {
        gate: config.name,
        version,
        pid,
        started_ms,
        now_ms: now(),
        readiness: readiness(not_ready),
        plan: { digest: gate.digest(), since_ms: reloads.switched_ms ?? started_ms },
        reloads: reloads.told(),
        processes,
        zones,
        log: { ...log, folder: `${config.data_folder}/audit` },
        upstreams,
        certificates: certificateExpiries(gate.certificates()),
      };
    },
    reload,
    issue: (order) => gate.issue(order),
  };
}
