/** What a supervisor needs from outside, and what it starts. */

import type { GateConfig } from '../config/load.ts';
import type { GatePorts } from '../wiring/gate.ts';
import type { Watching } from '../wiring/single-gate.ts';
import type { ChildOptions } from './child.ts';
import type { ToWorker } from './messages.ts';

/** What a supervisor starts. */
export type ProcessKind = 'worker' | 'recorder' | 'signer';

export interface SupervisorPorts extends Omit<GatePorts, 'onOutcome'> {
  /** Lines about exchanges, each ended by LF. */
  readonly onExchanges: (text: string) => void;
  readonly pid: number;
  readonly watching: Watching;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exec_path: string;
  /** Cores this process may use. */
  readonly cores: number;
  /** A folder for what exists for a moment, its path short. */
  readonly temporary_folder: string;
  /** The modules that they run. */
  readonly entries: Readonly<Record<ProcessKind, string>>;
  /** Options of Node.js for each of them. */
  readonly exec_argv: Readonly<Record<ProcessKind, readonly string[]>>;
  /** Variables of theirs beside our own. */
  readonly child_env: Readonly<Record<string, string>>;
}

export interface SuperviseOptions {
  readonly config: GateConfig;
  readonly exchanges: Extract<ToWorker, { say: 'start' }>['exchanges'];
  readonly ports: SupervisorPorts;
}

/** How a process of a kind is started. Sockets that the service manager brought are the supervisor's to hand on. */
export function childOptions(
  { env, child_env, entries, exec_path, exec_argv }: SupervisorPorts,
  kind: ProcessKind,
  descriptors: readonly number[],
): ChildOptions {
  const { LISTEN_PID: _pid, LISTEN_FDS: _fds, LISTEN_FDNAMES: _names, NOTIFY_SOCKET: _notify, ...rest } = env;
  return {
    entry: entries[kind],
    exec_path,
    exec_argv: exec_argv[kind],
    // Strangers' bytes are read in workers alone.
    channel: kind === 'worker' ? 'lines' : 'ipc',
    env: { ...rest, ...child_env },
    descriptors,
  };
}
