/** Load that stays on: whether memory, descriptors or CPU creep, and whether every exchange is on record at the end. */
import { loadavg } from 'node:os';
import { startChild } from './child.ts';
import { type HeapProbe, openHeapProbe } from './heap.ts';
import type { LoadResult } from './load/loops.ts';
import type { ConnectAnswer } from './load/serve.ts';
import { describeMachine, type Machine, machineLine } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { checkClaims } from './probe.ts';
import { cpuOfTree, factsOfTree } from './process-tree.ts';
import { checkRecords } from './records.ts';
import { spread } from './report/summary.ts';
import { describeScenario, mostCallers } from './scenarios.ts';
import { openSite } from './site.ts';
import { targetKind } from './targets/all.ts';
import { WORKLOADS } from './workload.ts';

export interface SoakSample {
  /** Since the beginning. */
  readonly at_seconds: number;
  readonly workload: string;
  readonly requests: number;
  readonly errors: number;
  readonly cpu_us_per_exchange: number;
  readonly rss_bytes: number;
  readonly pss_bytes: number | null;
  /** Used by JavaScript, all processes; null where it was not asked for. */
  readonly heap_bytes: number | null;
  readonly descriptors: number;
  readonly processes: number;
  readonly p50_us: number;
  readonly p99_us: number;
}

export interface SoakReport {
  readonly machine: Machine;
  readonly options: BenchOptions;
  readonly samples: readonly SoakSample[];
  readonly notes: readonly string[];
  readonly failures: readonly string[];
}

const SAMPLE_SECONDS = 10;
/** Samples of the first and of the last minute; their medians are compared. */
const SAMPLES_A_MINUTE = 6;

/**
 * Connections are kept for a minute at a time, so that they come and go too. Workloads take turns by the minute.
 *
 * @param print is given the report line by line
 */
export async function soak(
  options: BenchOptions,
  print: (line: string) => void,
  starting: (stop: () => Promise<void>) => void,
): Promise<SoakReport> {
  const machine = describeMachine();
  const { scenarios } = options;
  const first = scenarios[0]!;
  const kind = targetKind(first.targets[0]!);
  const child = startChild('load');
  starting(child.stop);
  const site = await openSite(mostCallers(scenarios));
  starting(site.close);
  const probe: HeapProbe | null = options.heap ? openHeapProbe(site.folder) : null;
  const target = await kind.start({
    site,
    workers: first.workers,
    http2: first.streams > 0,
    floor_mtls: false,
    cpu_prof: options.cpu_prof,
    node_options: probe?.node_options ?? '',
  });
  starting(() => target.stop().then(target.remove));

  let sent = 0;
  let unsafe = 0;
  let errors = 0;
  const failures: string[] = [];
  const samples: SoakSample[] = [];
  print(HEAD);
  const begun_ms = performance.now();
  const elapsed = () => (performance.now() - begun_ms) / 1000;
  for (let minute = 0; elapsed() < options.soak_seconds!; minute++) {
    const { workload, connections, streams, handshake, groups } = scenarios[minute % scenarios.length]!;
    const is_unsafe = WORKLOADS[workload].method !== 'GET';
    const count = (requests: number) => {
      sent += requests;
      if (is_unsafe) unsafe += requests;
    };
    if (minute < scenarios.length && streams === 0) count(await checkClaims(kind, target, workload));
    const opened = await child.ask<ConnectAnswer>({
      ask: 'connect',
      target: target.load,
      connections,
      streams,
      handshake,
      groups,
      workload,
    });
    if (opened.failure !== null) throw new Error(`${workload}: ${opened.failure}`);
    count(opened.requests);
    for (let part = 0; part < SAMPLES_A_MINUTE && elapsed() < options.soak_seconds!; part++) {
      const before_us = cpuOfTree(target.pid);
      const result = await child.ask<LoadResult>({ ask: 'run', seconds: SAMPLE_SECONDS, rate: options.rate });
      const facts = factsOfTree(target.pid);
      count(result.requests - result.errors);
      errors += result.errors;
      if (result.errors > 0) failures.push(`${result.errors} errors: ${result.first_error}`);
      const sample: SoakSample = {
        at_seconds: elapsed(),
        workload,
        requests: result.requests,
        errors: result.errors,
        cpu_us_per_exchange: (facts.cpu_us - before_us) / result.requests,
        rss_bytes: facts.rss_bytes,
        pss_bytes: facts.pss_bytes,
        heap_bytes: probe?.heapBytes() ?? null,
        descriptors: facts.descriptors,
        processes: facts.processes,
        p50_us: result.latency_us.p50,
        p99_us: result.latency_us.p99,
      };
      samples.push(sample);
      print(sampleLine(sample));
      if (result.errors > 0) break;
    }
    await child.ask({ ask: 'close' });
  }
  await target.stop();
  const notes = [
    ...scenarios.map(describeScenario),
    ...lastToFirst(samples).map(
      ({ workload, cpu, memory, heap, descriptors }) =>
        `${workload}, last minute to first: CPU ${cpu.toFixed(2)}, memory ${memory.toFixed(2)}, ` +
        `${heap === null ? '' : `heap ${heap.toFixed(2)}, `}descriptors ${descriptors.toFixed(2)}`,
    ),
  ];
  if (target.audit_folder !== null) {
    try {
      const { intents } = await checkRecords(target.audit_folder, { sent, unsafe, errors });
      notes.push(`All ${sent} exchanges are on record as allowed; ${intents} intents.`);
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  const described = { ...machine, load_after: loadavg()[0] ?? 0 };
  for (const line of ['', machineLine(described), ...notes, ...failures.map((failure) => `FAILED: ${failure}`)])
    print(line);
  target.remove();
  return { machine: described, options, samples, notes, failures };
}

export interface Change {
  readonly workload: string;
  readonly cpu: number;
  readonly memory: number;
  readonly heap: number | null;
  readonly descriptors: number;
}

/** The last minute of each workload as ratio to its first; nothing where it had no two minutes. */
export function lastToFirst(samples: readonly SoakSample[]): Change[] {
  return [...Map.groupBy(samples, ({ workload }) => workload)].flatMap(([workload, own]) => {
    if (own.length < 2 * SAMPLES_A_MINUTE) return [];
    const first = own.slice(0, SAMPLES_A_MINUTE);
    const last = own.slice(-SAMPLES_A_MINUTE);
    const ratio = (value: (sample: SoakSample) => number) =>
      spread(last.map(value)).median / spread(first.map(value)).median;
    return [
      {
        workload,
        cpu: ratio(({ cpu_us_per_exchange }) => cpu_us_per_exchange),
        memory: ratio(({ pss_bytes, rss_bytes }) => pss_bytes ?? rss_bytes),
        heap: own.every(({ heap_bytes }) => heap_bytes !== null) ? ratio(({ heap_bytes }) => heap_bytes ?? 0) : null,
        descriptors: ratio(({ descriptors }) => descriptors),
      },
    ];
  });
}

const HEAD =
  '     s  workload     exchanges errors  CPU µs  RSS MiB  PSS MiB  heap MiB  descriptors  processes   p50 ms   p99 ms';

function sampleLine(sample: SoakSample): string {
  const mib = (bytes: number | null) => (bytes === null ? '-' : (bytes / 2 ** 20).toFixed(1));
  const cells: [string, number][] = [
    [sample.at_seconds.toFixed(0), 6],
    [String(sample.requests), 10],
    [String(sample.errors), 6],
    [sample.cpu_us_per_exchange.toFixed(1), 7],
    [mib(sample.rss_bytes), 8],
    [mib(sample.pss_bytes), 8],
    [mib(sample.heap_bytes), 9],
    [String(sample.descriptors), 12],
    [String(sample.processes), 10],
    [(sample.p50_us / 1000).toFixed(2), 8],
    [(sample.p99_us / 1000).toFixed(2), 8],
  ];
  const [at, ...rest] = cells.map(([text, width]) => text.padStart(width));
  return [at, ` ${sample.workload.padEnd(12)}`, ...rest].join(' ');
}
