import type { GateStatus, NotReadyReason } from '../admin/status.ts';
import { cpuSeconds, type MetricsSnapshot, type OwnProcess } from '../core/metrics/index.ts';
import type { Gate } from './gate.ts';

/** What one process of a gate is seen to be. */
export interface ProcessObservation {
  readonly metrics: MetricsSnapshot;
  readonly cpu_seconds: number;
  readonly memory_bytes: number;
}

/** What a process that carries exchanges is seen to be. */
export interface WorkerObservation extends ProcessObservation {
  readonly zones: GateStatus['zones'];
  readonly upstreams: GateStatus['upstreams'];
  readonly log: Pick<GateStatus['log'], 'state' | 'lag_ms'>;
}

/** What a whole gate is seen to be. */
export interface Observation {
  /** Of all processes, merged. */
  readonly metrics: MetricsSnapshot;
  readonly processes: GateStatus['processes'];
  readonly zones: GateStatus['zones'];
  readonly upstreams: GateStatus['upstreams'];
  readonly log: Pick<GateStatus['log'], 'state' | 'lag_ms'>;
  /** Why it takes no exchange. */
  readonly not_ready: readonly NotReadyReason[];
}

export function observeGate(gate: Gate, own: OwnProcess): WorkerObservation {
  return {
    metrics: gate.metrics.snapshot(),
    cpu_seconds: cpuSeconds(own),
    memory_bytes: own.memoryUsage().rss,
    zones: zonesOf(gate),
    upstreams: upstreamsOf(gate),
    log: { state: gate.recorder.state, lag_ms: gate.recording.lag_ms() },
  };
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
    const { addresses, connections, waiting, breaker } = health;
    return [
      { name: id, origin: upstream.url.origin, breaker, addresses: addresses.map(addressOf), connections, waiting },
    ];
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
