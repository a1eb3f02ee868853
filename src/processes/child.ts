/** One process of a gate, as its supervisor sees it. */

import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

export interface ChildOptions {
  /** The module it runs. */
  readonly entry: string;
  readonly exec_path: string;
  /** Options of Node.js. */
  readonly exec_argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Descriptors it inherits. */
  readonly descriptors: readonly number[];
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child<Up, Down extends object> {
  readonly pid: number;
  /** Does nothing once the process has ended. */
  send(message: Down, handle?: Socket): void;
  onMessage(listener: (message: Up) => void): void;
  readonly ended: Promise<Ended>;
  kill(): void;
}

/** Where the descriptors begin in the child: after the three of the terminal and the channel. */
export const FIRST_CHILD_DESCRIPTOR = 4;

/** Starts a process; `ended` also tells of one that could not be started. */
export function startChild<Up, Down extends object>(options: ChildOptions): Child<Up, Down> {
  const process = spawned(options);
  if (process === null) return UNSTARTED;
  return {
    pid: process.pid ?? 0,
    send(message, handle) {
      if (!process.connected) return void handle?.destroy();
      process.send(message, handle, {}, ignore);
    },
    onMessage: (listener) => void process.on('message', (message) => listener(message as Up)),
    ended: endOf(process),
    kill: () => void process.kill('SIGKILL'),
  };
}

/** Null where Node.js throws in place of telling by an event, as it does where there is no memory left. */
function spawned({ exec_path, exec_argv, entry, descriptors, env }: ChildOptions): ChildProcess | null {
  try {
    return spawn(exec_path, [...exec_argv, entry], {
      // Its output is for defects alone; what operators read comes over the channel.
      stdio: ['ignore', 'inherit', 'inherit', 'ipc', ...descriptors],
      env,
    });
  } catch {
    return null;
  }
}

const UNSTARTED: Child<never, object> = {
  pid: 0,
  send: (_message, handle) => void handle?.destroy(),
  onMessage: () => undefined,
  ended: Promise.resolve({ code: null, signal: null }),
  kill: () => undefined,
};

function endOf(process: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    process.once('error', () => resolve({ code: null, signal: null }));
    process.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/** A message to a process that has just ended is lost with it; its end is told by `ended`. */
function ignore(): void {}

export function describeEnd({ code, signal }: Ended): string {
  if (signal !== null) return `killed by ${signal}`;
  return code === null ? 'could not be started' : `exit code ${code}`;
}
