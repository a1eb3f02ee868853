/** Runs one fault against a gate of its own, with an honest partner beside it, and holds the gate to its promises. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GateProcess, startGateProcess } from '../../test/acceptance/harness/gate-process.ts';
import { freePort } from '../../test/acceptance/harness/nginx.ts';
import { outcomesOf } from '../../test/acceptance/harness/outcomes.ts';
import { makeProject, type Project } from '../../test/acceptance/harness/project.ts';
import { checkRecords, type RecordFacts } from './check-records.ts';
import { type Companion, startCompanion } from './companion-process.ts';
import { type Fault, Impossible, LONG_MS, SHORT_TIMERS, type Stage } from './fault.ts';
import type { CompanionReport } from './messages.ts';
import { type Held, heldBy, watchPeak } from './processes.ts';

export interface FaultReport {
  readonly name: string;
  readonly title: string;
  readonly promise: string;
  readonly verdict: 'held' | 'broken' | 'not possible here';
  /** Each broken promise, or why the fault could not be made. */
  readonly reasons: readonly string[];
  readonly did: Readonly<Record<string, number | string>>;
  readonly honest: Omit<CompanionReport, 'answered' | 'executed'> | null;
  readonly record: Omit<RecordFacts, 'broken'> | null;
  readonly held: {
    readonly before: Held;
    readonly peak: Omit<Held, 'processes' | 'each'>;
    readonly after: Held;
  } | null;
  /** What the gate told its operator, without its start. */
  readonly notices: readonly string[];
  readonly took_ms: number;
}

export interface FrameOptions {
  readonly quick: boolean;
  /** Given what ends everything the fault has begun, for whoever cannot wait until it is over. */
  readonly onBegun: (end: () => Promise<void>) => void;
}

const CONNECTIONS = 6;
const PAUSE_MS = 50;
/** The partner's own patience. */
const CALL_MS = 20_000;
/** Calls that succeed one after the other before the gate counts as being back. */
const STEADY_CALLS = 12;

/** Budgets that the honest load stays below; places under way are those of a gate by default. */
const BUDGETS = `limits: { source: 100000/1s, machine: 100000/1s, party: 100000/1s, operation: 100000/1s }
`;

const POLICIES = `permit (principal in Party::"acme", action in Action::"call", resource in Api::"orders");
permit (principal in Party::"globex", action in Action::"call", resource in Api::"orders");
`;

export async function runFault(fault: Fault, { quick, onBegun }: FrameOptions): Promise<FaultReport> {
  const begun_ms = performance.now();
  const cleanups: (() => void)[] = [];
  const broken: string[] = [];
  const did: Record<string, number | string> = {};
  const gates: GateProcess[] = [];
  let impossible: string | null = null;
  const companion = await startCompanion();
  const project = await siteOf(fault, companion);
  const start = async () => {
    const wrapper = fault.site?.wrapper?.(project) ?? [];
    gates.push(await startGateProcess(project, { wrapper }));
  };
  const endAll = async () => {
    await Promise.all(gates.map((gate) => gate.kill()));
    companion.kill();
    for (const cleanup of cleanups.splice(0).reverse()) cleanup();
    project.remove();
  };
  onBegun(endAll);
  const stage = stageOf({ fault, quick, companion, project, gates, start, broken, did, cleanups });
  let measured: Measured | null = null;
  try {
    await fault.site?.prepare?.(stage);
    await start();
    measured = await measure(fault, stage);
  } catch (error) {
    if (error instanceof Impossible) impossible = error.message;
    else broken.push((error as Error).message.slice(0, 2000));
  } finally {
    await Promise.all(gates.slice(0, -1).map((gate) => gate.kill()));
  }
  for (const gate of gates) stage.expect(!/defect/.test(gate.output()), 'a defect was told');
  const record = measured === null ? null : await judge(stage, fault, measured, broken);
  await endAll();
  return {
    name: fault.name,
    title: fault.title,
    promise: fault.promise,
    verdict: impossible !== null ? 'not possible here' : broken.length > 0 ? 'broken' : 'held',
    reasons: impossible !== null ? [impossible] : broken,
    did,
    honest: measured === null ? null : withoutLists(measured.honest),
    record,
    held: measured?.held ?? null,
    notices: gates.flatMap((gate) => noticesIn(gate.output())),
    took_ms: performance.now() - begun_ms,
  };
}

interface Measured {
  readonly honest: CompanionReport;
  readonly held: NonNullable<FaultReport['held']>;
}

async function siteOf(fault: Fault, companion: Companion): Promise<Project> {
  const project = await makeProject({
    upstream_url: `http://127.0.0.1:${companion.service_port}`,
    upstream_more: fault.site?.upstream_more ?? '',
    zone_more: fault.site?.zone_more ?? SHORT_TIMERS,
    more: BUDGETS,
    policies: POLICIES,
    workers: 2,
  });
  // A port that stays over a restart of the gate.
  const text = readFileSync(project.config, 'utf8').replace('port: 0', `port: ${await freePort()}`);
  project.write('sallyport.yaml', text);
  return project;
}

interface Parts {
  readonly fault: Fault;
  readonly quick: boolean;
  readonly companion: Companion;
  readonly project: Project;
  readonly gates: GateProcess[];
  readonly start: () => Promise<void>;
  readonly broken: string[];
  readonly did: Record<string, number | string>;
  readonly cleanups: (() => void)[];
}

function stageOf({ quick, companion, project, gates, start, broken, did, cleanups }: Parts): Stage {
  return {
    project,
    quick,
    companion,
    get port() {
      return gates.at(-1)!.port;
    },
    gate: () => gates.at(-1)!,
    restart: start,
    onEnd: (cleanup) => void cleanups.push(cleanup),
    did(what, value) {
      did[what] = typeof value === 'number' ? Math.round(value * 10) / 10 : value;
    },
    expect(holds, promise) {
      if (!holds) broken.push(promise);
    },
    async until(what, test, within_ms = LONG_MS) {
      const end_ms = performance.now() + within_ms;
      while (!(await test())) {
        if (performance.now() > end_ms) {
          broken.push(`in vain: ${what}`);
          return false;
        }
        await sleep(20);
      }
      return true;
    },
    skip(why) {
      throw new Impossible(why);
    },
  };
}

async function measure(fault: Fault, stage: Stage): Promise<Measured> {
  const { companion, project, port, quick } = stage;
  const file = (name: string) => readFileSync(`${project.pki}/${name}`, 'utf8');
  const identity = { ca: file('gate-ca.pem'), cert: file('acme-erp.pem'), key: file('acme-erp.key') };
  await companion.start({ port, ...identity, connections: CONNECTIONS, pause_ms: PAUSE_MS, call_ms: CALL_MS });
  await stage.until('the honest partner is served', async () => (await companion.inARow()) > STEADY_CALLS);
  await companion.phase('before');
  await sleep(quick ? 700 : 3_000);
  const before = heldBy(stage.gate().pid);
  const stopWatch = watchPeak(() => stage.gate().pid);
  await companion.phase('during');
  try {
    await fault.run(stage);
    await stage.until('the honest partner is served again', async () => (await companion.inARow()) > STEADY_CALLS);
  } finally {
    await companion.phase('after');
  }
  await sleep(quick ? 700 : 3_000);
  const peak = stopWatch();
  const after = heldBy(stage.gate().pid);
  return { honest: await companion.report(), held: { before, peak, after } };
}

/** Stops the gate, so that everything is on record, and reads what stands there. */
async function judge(
  stage: Stage,
  fault: Fault,
  { honest }: Measured,
  broken: string[],
): Promise<Omit<RecordFacts, 'broken'>> {
  const late = setTimeout(() => void stage.gate().kill(), LONG_MS);
  const code = await stage.gate().stop();
  clearTimeout(late);
  stage.expect(code === 0, `the gate ended with code ${code}`);
  const { broken: of_log, ...facts } = checkRecords(await outcomesOf(stage.project), honest);
  for (const promise of of_log) {
    if (fault.excuses?.test(promise)) stage.did('excused', promise);
    else broken.push(promise);
  }
  broken.push(...unacceptable(fault, honest));
  stage.expect(
    facts.in_doubt === 0 || fault.leaves_doubt === true,
    `refused, and allowed on record: ${facts.in_doubt}`,
  );
  for (const name of fault.records ?? []) {
    const there = (facts.codes[name] ?? 0) + (facts.events[name] ?? 0);
    stage.expect(there > 0, `${name} is not on record`);
  }
  return facts;
}

function unacceptable({ accepts = () => false }: Fault, { phases }: CompanionReport): string[] {
  const during = Object.entries(phases.during.failures).filter(([failure]) => !accepts(failure));
  const outside = (['before', 'after'] as const).flatMap((phase) => Object.entries(phases[phase].failures));
  return [
    ...during.map(([failure, count]) => `the honest partner's calls failed meanwhile: ${count} times ${failure}`),
    ...outside.map(
      ([failure, count]) => `the honest partner's calls failed without the fault: ${count} times ${failure}`,
    ),
  ];
}

function withoutLists({ phases, longest_gap_ms, recovery_ms }: CompanionReport): NonNullable<FaultReport['honest']> {
  return { phases, longest_gap_ms, recovery_ms };
}

const noticesIn = (output: string): string[] =>
  output.split('\n').flatMap((line) => /^sallyport: (.*)$/.exec(line)?.[1] ?? []);
