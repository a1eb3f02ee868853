/** Load that stays on: whether memory, descriptors or CPU creep, and whether every exchange is on record at the end. */
import { loadavg } from 'node:os';
import { type Child, startChild } from './child.ts';
import { type HeapProbe, openHeapProbe } from './heap.ts';
import type { LoadResult } from './load/loops.ts';
import type { ConnectAnswer, LoadQuestion } from './load/serve.ts';
import { describeMachine, type Machine, machineLine } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { checkClaims } from './probe.ts';
import { cpuOfTree, factsOfTree } from './process-tree.ts';
import { checkRecords } from './records.ts';
import { spread } from './report/summary.ts';
import { describeScenario, mostCallers, type Scenario } from './scenarios.ts';
import { openSite } from './site.ts';
import { targetKind } from './targets/all.ts';
import type { Target, TargetKind } from './targets/target.ts';
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

/** What has been sent, to be held against the log. */
class Ledger {
  sent = 0;
  unsafe = 0;
  errors = 0;

  count(scenario: Scenario, requests: number): void {
    this.sent += requests;
    if (WORKLOADS[scenario.workload].method !== 'GET') this.unsafe += requests;
  }
}

interface Soaking {
  readonly options: BenchOptions;
  readonly load: Child;
  readonly kind: TargetKind;
  readonly target: Target;
  readonly probe: HeapProbe | null;
  readonly ledger: Ledger;
  readonly samples: SoakSample[];
  readonly failures: string[];
  readonly print: (line: string) => void;
  /** Seconds since the beginning. */
  readonly elapsed: () => number;
}

/**
 * Connections are kept for a minute at a time, so that they come and go too. Workloads take turns by the minute.
 *
 * @param print is given the report line by line
 * @throws Error where something does not start or a minute cannot begin
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
  const load = startChild('load');
  starting(load.stop);
  const site = await openSite(mostCallers(scenarios));
  starting(site.close);
  const probe = options.heap ? openHeapProbe(site.folder) : null;
  const target = await kind.start({
    site,
    workers: first.workers,
    http2: first.streams > 0,
    floor_mtls: false,
    cpu_prof: options.cpu_prof,
    node_options: probe?.node_options ?? '',
  });
  starting(() => target.stop().then(target.remove));
  print(HEAD);
  const begun_ms = performance.now();
  const elapsed = () => (performance.now() - begun_ms) / 1000;
  const ledger = new Ledger();
  const soaking: Soaking = { options, load, kind, target, probe, ledger, samples: [], failures: [], print, elapsed };
  for (let minute = 0; elapsed() < options.soak_seconds!; minute++) {
    await soakMinute(soaking, scenarios[minute % scenarios.length]!, minute < scenarios.length);
  }
  await target.stop();
  return conclude(soaking, { ...machine, load_after: loadavg()[0] ?? 0 });
}

async function soakMinute(soaking: Soaking, scenario: Scenario, is_first: boolean): Promise<void> {
  const { options, load, kind, target, ledger, samples, print, elapsed } = soaking;
  const { workload, connections, streams, handshake, groups } = scenario;
  if (is_first && streams === 0) ledger.count(scenario, await checkClaims(kind, target, workload));
  const connect: LoadQuestion = {
    ask: 'connect',
    target: target.load,
    connections,
    streams,
    handshake,
    groups,
    workload,
  };
  const opened = await load.ask<ConnectAnswer>(connect);
  if (opened.failure !== null) throw new Error(`${workload}: ${opened.failure}`);
  ledger.count(scenario, opened.requests);
  for (let part = 0; part < SAMPLES_A_MINUTE && elapsed() < options.soak_seconds!; part++) {
    const sample = await takeSample(soaking, scenario);
    samples.push(sample);
    print(sampleLine(sample));
    if (sample.errors > 0) break;
  }
  await load.ask({ ask: 'close' });
}

async function takeSample(soaking: Soaking, scenario: Scenario): Promise<SoakSample> {
  const { options, load, target, probe, ledger, failures, elapsed } = soaking;
  const before_us = cpuOfTree(target.pid);
  const result = await load.ask<LoadResult>({ ask: 'run', seconds: SAMPLE_SECONDS, rate: options.rate });
  const { cpu_us, rss_bytes, pss_bytes, descriptors, processes } = factsOfTree(target.pid);
  const { requests, errors, first_error, latency_us } = result;
  ledger.count(scenario, requests - errors);
  ledger.errors += errors;
  if (errors > 0) failures.push(`${errors} errors: ${first_error}`);
  return {
    at_seconds: elapsed(),
    workload: scenario.workload,
    requests,
    errors,
    cpu_us_per_exchange: (cpu_us - before_us) / requests,
    rss_bytes,
    pss_bytes,
    heap_bytes: probe?.heapBytes() ?? null,
    descriptors,
    processes,
    p50_us: latency_us.p50,
    p99_us: latency_us.p99,
  };
}

async function conclude(soaking: Soaking, machine: Machine): Promise<SoakReport> {
  const { options, target, ledger, samples, failures, print } = soaking;
  const notes = [...options.scenarios.map(describeScenario), ...lastToFirst(samples).map(changeLine)];
  if (target.audit_folder !== null) {
    try {
      const { intents } = await checkRecords(target.audit_folder, ledger);
      notes.push(`All ${ledger.sent} exchanges are on record as allowed; ${intents} intents.`);
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  for (const line of ['', machineLine(machine), ...notes, ...failures.map((text) => `FAILED: ${text}`)]) print(line);
  return { machine, options, samples, notes, failures };
}

function changeLine({ workload, cpu, memory, heap, descriptors }: Change): string {
  const of_heap = heap === null ? '' : `heap ${heap.toFixed(2)}, `;
  return (
    `${workload}, last minute to first: CPU ${cpu.toFixed(2)}, memory ${memory.toFixed(2)}, ` +
    `${of_heap}descriptors ${descriptors.toFixed(2)}`
  );
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
