import { METRICS, MetricRegistry, type MetricsSnapshot, type Reading } from '../core/metrics/index.ts';
import { ADDRESS_STATES, BREAKER_STATES, type GateStatus } from './status.ts';

/** As much of a digest as is shown elsewhere. */
const DIGEST_CHARACTERS = 12;

/** The metrics of the gate as a whole: whatever its status says, as numbers. */
export function statusMetrics(status: GateStatus): MetricsSnapshot {
  const { readiness, plan, reloads, log, processes, upstreams, certificates, now_ms } = status;
  const registry = new MetricRegistry(METRICS.folded);
  const one = (value: number): Reading[] => [[[], value]];
  registry.reader(METRICS.build, () => [[[status.version], 1]]);
  registry.reader(METRICS.plan, () => [[[plan.digest.slice(0, DIGEST_CHARACTERS)], 1]]);
  registry.reader(METRICS.started, () => one(status.started_ms / 1000));
  registry.reader(METRICS.ready, () => one(readiness.ready ? 1 : 0));
  registry.reader(METRICS.not_ready, () => readiness.reasons.map(({ reason }) => [[reason], 1]));
  registry.reader(METRICS.log_open, () => one(log.state === 'open' ? 1 : 0));
  registry.reader(METRICS.reloads, () => [
    [['switched'], reloads.switched],
    [['refused'], reloads.refused],
  ]);
  registry.reader(METRICS.last_reload_refused, () => one(reloads.last === 'refused' ? 1 : 0));
  registry.reader(METRICS.processes, () => byKind(processes, ({ pid }) => (pid === null ? 0 : 1)));
  registry.reader(METRICS.restarts, () => byKind(processes, ({ restarts }) => restarts));
  registry.reader(METRICS.certificate_left, () =>
    certificates.map(({ use, zone, name, expires_ms }) => [[use, zone, name], (expires_ms - now_ms) / 1000]),
  );
  registry.reader(METRICS.upstream_addresses, () =>
    upstreams.flatMap(({ name, addresses }) =>
      ADDRESS_STATES.map((state): Reading => [[name, state], addresses.filter((one) => one.state === state).length]),
    ),
  );
  registry.reader(METRICS.upstream_breaker, () =>
    upstreams.flatMap(({ name, breaker }) =>
      BREAKER_STATES.map((state): Reading => [[name, state], breaker === state ? 1 : 0]),
    ),
  );
  registry.reader(METRICS.upstream_connections, () => upstreams.map((one) => [[one.name], one.connections]));
  registry.reader(METRICS.upstream_waiting, () => upstreams.map((one) => [[one.name], one.waiting]));
  return registry.snapshot();
}

function byKind(
  processes: GateStatus['processes'],
  value: (process: GateStatus['processes'][number]) => number,
): Reading[] {
  const sums = new Map<string, number>();
  for (const process of processes) sums.set(process.kind, (sums.get(process.kind) ?? 0) + value(process));
  return [...sums].map(([kind, sum]) => [[kind], sum]);
}
