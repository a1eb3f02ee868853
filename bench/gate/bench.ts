/** Runs every target in turn, round after round, so that what else the machine does falls on all of them alike. */
import { startChild } from './child.ts';
import type { ConnectAnswer, LoadQuestion, LoadResult } from './load.ts';
import { describeMachine } from './machine.ts';
import type { BenchOptions, TargetName } from './options.ts';
import { cpuOf, processesOf, rssOf } from './process-facts.ts';
import { type Report, type Run, summarise } from './report.ts';
import { openSite, type Site } from './site.ts';
import { nginxVersion, startFloor, startNginx, startSallyport, type Target } from './targets.ts';
import { UNDECLARED, WORKLOADS, type WorkloadName } from './workload.ts';

/** Until the machine code is there; not counted. */
const WARM_UP_SECONDS = 2.5;

type Load = (question: LoadQuestion) => Promise<unknown>;

/** Requests the gate was sent, to be found again in its log. */
type Sent = Map<WorkloadName, number>;

/**
 * @param progress is told what is going on
 * @param starting is told how to end what was started, as soon as it is
 * @throws Error where a target does not start or answers wrongly
 */
export async function bench(
  options: BenchOptions,
  progress: (line: string) => void,
  starting: (stop: () => Promise<void>) => void,
): Promise<Report> {
  const nginx = nginxVersion();
  const machine = describeMachine(nginx);
  const notes: string[] = [];
  const child = startChild('load');
  starting(child.stop);
  const load: Load = (question) => child.ask(question);
  const site = await openSite(options.connections);
  starting(site.close);

  const targets: Target[] = [];
  for (const name of options.targets) {
    if (name === 'nginx' && nginx === null) {
      notes.push('nginx is not installed: skipped');
      continue;
    }
    progress(`starting ${name}`);
    const target = await startTarget(name, site, options);
    starting(target.stop);
    targets.push(target);
  }

  const sent: Sent = new Map();
  const runs: Run[] = [];
  for (let round = 0; round <= options.rounds; round++) {
    // Each round begins with another target: none is always the one after a certain other.
    const order = [...targets.slice(round % targets.length), ...targets.slice(0, round % targets.length)];
    for (const workload of options.workloads) {
      for (const target of order) {
        progress(round === 0 ? `warming up ${target.name} ${workload}` : `round ${round} ${target.name} ${workload}`);
        const seconds = round === 0 ? Math.max(WARM_UP_SECONDS, options.seconds) : options.seconds;
        const run = await measure(target, { load, workload, seconds, round, connections: options.connections });
        if (target.name === 'sallyport') {
          sent.set(workload, (sent.get(workload) ?? 0) + run.requests + options.connections);
        }
        if (round > 0) runs.push(run);
      }
    }
  }
  for (const target of targets) await target.stop();
  if (targets.some(({ name }) => name === 'sallyport')) notes.push(await checkRecords(site, sent));
  return { machine, options, summaries: summarise(runs), runs, notes };
}

function startTarget(name: TargetName, site: Site, options: BenchOptions): Promise<Target> {
  switch (name) {
    case 'floor':
      return startFloor(site);
    case 'nginx':
      return startNginx(site);
    case 'sallyport':
      return startSallyport(site, options.cpu_prof);
  }
}

async function measure(
  target: Target,
  how: { load: Load; workload: WorkloadName; seconds: number; round: number; connections: number },
): Promise<Run> {
  const { load, workload, seconds, round, connections } = how;
  const opened = await load({ ask: 'connect', target: target.load, connections, workload });
  checkAnswer(target, workload, opened as ConnectAnswer);
  const pids = processesOf(target.pid);
  const before_us = cpuOf(pids);
  const result = (await load({ ask: 'run', seconds })) as LoadResult;
  const cpu_us = cpuOf(pids) - before_us;
  const rss_bytes = rssOf(pids);
  await load({ ask: 'close' });
  return {
    round,
    target: target.name,
    workload,
    ...result,
    cpu_us_per_exchange: cpu_us / result.requests,
    rss_bytes,
  };
}

/** A proxy passes on everything, the gate what is declared: or something else than meant is measured. */
function checkAnswer({ name }: Target, workload: WorkloadName, { sample }: ConnectAnswer): void {
  const trims = name === 'sallyport' && WORKLOADS[workload].trims;
  if (sample.includes(UNDECLARED) === trims) throw new Error(`${name} answered ${sample.slice(0, 1000)}`);
}

/**
 * Every exchange of the load must be on record, with its intent where it may have had effects. Answers that are
 * passed on as they arrive have one too, where they are not small.
 */
async function checkRecords(site: Site, sent: Sent): Promise<string> {
  const { allowed, intents } = await site.countRecords();
  const due = sum([...sent.values()]);
  const unsafe = sum([...sent].map(([name, count]) => (WORKLOADS[name].method === 'GET' ? 0 : count)));
  if (allowed !== due || intents < unsafe) {
    throw new Error(`${due} exchanges, ${unsafe} unsafe; on record ${allowed} allowed, ${intents} intents`);
  }
  return `All ${due} exchanges of Sallyport, warm-up included, are on record as allowed; ${intents} intents.`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
