/** Wires everything: the only place where time, randomness, the network and the process come in. */
import { randomBytes, randomFillSync } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { availableParallelism, devNull, tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { Actions, CommonOptions, LogFormat } from './cli/actions.ts';
import { EXIT } from './cli/exit-codes.ts';
import { runCli } from './cli/program.ts';
import { type CliIo, painter, type Stream } from './cli/terminal.ts';
import type { GateConfig } from './config/load.ts';
import type { ExchangeRecord } from './core/audit/index.ts';
import { createOplog, type Notify } from './core/oplog/index.ts';
import { createDialler, createProber, SpareDescriptors, systemLookup } from './core/resolver/index.ts';
import { closeInspector } from './processes/follow-supervisor.ts';
import { ownWatching } from './processes/own-watching.ts';
import type { SupervisorPorts } from './processes/process-options.ts';
import { boundedWriter } from './wiring/bounded-writer.ts';
import { createReport, readReport } from './wiring/check-report-files.ts';
import { describeDefect } from './wiring/describe-defect.ts';
import type { GatePorts } from './wiring/gate.ts';
import { interruptsOf } from './wiring/interrupts.ts';
import { lineWriter } from './wiring/line-writer.ts';
import type { RunningGate } from './wiring/running-gate.ts';

const root = packageRoot(import.meta.dirname);
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

const now = () => Date.now();
const monotonic = () => performance.now();
const spare = new SpareDescriptors({ open: () => openSync(devNull, 'r'), close: closeSync });
const dialler = createDialler({ lookup: systemLookup, now: monotonic, spare });
const network = { dialler, monotonic, random: Math.random };
const pki_ports = { now, random: (size_bytes: number) => randomBytes(size_bytes) };

/** What waits for a reader of a gate's output; a pipe may have one that has stopped. */
const UNREAD_BYTES = 1024 * 1024;
const writeNotice = boundedWriter({
  stream: process.stderr,
  max_bytes: UNREAD_BYTES,
  onDropped: (lines) => notify(`${lines} lines of notices were dropped, because nobody read them`),
});
const writeExchanges = boundedWriter({
  stream: process.stdout,
  max_bytes: UNREAD_BYTES,
  onDropped: (lines) =>
    notify(`${lines} lines about exchanges were dropped, because nobody read them; the audit log has all`),
});

const oplog = (format: LogFormat): Notify => createOplog({ format, write: writeNotice, now, pid: process.pid });

/** Of the whole process: a defect that nobody caught is told the way a running gate is told to tell. */
let notify = oplog('text');

/** Each command loads what it needs and no more: whoever asks for the version does not wait for a policy engine. */
const actions: Actions = {
  async run(options) {
    const [{ loadConfig }, { superviseGate }] = await Promise.all([
      import('./config/load.ts'),
      import('./processes/supervisor.ts'),
    ]);
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
    const [{ demoFault, demoScreen, prepareDemo }, { startGate }, { exchangeLine }] = await Promise.all([
      import('./wiring/demo.ts'),
      import('./wiring/single-gate.ts'),
      import('./wiring/line.ts'),
    ]);
    const project = await prepareDemo(options, root, pki_ports);
    const paint = painter(options.io.stdout, options.io.env);
    const ports = singlePorts(options, (outcome) => exchangeLine(outcome, paint));
    try {
      await runUntilStopped(
        options,
        () => Promise.resolve(project.config),
        () => startGate(project.config, ports, ownWatching(process)),
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
  async validate(options) {
    const [{ validateProject }, { upstreamOpener }, { createBudgets }, { liveFiles }] = await Promise.all([
      import('./wiring/validate.ts'),
      import('./wiring/open-upstream.ts'),
      import('./channels/api/budgets.ts'),
      import('./wiring/project-files.ts'),
    ]);
    const openUpstream = upstreamOpener({ ...network, onHealth: () => undefined });
    return validateProject(options.config, {
      now,
      openUpstream,
      budgetsFor: createBudgets,
      files: liveFiles,
      judged: false,
      reads_ca_key: true,
    });
  },
  policyExplain: async (options) => (await import('./wiring/policy-commands.ts')).explainPolicy(options),
  policyTest: async (options) => (await import('./wiring/policy-commands.ts')).testPolicies(options),
  contractLint: async (options) => (await import('./wiring/contract-lint.ts')).lintContracts(options),
  contractDiff: async (options) => (await import('./wiring/contract-diff.ts')).diffContracts(options),
  contractAccept: async (options) => (await import('./wiring/contract-review.ts')).acceptContract(now)(options),
  contractStatus: async (options) => (await import('./wiring/contract-review.ts')).reviewStatus(options),
  contractUsage: async (options) => (await import('./wiring/contract-usage.ts')).contractUsage(options),
  createPki: async (request) => (await import('./wiring/dev-pki.ts')).createPki(request, pki_ports),
  status: async (options) => (await import('./wiring/watch-gate.ts')).watchActions.status(options),
  async *top(options) {
    yield* (await import('./wiring/watch-gate.ts')).watchActions.top(options);
  },
  findTargets: async (options) => (await import('./wiring/find-targets.ts')).findTargets(options),
  async checkTls(options, listener) {
    const { checkTls } = await import('./check/runner.ts');
    const { rootsOf } = await import('./check/tls/certificates/roots.ts');
    return checkTls(options, listener, {
      prober: createProber(),
      resolve: dialler.resolve,
      now: monotonic,
      wall_clock: now,
      random: pki_ports.random,
      public_roots: rootsOf(rootCertificates),
      made_by: `sallyport ${version}`,
    });
  },
  readReport,
  createReport: (path) => createReport(path, process.pid),
  certificateIssue: async (options) => (await import('./wiring/issue-certificate.ts')).issueCertificate(options),
  reload: async (options) => (await import('./wiring/watch-gate.ts')).watchActions.reload(options),
};

const ports_of_a_process = {
  ...network,
  spare,
  now,
  randomFill: (buffer: Buffer) => void randomFillSync(buffer),
  version,
};
type RunningOptions = CommonOptions & { readonly log: LogFormat };

/** Everything of the gate in this process, and each exchange on a line. */
function singlePorts(options: RunningOptions, lineOf: (outcome: ExchangeRecord) => string): GatePorts {
  const { json } = options;
  const writeLine = lineWriter(writeExchanges);
  return {
    ...ports_of_a_process,
    onOutcome: (outcome) => writeLine(json ? JSON.stringify(outcome) : lineOf(outcome)),
    onNotice: oplog(options.log),
  };
}

function supervisorPorts(options: RunningOptions): SupervisorPorts {
  const processModule = (name: string) =>
    join(import.meta.dirname, 'processes', `${name}${extname(import.meta.filename)}`);
  const cache_folder = getCompileCacheDir();
  return {
    ...ports_of_a_process,
    onNotice: oplog(options.log),
    onExchanges: writeExchanges,
    pid: process.pid,
    watching: ownWatching(process),
    env: process.env,
    exec_path: process.execPath,
    cores: availableParallelism(),
    temporary_folder: tmpdir(),
    entries: {
      worker: processModule('worker-main'),
      recorder: processModule('recorder-main'),
      signer: processModule('signer-main'),
    },
    exec_argv: { worker: process.execArgv, recorder: process.execArgv, signer: process.execArgv },
    child_env: {
      SALLYPORT_VERSION: version,
      ...(cache_folder === undefined ? {} : { NODE_COMPILE_CACHE: cache_folder }),
    },
  };
}

/** The form that lines about exchanges have, where they are wanted: elsewhere the record is what counts. */
function formOf({ exchanges, json, io }: CommonOptions & { readonly exchanges: boolean }) {
  if (!exchanges) return 'none';
  if (json) return 'json';
  return painter(io.stdout, io.env)('dim', '') === '' ? 'text' : 'color';
}

async function runUntilStopped(
  options: RunningOptions,
  reread: () => Promise<GateConfig>,
  start: () => Promise<RunningGate>,
  onStarted: (gate: RunningGate) => void,
): Promise<void> {
  closeInspector(process);
  notify = oplog(options.log);
  const { runGate } = await import('./wiring/run-gate.ts');
  await runGate({
    start,
    reread,
    onStarted,
    monotonic,
    version,
    pid: process.pid,
    now,
    onNotice: notify,
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
  onInterrupt: interruptsOf({ signals: process, abandon: () => process.exit(EXIT.UNFINISHED) }),
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
