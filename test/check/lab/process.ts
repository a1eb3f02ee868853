/** A server of the laboratory: one program of our own on a loopback port of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf } from '../../acceptance/harness/processes.ts';
import { findTool } from '../../acceptance/harness/tools.ts';

export interface LabServer {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Ends the program and all it started. */
  stop(): Promise<void>;
}

export interface ServerProcess {
  readonly program: string;
  readonly args: readonly string[];
  readonly port: number;
  /** Where it runs; `output.log` there holds what it printed. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

const START_MS = 30_000;
const STOP_MS = 5_000;

/**
 * Starts it, and waits until it listens.
 *
 * @throws Error with what it printed where it does not, or another program has the port
 */
export async function startServer({ program, args, port, folder, env }: ServerProcess): Promise<LabServer> {
  const log = join(folder, 'output.log');
  const output = openSync(log, 'a');
  const child = spawn(findTool(program) ?? program, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    // Some servers end with their standard input.
    stdio: ['pipe', output, output],
  });
  closeSync(output);
  const exited = once(child, 'exit');
  exited.catch(() => undefined);
  const stop = async () => {
    const pids = child.pid === undefined ? [] : [...descendantsOf(child.pid), child.pid];
    child.kill('SIGTERM');
    await Promise.race([exited, sleep(STOP_MS, undefined, { ref: false })]);
    for (const pid of pids) end(pid);
    if (child.exitCode === null && child.signalCode === null) await exited;
  };
  const until = performance.now() + START_MS;
  while (child.pid === undefined || !listens(child.pid, port)) {
    if (child.pid === undefined || child.exitCode !== null || performance.now() > until) {
      await stop();
      throw new Error(`${program} did not start on ${port}:\n${readFileSync(log, 'utf8')}`);
    }
    await sleep(25);
  }
  return { port, stop };
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

const LISTEN = '0A';

/** Whether that process, or one it started, is what listens there: never is a port probed that is somebody else's. */
function listens(pid: number, port: number): boolean {
  const sockets = new Set(['tcp', 'tcp6'].flatMap((family) => listeningOn(family, port)));
  if (sockets.size === 0) return false;
  return [pid, ...descendantsOf(pid)].some((one) => socketsOf(one).some((inode) => sockets.has(inode)));
}

/** Inodes: proc(5), of /proc/net/tcp. */
function listeningOn(family: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync(`/proc/net/${family}`, 'utf8').split('\n').slice(1);
  return rows.flatMap((row) => {
    const [, local, , state, , , , , , inode] = row.trim().split(/\s+/);
    return local?.endsWith(suffix) && state === LISTEN && inode !== undefined ? [inode] : [];
  });
}

function socketsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).flatMap((fd) => /^socket:\[(\d+)\]$/.exec(linkOf(join(folder, fd)))?.[1] ?? []);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
