import type { TracesConfig } from '../config/load.ts';
import type { ExchangeRecord } from '../core/audit/index.ts';
import type { Trace } from '../core/exchange/index.ts';
import { METRICS, type MetricRegistry } from '../core/metrics/index.ts';
import type { Notify } from '../core/oplog/index.ts';
import {
  createSampler,
  DROP_REASONS,
  type ExporterSettings,
  type Sampler,
  type SpanCounts,
  TraceExporter,
} from '../core/traces/index.ts';
import { type CollectorPorts, openCollector } from './open-collector.ts';

/** What a plan says of traces, with the bundle that was read for it. */
export interface PlannedTraces {
  readonly config: TracesConfig;
  readonly ca: readonly string[] | 'system';
}

export interface TraceKeeper {
  /** Whether this trace, where the gate begins it, is exported. */
  sampled(trace_id: string): boolean;
  /** Told of every exchange that is on record; returns at once. */
  offer(outcome: ExchangeRecord, trace: Trace): void;
  /** Another plan is in force. What waits stays where the collector is the same, else it is sent to the one before. */
  use(traces: PlannedTraces | null, gate: string): void;
  /** Sends what waits, as far as the budget goes. */
  close(budget_ms: number): Promise<void>;
}

export interface TraceKeeperPorts extends CollectorPorts {
  readonly version: string;
  readonly metrics: MetricRegistry;
  /** Which of the gate's workers this is, from 1. */
  readonly slot: number;
  readonly onNotice: Notify;
}

/** How long a collector that no plan names any more is still given what was meant for it. */
const FAREWELL_MS = 5_000;

/** An exporter and the collector it is of. */
interface InForce {
  readonly key: string;
  readonly exporter: TraceExporter;
  readonly sampler: Sampler;
}

/** Keeps the exporter of traces over reloads; without a collector there is none, and an exchange costs a comparison. */
export function keepTraces(ports: TraceKeeperPorts): TraceKeeper {
  const counts = countSpans(ports.metrics);
  let in_force: InForce | null = null;
  const leaving = new Set<TraceExporter>();
  ports.metrics.reader(METRICS.trace_queue, () => (in_force ? [[[], in_force.exporter.queued_bytes]] : []));
  ports.metrics.reader(METRICS.trace_failing, () => (in_force ? [[[], in_force.exporter.failing ? 1 : 0]] : []));

  function dismiss({ exporter }: InForce): void {
    leaving.add(exporter);
    void exporter.close(FAREWELL_MS).then(() => leaving.delete(exporter));
  }

  function exporterFor({ config, ca }: PlannedTraces, key: string, settings: ExporterSettings): TraceExporter {
    if (in_force?.key === key) {
      in_force.exporter.configure(settings);
      return in_force.exporter;
    }
    const { random, onNotice } = ports;
    const collector = openCollector(config.collector, ca, ports);
    return new TraceExporter({ collector, settings, counts: counts(), random, onNotice });
  }

  return {
    sampled: (trace_id) => in_force?.sampler.samples(trace_id) ?? false,
    offer(outcome, trace) {
      if (in_force?.sampler.wants(outcome, trace)) in_force.exporter.offer({ outcome, parent_id: trace.parent_id });
    },
    use(traces, gate) {
      const before = in_force;
      if (traces === null) {
        in_force = null;
      } else {
        const { share, asked, queue_bytes, batch_bytes, every_ms } = traces.config;
        const key = keyOf(traces);
        const resource = { gate, version: ports.version, worker: ports.slot };
        const exporter = exporterFor(traces, key, { queue_bytes, batch_bytes, every_ms, resource });
        in_force = { key, exporter, sampler: createSampler({ share, asked, now: ports.monotonic }) };
      }
      if (before !== null && before.exporter !== in_force?.exporter) dismiss(before);
    },
    async close(budget_ms) {
      const all = [...leaving, ...(in_force ? [in_force.exporter] : [])];
      in_force = null;
      await Promise.all(all.map((exporter) => exporter.close(budget_ms)));
    },
  };
}

/** What an exporter is made of and cannot change. Where the bundle stands is no part of it. */
function keyOf({ config: { collector }, ca }: PlannedTraces): string {
  const { url, server_name, timeouts } = collector;
  return JSON.stringify([url.href, server_name, timeouts, ca]);
}

/** Every series is there, with 0, as soon as there is a collector: what is not there cannot be seen to grow. */
function countSpans(metrics: MetricRegistry): () => SpanCounts {
  const exported = metrics.counter(METRICS.trace_spans_exported);
  const dropped = metrics.counter(METRICS.trace_spans_dropped);
  return () => {
    const taken = exported.take([]).cell;
    const lost = new Map(DROP_REASONS.map((reason) => [reason, dropped.take([reason]).cell]));
    return {
      exported: (spans) => taken.add(spans),
      dropped: (reason, spans) => lost.get(reason)?.add(spans),
    };
  };
}
