/** Wires everything: the only place where time, randomness, the network and the process come in. */
import { randomBytes, randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { createBudgets } from './channels/api/budgets.ts';
import type { Actions, CommonOptions } from './cli/actions.ts';
import { EXIT } from './cli/exit-codes.ts';
import { runCli } from './cli/program.ts';
import { type CliIo, painter } from './cli/terminal.ts';
import { type GateConfig, loadConfig } from './config/load.ts';
import { createDialler, systemLookup } from './core/resolver/index.ts';
import type { SupervisorPorts } from './processes/process-options.ts';
import { superviseGate } from './processes/supervisor.ts';
import { diffContracts } from './wiring/contract-diff.ts';
import { lintContracts } from './wiring/contract-lint.ts';
import { acceptContract, reviewStatus } from './wiring/contract-review.ts';
import { contractUsage } from './wiring/contract-usage.ts';
import { demoFault, demoScreen, prepareDemo } from './wiring/demo.ts';
import { describeDefect } from './wiring/describe-defect.ts';
import { createPki } from './wiring/dev-pki.ts';
import type { GatePorts } from './wiring/gate.ts';
import { exchangeLine } from './wiring/line.ts';
import { lineWriter } from './wiring/line-writer.ts';
import { upstreamOpener } from './wiring/open-upstream.ts';
import { explainPolicy, testPolicies } from './wiring/policy-commands.ts';
import { liveFiles } from './wiring/project-files.ts';
import { runGate } from './wiring/run-gate.ts';
import type { RunningGate } from './wiring/running-gate.ts';
import { startGate } from './wiring/single-gate.ts';
import { validateProject } from './wiring/validate.ts';

const root = packageRoot(import.meta.dirname);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

const now = () => Date.now();
const monotonic = () => performance.now();
const network = { dialler: createDialler({ lookup: systemLookup, now: monotonic }), monotonic, random: Math.random };
const pki_ports = { now, random: (size_bytes: number) => randomBytes(size_bytes) };

const actions: Actions = {
  async run(options) {
    const reread = () => loadConfig(options.config);
    const config = await reread();
    const ports = supervisorPorts(options);
    await runUntilStopped(
      options,
      reread,
      () => superviseGate({ config, exchanges: formOf(options), ports }),
      (gate) => {
        // With --json stdout holds exchanges alone.
        const { write } = options.json ? options.io.stderr : options.io.stdout;
        write(startedText(gate));
      },
    );
    return EXIT.GOOD;
  },
  async demo(options) {
    const project = await prepareDemo(options, root, pki_ports);
    const paint = painter(options.io.stdout, options.io.env);
    try {
      await runUntilStopped(
        options,
        () => Promise.resolve(project.config),
        () => startGate(project.config, singlePorts(options)),
        (gate) => {
          options.io.stdout.write(demoScreen(project, gate.listeners[0]!.port, options, paint));
        },
      );
    } catch (error) {
      throw demoFault(error);
    } finally {
      await project.service.close();
    }
    return EXIT.GOOD;
  },
  validate: (options) =>
    validateProject(options.config, {
      now,
      openUpstream: upstreamOpener({ ...network, onHealth: () => undefined }),
      budgetsFor: createBudgets,
      files: liveFiles,
    }),
  policyExplain: explainPolicy,
  policyTest: testPolicies,
  contractLint: lintContracts,
  contractDiff: diffContracts,
  contractAccept: acceptContract(now),
  contractStatus: reviewStatus,
  contractUsage,
  createPki: (request) => createPki(request, pki_ports),
};

const ports_of_a_process = { ...network, now, randomFill: (buffer: Buffer) => void randomFillSync(buffer), version };
const noticeTo =
  ({ io }: CommonOptions) =>
  (line: string): void =>
    io.stderr.write(`sallyport: ${line}\n`);

/** Everything of the gate in this process, and each exchange on a line. */
function singlePorts(options: CommonOptions): GatePorts {
  const { io, json } = options;
  const paint = painter(io.stdout, io.env);
  const writeLine = lineWriter(io.stdout.write);
  return {
    ...ports_of_a_process,
    onOutcome: (outcome) => writeLine(json ? JSON.stringify(outcome) : exchangeLine(outcome, paint)),
    onNotice: noticeTo(options),
  };
}

function supervisorPorts(options: CommonOptions): SupervisorPorts {
  const processModule = (name: string) =>
    join(import.meta.dirname, 'processes', `${name}${extname(import.meta.filename)}`);
  const cache_folder = getCompileCacheDir();
  return {
    ...ports_of_a_process,
    onNotice: noticeTo(options),
    onExchanges: options.io.stdout.write,
    pid: process.pid,
    env: process.env,
    exec_path: process.execPath,
    cores: availableParallelism(),
    temporary_folder: tmpdir(),
    entries: { worker: processModule('worker-main'), recorder: processModule('recorder-main') },
    exec_argv: { worker: process.execArgv, recorder: process.execArgv },
    child_env: {
      SALLYPORT_VERSION: version,
      ...(cache_folder === undefined ? {} : { NODE_COMPILE_CACHE: cache_folder }),
    },
  };
}

/** Without a reader at a terminal the record is what counts: a line that nobody takes would hold the gate up. */
function formOf({ exchanges, json, io }: CommonOptions & { readonly exchanges: boolean }) {
  if (!exchanges) return 'none';
  if (json) return 'json';
  return painter(io.stdout, io.env)('dim', '') === '' ? 'text' : 'color';
}

function runUntilStopped(
  options: CommonOptions,
  reread: () => Promise<GateConfig>,
  start: () => Promise<RunningGate>,
  onStarted: (gate: RunningGate) => void,
): Promise<void> {
  return runGate({
    start,
    reread,
    onStarted,
    monotonic,
    onNotice: noticeTo(options),
    signals: process,
    abandon: () => process.exit(EXIT.UNFINISHED),
  });
}

function startedText(gate: RunningGate): string {
  const digest = gate.digest().slice(0, 12);
  const where = gate.listeners.map(
    ({ zone, address, port }) => `  ${zone}  https://${address.includes(':') ? `[${address}]` : address}:${port}\n`,
  );
  const reload = `  kill -HUP ${process.pid} puts changed files in force, Ctrl-C ends it\n`;
  return `Sallyport ${version} is running, plan ${digest}\n${where.join('')}${reload}`;
}

/** The folder with package.json: above src in a clone, above dist in an installed package. */
function packageRoot(here: string): string {
  return dirname(here);
}

// What nobody caught is a defect of ours. Its message may hold payload, so only its place is told; the supervisor of
// the system starts the gate again, and the log closes what was open.
process.on('uncaughtException', (error) => {
  process.stderr.write(`sallyport: ended by a defect: ${describeDefect(error)}\n`);
  process.exit(EXIT.UNFINISHED);
});

// Whoever reads our output may end; that is no reason to end a gate, or to show a stack trace.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const io: CliIo = {
  stdout: {
    write: (text) => void process.stdout.write(text),
    is_terminal: process.stdout.isTTY ?? false,
    columns: process.stdout.columns ?? 80,
  },
  stderr: {
    write: (text) => void process.stderr.write(text),
    is_terminal: process.stderr.isTTY ?? false,
    columns: process.stderr.columns ?? 80,
  },
  env: process.env,
  cwd: process.cwd(),
};

process.exitCode = await runCli(process.argv.slice(2), { actions, io, version });
