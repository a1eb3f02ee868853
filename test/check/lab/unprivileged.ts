/** Servers as a user without rights: some refuse to be root, and none has to be here. */
import { execFileSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { findTool } from '../../acceptance/harness/tools.ts';
import type { KeyPair } from './pki.ts';
import { type LabServer, type ServerProcess, startServer } from './process.ts';

export interface ClearSetUp {
  /** Of this server alone, and its user's. */
  readonly folder: string;
  /** On 127.0.0.1. */
  readonly port: number;
  /** Null for a server that has no TLS at all. */
  readonly tls: KeyPair | null;
}

const IS_ROOT = process.getuid?.() === 0;
const NOBODY = { user: 'nobody', group: 'nogroup' };

/** Whom the servers run as: nobody where the tests are root, else who the tests are. */
export function serverUser(): { readonly user: string; readonly group: string } {
  if (IS_ROOT) return NOBODY;
  return { user: userInfo().username, group: execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim() };
}

export function giveToNobody(folder: string): void {
  if (IS_ROOT) execFileSync('chown', ['-R', `${NOBODY.user}:${NOBODY.group}`, folder]);
}

/** A program and its arguments, so that it has no rights. */
function withoutRights(program: string, args: readonly string[]): [string, string[]] {
  const path = findTool(program) ?? program;
  if (!IS_ROOT) return [path, [...args]];
  return ['setpriv', [`--reuid=${NOBODY.user}`, `--regid=${NOBODY.group}`, '--clear-groups', path, ...args]];
}

export function startUnprivileged(server: ServerProcess): Promise<LabServer> {
  const [program, args] = withoutRights(server.program, server.args);
  return startServer({ ...server, program, args });
}

/** Runs a program to its end. */
export function runUnprivileged(program: string, args: readonly string[], folder: string): void {
  const [path, all] = withoutRights(program, args);
  execFileSync(path, all, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, HOME: folder } });
}
