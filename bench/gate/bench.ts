/** Runs every target in turn, round after round, so that what else the machine does falls on all of them alike. */
import { loadavg } from 'node:os';
import { type Child, startChild } from './child.ts';
import type { LoadResult } from './load/loops.ts';
import type { ConnectAnswer, LoadFailure, LoadQuestion } from './load/serve.ts';
import { describeMachine } from './machine.ts';
import type { BenchOptions } from './options.ts';
import { checkClaims } from './probe.ts';
import { cpuOfTree, factsOfTree } from './process-tree.ts';
import type { Progress } from './progress.ts';
import { checkRecords } from './records.ts';
import { type Report, type Run, summarise } from './report/summary.ts';
import { firstGroup, mostCallers, type Scenario } from './scenarios.ts';
import { openSite, type Site } from './site.ts';
import { targetKind } from './targets/all.ts';
import type { Target, TargetKind } from './targets/target.ts';
import { WORKLOADS } from './workload.ts';

/** Until caches are warm, where nothing is compiled. */
const SHORT_WARM_UP_SECONDS = 0.5;

type Load = (question: LoadQuestion) => Promise<unknown>;

/** What a running target has been sent, to be found again in its log. */
interface Running extends Target {
  readonly kind: TargetKind;
  sent: number;
  unsafe: number;
  errors: number;
}

interface Context {
  readonly options: BenchOptions;
  readonly site: Site;
  readonly load: Load;
  readonly progress: Progress;
  readonly starting: (stop: () => Promise<void>) => void;
  readonly notes: string[];
  readonly runs: Run[];
  /** What was left out or failed, each once. */
  readonly failures: string[];
}

/**
 * @param progress is told what is going on
 * @param starting is told how to end what was started, as soon as it is
 * @throws Error where the upstream or the load do not start; what happens to a target is told among the failures
 */
export async function bench(
  options: BenchOptions,
  progress: Progress,
  starting: (stop: () => Promise<void>) => void,
): Promise<Report> {
  const machine = describeMachine();
  const { scenarios } = options;
  const child = startChild('load');
  starting(child.stop);
  const site = await openSite(mostCallers(scenarios));
  starting(site.close);
  const context: Context = {
    options,
    site,
    load: (question) => askLoad(child, question),
    progress,
    starting,
    notes: [],
    runs: [],
    failures: [],
  };
  const groups = Map.groupBy(scenarios, ({ section, workers }) => `${section} ${workers}`);
  for (const group of groups.values()) await runGroup(context, group);
  const { runs, notes, failures } = context;
  const kinds = [...new Set(scenarios.flatMap(({ targets }) => targets))].map(targetKind);
  return {
    machine: { ...machine, load_after: loadavg()[0] ?? 0 },
    options,
    targets: kinds.map(({ name, does, does_not }) => ({ name, does, does_not })),
    summaries: summarise(runs),
    runs,
    notes,
    failures,
  };
}

/** @throws Error where the load could not do it */
async function askLoad(child: Child, question: LoadQuestion): Promise<unknown> {
  const answer = await child.ask<object>(question);
  if ('load_failure' in answer) throw new Error(`the load: ${(answer as LoadFailure).load_failure}`);
  return answer;
}

/** Scenarios of one section, which share their targets. */
async function runGroup(context: Context, scenarios: readonly Scenario[]): Promise<void> {
  const names = [...new Set(scenarios.flatMap(({ targets }) => targets))];
  const running: Running[] = [];
  for (const name of names) {
    const target = await startIfThere(context, targetKind(name), scenarios[0]!);
    if (target) running.push(target);
  }
  for (const scenario of scenarios) await runScenario(context, scenario, running);
  for (const target of running) {
    await target.stop();
    await settleRecords(context, target);
    target.remove();
  }
}

async function startIfThere(context: Context, kind: TargetKind, scenario: Scenario): Promise<Running | null> {
  const { options, site, progress, starting } = context;
  const missing = kind.missing();
  if (missing !== null) {
    note(context.notes, `${kind.name} ${missing}: skipped`);
    return null;
  }
  progress.tell(`starting ${kind.name}`);
  try {
    const target = await kind.start({
      site,
      workers: scenario.workers,
      http2: scenario.streams > 0,
      floor_mtls: scenario.section === 'handshakes',
      cpu_prof: options.cpu_prof,
      node_options: '',
    });
    starting(() => target.stop().then(target.remove));
    return { ...target, kind, sent: 0, unsafe: 0, errors: 0 };
  } catch (error) {
    const { workers } = scenario;
    note(context.failures, `${kind.name}${workers > 1 ? ` with ${workers} workers` : ''}: ${firstLines(error)}`);
    return null;
  }
}

function note(notes: string[], text: string): void {
  if (!notes.includes(text)) notes.push(text);
}

function firstLines(error: unknown): string {
  return (error as Error).message.split('\n').slice(0, 3).join(' ').slice(0, 400);
}

async function runScenario(context: Context, scenario: Scenario, running: readonly Running[]): Promise<void> {
  const { options, progress } = context;
  let targets = running.filter(({ kind }) => scenario.targets.includes(kind.name));
  for (let round = 0; round <= options.rounds; round++) {
    // Each round begins with another target: none is always the one after a certain other.
    const first = targets.length === 0 ? 0 : round % targets.length;
    const left: Running[] = [];
    for (const target of [...targets.slice(first), ...targets.slice(0, first)]) {
      progress.step(`${scenario.id}: ${round === 0 ? 'warming up' : `round ${round}`} ${target.kind.name}`);
      try {
        const run = await measure(context, scenario, target, round);
        if (run === null) continue;
        if (round > 0) context.runs.push(run);
        left.push(target);
      } catch (error) {
        note(context.failures, `${scenario.id}: ${target.kind.name}: ${firstLines(error)}`);
        progress.skip(options.rounds - round);
      }
    }
    targets = targets.filter((target) => left.includes(target));
  }
}

/** @returns null where the target cannot do what the scenario is about */
async function measure(
  { options, load, notes, failures }: Context,
  scenario: Scenario,
  target: Running,
  round: number,
): Promise<Run | null> {
  const { workload, connections, streams, handshake, groups } = scenario;
  if (round === 0 && streams === 0) count(target, scenario, await checkClaims(target.kind, target, workload));
  const opened = (await load({
    ask: 'connect',
    target: target.load,
    connections,
    streams,
    handshake,
    groups,
    workload,
  })) as ConnectAnswer;
  if (opened.failure !== null) {
    target.errors += opened.requests;
    throw new Error(opened.failure);
  }
  count(target, scenario, opened.requests);
  const { agreed } = opened;
  const wanted = firstGroup(groups);
  if (wanted !== null && agreed.group !== '' && agreed.group !== wanted) {
    await load({ ask: 'close' });
    note(notes, `${target.kind.name} agreed on ${agreed.group} where ${wanted} was offered: left out there`);
    return null;
  }
  const seconds = round > 0 ? options.seconds : warmUpOf(target.kind, options);
  const before_us = cpuOfTree(target.pid);
  const result = (await load({ ask: 'run', seconds, rate: options.rate })) as LoadResult;
  const facts = factsOfTree(target.pid);
  await load({ ask: 'close' });
  count(target, scenario, result.requests - result.errors);
  target.errors += result.errors;
  if (result.errors > 0) note(failures, `${scenario.id}: ${target.kind.name}: ${result.first_error}`);
  return {
    scenario: scenario.id,
    target: target.kind.name,
    round,
    ...result,
    cpu_us_per_exchange: (facts.cpu_us - before_us) / result.requests,
    rss_bytes: facts.rss_bytes,
    pss_bytes: facts.pss_bytes,
    descriptors: facts.descriptors,
    processes: facts.processes,
    agreed,
  };
}

function warmUpOf({ compiles }: TargetKind, { warm_up_seconds }: BenchOptions): number {
  return compiles ? Math.max(SHORT_WARM_UP_SECONDS, warm_up_seconds) : SHORT_WARM_UP_SECONDS;
}

function count(target: Running, { workload }: Scenario, requests: number): void {
  target.sent += requests;
  if (WORKLOADS[workload].method !== 'GET') target.unsafe += requests;
}

async function settleRecords({ notes, failures, progress }: Context, target: Running): Promise<void> {
  const { audit_folder, kind, sent, unsafe, errors } = target;
  if (audit_folder === null) return;
  progress.tell(`counting the records of ${kind.name}`);
  try {
    const { intents } = await checkRecords(audit_folder, { sent, unsafe, errors });
    notes.push(
      `All ${sent} exchanges of ${kind.name}, warm-up included, are on record as allowed; ${intents} intents.`,
    );
  } catch (error) {
    failures.push(`${kind.name}: ${firstLines(error)}`);
  }
}
