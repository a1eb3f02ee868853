/** The gate as its users run it: a process of its own, started by the launcher. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readRecords, type StoredRecord } from '../../../src/core/audit/index.ts';
import { descendantsOf } from './processes.ts';
import type { Project } from './project.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'bin', 'sallyport');
const START_MS = 60_000;

export interface GateProcess {
  readonly port: number;
  readonly pid: number;
  /** Everything it wrote so far. */
  output(): string;
  /** SIGTERM, and the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, to every process of the gate at once: what a power cut leaves. */
  kill(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Closes our end of its output, as a reader that ended does. */
  closeOutput(): void;
  readonly exited: Promise<number | null>;
}

/** How a gate's process is made. */
export interface ProcessOptions {
  /** Put before the command line, such as `['prlimit', '--nofile=64']`. */
  readonly wrapper?: readonly string[];
  /** User to run as; needs a test that runs as root. */
  readonly uid?: number;
}

function spawnGate(project: Project, { wrapper = [], uid }: ProcessOptions) {
  const [command = '', ...args] = [
    ...wrapper,
    process.execPath,
    LAUNCHER,
    'run',
    '--exchanges',
    '--config',
    project.config,
  ];
  return spawn(command, args, {
    cwd: project.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
    ...(uid === undefined ? {} : { uid }),
  });
}

export async function startGateProcess(project: Project, options: ProcessOptions = {}): Promise<GateProcess> {
  const child = spawnGate(project, options);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const port = await portOf(child, () => text);
  return {
    port,
    pid: child.pid!,
    output: () => text,
    exited,
    signal: (signal) => void child.kill(signal),
    closeOutput() {
      child.stdout.destroy();
      child.stderr.destroy();
    },
    stop() {
      child.kill('SIGTERM');
      return exited;
    },
    async kill() {
      for (const pid of [child.pid!, ...descendantsOf(child.pid!)]) killProcess(pid);
      await exited;
    },
  };
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** A run that is expected to end by itself, such as one that refuses to start. */
export interface EndedRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the gate to its end; one that has not ended in time is killed and has code null. */
export async function runGateProcess(project: Project, options: ProcessOptions = {}): Promise<EndedRun> {
  const child = spawnGate(project, options);
  const written = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    written.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    written.stderr += chunk.toString();
  });
  const late = setTimeout(() => child.kill('SIGKILL'), START_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(late);
  return { code, ...written };
}

async function portOf(child: ChildProcess, output: () => string): Promise<number> {
  const until = Date.now() + START_MS;
  for (;;) {
    const match = /https:\/\/127\.0\.0\.1:(\d+)/.exec(output());
    if (match) return Number(match[1]);
    if (child.exitCode !== null) throw new Error(`the gate ended with ${child.exitCode}:\n${output()}`);
    if (Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`the gate did not start:\n${output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** All records of the project's log, oldest first. */
export async function recordsOf(project: Project): Promise<StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of readRecords(join(project.folder, 'data', 'audit'))) records.push(record);
  return records;
}
