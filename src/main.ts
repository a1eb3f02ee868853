/** Wires everything: the only place where time, randomness, the network and the process come in. */
import { randomBytes, randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createBudgets } from './channels/api/budgets.ts';
import type { Actions, CommonOptions, LogFormat } from './cli/actions.ts';
import { EXIT } from './cli/exit-codes.ts';
import { runCli } from './cli/program.ts';
import { type CliIo, painter, type Stream } from './cli/terminal.ts';
import { type GateConfig, loadConfig } from './config/load.ts';
import { createOplog, type Notify } from './core/oplog/index.ts';
import { createDialler, systemLookup } from './core/resolver/index.ts';
import { diffContracts } from './wiring/contract-diff.ts';
import { lintContracts } from './wiring/contract-lint.ts';
import { acceptContract, reviewStatus } from './wiring/contract-review.ts';
import { contractUsage } from './wiring/contract-usage.ts';
import { demoFault, demoScreen, prepareDemo } from './wiring/demo.ts';
import { createPki } from './wiring/dev-pki.ts';
import { describeDefect, type Gate, type GatePorts } from './wiring/gate.ts';
import type { Watching } from './wiring/gate-admin.ts';
import { exchangeLine } from './wiring/line.ts';
import { lineWriter } from './wiring/line-writer.ts';
import { upstreamOpener } from './wiring/open-upstream.ts';
import { explainPolicy, testPolicies } from './wiring/policy-commands.ts';
import { runGate } from './wiring/run-gate.ts';
import { validateProject } from './wiring/validate.ts';
import { watchActions } from './wiring/watch-gate.ts';

const root = packageRoot(import.meta.dirname);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

const now = () => Date.now();
const monotonic = () => performance.now();
const network = { dialler: createDialler({ lookup: systemLookup, now: monotonic }), monotonic, random: Math.random };
const pki_ports = { now, random: (size_bytes: number) => randomBytes(size_bytes) };

const oplog = (format: LogFormat): Notify =>
  createOplog({ format, write: (text) => void process.stderr.write(text), now, pid: process.pid });

/** Of the whole process: a defect that nobody caught is told the way a running gate is told to tell. */
let notify = oplog('text');

const actions: Actions = {
  async run(options) {
    const reread = () => loadConfig(options.config);
    await runUntilStopped(options, await reread(), reread, (gate) => {
      // With --json stdout holds exchanges alone.
      const { write } = options.json ? options.io.stderr : options.io.stdout;
      write(startedText(gate));
    });
    return EXIT.GOOD;
  },
  async demo(options) {
    const project = await prepareDemo(options, root, pki_ports);
    const paint = painter(options.io.stdout, options.io.env);
    try {
      await runUntilStopped(
        { ...options, exchanges: true },
        project.config,
        () => Promise.resolve(project.config),
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
    validateProject(options.config, { now, openUpstream: upstreamOpener(network), budgetsFor: createBudgets }),
  policyExplain: explainPolicy,
  policyTest: testPolicies,
  contractLint: lintContracts,
  contractDiff: diffContracts,
  contractAccept: acceptContract(now),
  contractStatus: reviewStatus,
  contractUsage,
  createPki: (request) => createPki(request, pki_ports),
  ...watchActions,
};

async function runUntilStopped(
  { io, json, exchanges, log }: CommonOptions & { readonly exchanges: boolean; readonly log: LogFormat },
  config: GateConfig,
  reread: () => Promise<GateConfig>,
  onStarted: (gate: Gate) => void,
): Promise<void> {
  const paint = painter(io.stdout, io.env);
  const writeLine = lineWriter(io.stdout.write);
  notify = oplog(log);
  const ports: GatePorts = {
    ...network,
    now,
    randomFill: (buffer) => randomFillSync(buffer),
    version,
    // Without a reader at a terminal the record is what counts: a line that nobody takes would hold the gate up.
    onOutcome: exchanges
      ? (outcome) => writeLine(json ? JSON.stringify(outcome) : exchangeLine(outcome, paint))
      : () => undefined,
    onNotice: notify,
  };
  await runGate({
    config,
    ports,
    signals: process,
    reread,
    onStarted,
    watching: { own: process, event_loop: watchedEventLoop() },
    abandon: () => process.exit(EXIT.UNFINISHED),
  });
}

/** A timer that fires fifty times a second; measured only where a gate runs. */
function watchedEventLoop(): Watching['event_loop'] {
  const resolution_ms = 20;
  const histogram = monitorEventLoopDelay({ resolution: resolution_ms });
  histogram.enable();
  return { histogram, resolution_ms };
}

function startedText({ listeners, loaded }: Gate): string {
  const digest = loaded().plan.digest.slice(0, 12);
  const where = listeners.map(
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
  notify(`ended by a defect: ${describeDefect(error)}`, 'error');
  process.exit(EXIT.UNFINISHED);
});

function streamTo(stream: NodeJS.WriteStream): Stream {
  let is_closed = false;
  stream.on('error', () => {
    is_closed = true;
  });
  return {
    write: (text) => void stream.write(text),
    is_terminal: stream.isTTY ?? false,
    columns: stream.columns ?? 80,
    is_closed: () => is_closed,
  };
}

const io: CliIo = {
  // Whoever reads our output may end; that is no reason to end a gate, or to show a stack trace.
  stdout: streamTo(process.stdout),
  stderr: streamTo(process.stderr),
  env: process.env,
  cwd: process.cwd(),
  onKey(listener) {
    const { stdin } = process;
    if (!stdin.isTTY) return () => undefined;
    const onData = (keys: Buffer): void => {
      for (const key of keys.toString()) listener(key);
    };
    stdin.setRawMode(true);
    stdin.on('data', onData);
    return () => {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
    };
  },
};

process.exitCode = await runCli(process.argv.slice(2), { actions, io, version });
