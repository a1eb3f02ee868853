import { type Admin, openAdmin } from '../admin/open-admin.ts';
import type { AdminPorts } from '../admin/ports.ts';
import { type GateStatus, type NotReadyReason, type ReloadResult, readinessOf } from '../admin/status.ts';
import type { GateConfig } from '../config/load.ts';
import {
  cpuSeconds,
  type EventLoopOptions,
  mergeSnapshots,
  type OwnProcess,
  watchEventLoop,
  watchProcess,
} from '../core/metrics/index.ts';
import { type CertificateExpiry, certificateExpiries } from './expiry.ts';
import type { Gate } from './gate.ts';

/** What the process that runs a gate knows of itself. */
export interface Watching {
  readonly own: OwnProcess & { readonly pid: number };
  readonly event_loop: Omit<EventLoopOptions, 'now'>;
}

export interface GateAdminOptions extends Watching {
  readonly gate: Gate;
  readonly version: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Milliseconds, monotonic. */
  readonly monotonic: () => number;
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

/** The name of the only process there is. */
const ONLY = 'gate';

/**
 * Opens the admin listener of a gate that is one process.
 *
 * @throws LoadError LISTEN
 */
export function openGateAdmin(options: GateAdminOptions): Promise<Admin> {
  const { admin } = options.gate.config();
  return openAdmin({ ...admin, ports: gateAdminPorts(options) });
}

function gateAdminPorts(options: GateAdminOptions): AdminPorts {
  const { gate, own, event_loop, now, monotonic } = options;
  watchProcess(gate.metrics, own);
  watchEventLoop(gate.metrics, { ...event_loop, now: monotonic });
  const started_ms = now();
  const certificates = certificatesInForce(gate);
  const readiness = () => readinessOf(notReady(gate));
  return {
    readiness: () => Promise.resolve(readiness()),
    metrics: () => Promise.resolve(mergeSnapshots([{ process: ONLY, snapshot: gate.metrics.snapshot() }])),
    status: () =>
      Promise.resolve({
        gate: gate.config().name,
        version: options.version,
        pid: own.pid,
        started_ms,
        now_ms: now(),
        readiness: readiness(),
        plan: { digest: gate.loaded().plan.digest, since_ms: options.reloads.switched_ms ?? started_ms },
        reloads: options.reloads.told(),
        processes: [
          {
            name: ONLY,
            kind: ONLY,
            pid: own.pid,
            restarts: 0,
            started_ms,
            cpu_seconds: cpuSeconds(own),
            memory_bytes: own.memoryUsage().rss,
          },
        ],
        zones: zonesOf(gate),
        log: {
          state: gate.audit.state,
          folder: `${gate.config().data_folder}/audit`,
          lag_ms: gate.recording.lag_ms(),
        },
        upstreams: upstreamsOf(gate),
        certificates: certificates(),
      }),
    reload: options.reload,
  };
}

function notReady(gate: Gate): NotReadyReason[] {
  return [
    ...(gate.draining() ? (['draining'] as const) : []),
    ...(gate.audit.state === 'failed' ? (['log_failed'] as const) : []),
  ];
}

function zonesOf(gate: Gate): GateStatus['zones'] {
  const connections = gate.connections();
  return [...connections].map(([zone, count]) => ({
    zone,
    listeners: gate.listeners.flatMap((one) => (one.zone === zone ? [{ address: one.address, port: one.port }] : [])),
    connections: count,
  }));
}

function upstreamsOf(gate: Gate): GateStatus['upstreams'] {
  const { upstreams } = gate.loaded();
  return gate.config().apis.flatMap(({ id, upstream }) => {
    const health = upstreams.get(id)?.health();
    if (health === undefined) return [];
    const { addresses, connections, waiting } = health;
    return [{ name: id, origin: upstream.url.origin, addresses: addresses.map(addressOf), connections, waiting }];
  });
}

function addressOf({
  address,
  state,
  in_flight,
  consecutive_failures,
}: GateStatus['upstreams'][number]['addresses'][number]) {
  return { address, state, in_flight, consecutive_failures };
}

/** Read again when another configuration is in force: what stands in the files meanwhile is not what is used. */
function certificatesInForce(gate: Gate): () => CertificateExpiry[] {
  let of: GateConfig | null = null;
  let certificates: CertificateExpiry[] = [];
  return () => {
    const config = gate.config();
    if (of !== config) {
      certificates = certificateExpiries(config);
      of = config;
    }
    return certificates;
  };
}
