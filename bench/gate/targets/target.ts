/** What is measured: a process that answers on a port, with all its descendants. */
import { type ChildProcess, execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTool } from '../../../test/acceptance/harness/tools.ts';
import { endProcess } from '../child.ts';
import type { LoadTarget } from '../load/caller.ts';
import type { Site } from '../site.ts';

/** How a target is started for a group of scenarios. */
export interface StartOptions {
  readonly site: Site;
  readonly workers: number;
  readonly http2: boolean;
  /** The floor demands client certificates too: where handshakes are measured, they are part of the work. */
  readonly floor_mtls: boolean;
  /** Folder for a CPU profile, null for none. */
  readonly cpu_prof: string | null;
  /** Node.js options for the gate's processes, '' for none. */
  readonly node_options: string;
}

/** What is held against it before it is measured. */
export interface Claims {
  /** A client without a certificate gets nothing. */
  readonly mtls: boolean;
  /** Members that are not declared do not reach the caller. */
  readonly trims: boolean;
  /** A body that breaks its schema is refused. */
  readonly judges_bodies: boolean;
}

export interface TargetKind {
  readonly name: string;
  /** Of the same work, what it does. */
  readonly does: string;
  /** Of the same work, what it does not do; '' where nothing. */
  readonly does_not: string;
  readonly claims: Claims;
  /** It has code of its own that is compiled while it runs, so that it is warmed up for longer. */
  readonly compiles: boolean;
  /** Why it cannot be measured here; null where it can. */
  missing(): string | null;
  start(options: StartOptions): Promise<Target>;
}

export interface Target {
  readonly pid: number;
  readonly load: LoadTarget;
  /** Folder of its audit log, to be held against what was sent; null where it has none. */
  readonly audit_folder: string | null;
  stop(): Promise<void>;
  /** Its files, once nobody needs them. */
  remove(): void;
}

/** For a target whose files go with the site. */
export const KEEP = (): void => undefined;

export const NO_CLAIMS: Claims = { mtls: false, trims: false, judges_bodies: false };

export function notInstalled(program: string): string | null {
  return findTool(program) === null ? 'is not installed' : null;
}

/** First line of what a program says of its version; null where it is not installed. */
export function versionOf(program: string, flag: string): string | null {
  const path = findTool(program);
  if (path === null) return null;
  const said = execFileSync('sh', ['-c', '"$1" "$2" 2>&1', 'sh', path, flag], { encoding: 'utf8' });
  return said.split('\n')[0]!.trim();
}

let started = 0;

/** A folder of its own for a program's files; it goes with the site. */
export function ownFolder(site: Site, name: string): string {
  started++;
  const folder = join(site.folder, `${name}-${started}`);
  mkdirSync(folder);
  return folder;
}

const START_MS = 30_000;

/** @param output file with what it printed, for the words when it fails */
export async function waitFor(
  what: string,
  child: ChildProcess,
  isUp: () => boolean | Promise<boolean>,
  output: string,
): Promise<void> {
  const until_ms = performance.now() + START_MS;
  while (!(await isUp())) {
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended) throw new Error(`${what} ended with ${child.exitCode ?? child.signalCode}: ${textOf(output)}`);
    if (performance.now() > until_ms) {
      await endProcess(child);
      throw new Error(`${what} did not start: ${textOf(output)}`);
    }
    await sleep(20);
  }
}

/** What a program has printed so far; '' where there is no such file. */
export function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
