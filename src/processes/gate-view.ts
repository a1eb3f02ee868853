/** What the processes of a gate together are seen to be. */

import { mergeUpstreams, mergeZones } from '../admin/merge-status.ts';
import type { GateStatus, NotReadyReason } from '../admin/status.ts';
import {
  cpuSeconds,
  METRICS,
  MergedMetrics,
  MetricRegistry,
  watchEventLoop,
  watchProcess,
} from '../core/metrics/index.ts';
import type { Observation, ProcessObservation, WorkerObservation } from '../wiring/observe-gate.ts';
import type { SupervisorPorts } from './process-options.ts';
import type { RecorderKeeper } from './recorder-keeper.ts';
import type { SignerKeeper } from './signer-keeper.ts';
import type { WorkerKeeper } from './worker-keeper.ts';

export interface GateViewOptions {
  readonly ports: SupervisorPorts;
  readonly recorder: RecorderKeeper;
  /** Null where nothing is issued. */
  readonly signer: () => SignerKeeper | null;
  readonly workers: () => readonly WorkerKeeper[];
  readonly notReady: () => readonly NotReadyReason[];
}

type Process = GateStatus['processes'][number];

/** A process that does not answer by then is told without what only it knows. */
const LOOK_MS = 2_000;

export class GateView {
  readonly #options: GateViewOptions;
  readonly #metrics = new MergedMetrics();
  readonly #own = new MetricRegistry(METRICS.folded);
  readonly #started_ms: number;

  constructor(options: GateViewOptions) {
    const { watching, monotonic, now } = options.ports;
    this.#options = options;
    this.#started_ms = now();
    watchProcess(this.#own, watching.own);
    watchEventLoop(this.#own, { ...watching.event_loop, now: monotonic });
  }

  /** There is no signer any more. */
  signerEnded(): void {
    this.#metrics.ended('signer');
  }

  /** A worker's process is no more: what it counted stays in the sums. */
  ended(slot: number): void {
    this.#metrics.ended(workerName(slot));
  }

  async observe(): Promise<Observation> {
    const { recorder, signer: current, workers: all, notReady } = this.#options;
    const workers = all();
    const signer = current();
    const [seen_recorder, seen_signer, ...seen] = await Promise.all([
      recorder.observe(LOOK_MS),
      signer?.observe(LOOK_MS) ?? null,
      ...workers.map((worker) => worker.observe(LOOK_MS)),
    ]);
    const there = seen.filter((one): one is WorkerObservation => one !== null);
    for (const [index, one] of seen.entries()) {
      if (one) this.#metrics.take(workerName(workers[index]!.slot), one.metrics);
    }
    if (seen_recorder) this.#metrics.take('recorder', seen_recorder.metrics);
    if (seen_signer && signer === current()) this.#metrics.take('signer', seen_signer.metrics);
    this.#metrics.take('supervisor', this.#own.snapshot());
    return {
      metrics: this.#metrics.merged(),
      processes: [
        this.#supervisor(),
        described('recorder', 'recorder', recorder, seen_recorder),
        ...(signer ? [described('signer', 'signer', signer, seen_signer)] : []),
        ...workers.map((worker, index) => described(workerName(worker.slot), 'worker', worker, seen[index] ?? null)),
      ],
      zones: mergeZones(there.map(({ zones }) => zones)),
      upstreams: mergeUpstreams(there.map(({ upstreams }) => upstreams)),
      log: {
        state: recorder.open ? 'open' : 'failed',
        lag_ms: Math.max(0, ...there.map(({ log }) => log.lag_ms)),
      },
      not_ready: notReady(),
    };
  }

  #supervisor(): Process {
    const { own } = this.#options.ports.watching;
    return {
      name: 'supervisor',
      kind: 'supervisor',
      pid: own.pid,
      restarts: 0,
      started_ms: this.#started_ms,
      cpu_seconds: cpuSeconds(own),
      memory_bytes: own.memoryUsage().rss,
    };
  }
}

const workerName = (slot: number): string => `worker-${slot}`;

function described(
  name: string,
  kind: string,
  { pid, restarts, started_ms }: Pick<RecorderKeeper, 'pid' | 'restarts' | 'started_ms'>,
  seen: ProcessObservation | null,
): Process {
  const { cpu_seconds = null, memory_bytes = null } = seen ?? {};
  return { name, kind, pid, restarts, started_ms, cpu_seconds, memory_bytes };
}
