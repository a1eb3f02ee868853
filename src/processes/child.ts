/** One process of a gate, as its supervisor sees it. */

import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { lineOf, MessageReader } from './message-lines.ts';

export interface ChildOptions {
  /** The module it runs. */
  readonly entry: string;
  readonly exec_path: string;
  /** Options of Node.js. */
  readonly exec_argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * `ipc` is Node's own channel, which takes handles too: for a process that reads no byte of a stranger. Node ends
   * whoever has a child that sends what is no JSON, or acknowledges what was never sent, and keeps a line without an end
   * whole. `lines` are read by us, within bounds.
   */
  readonly channel: 'ipc' | 'lines';
  /** Descriptors it inherits. */
  readonly descriptors: readonly number[];
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child<Up, Down extends object> {
  readonly pid: number;
  /** Does nothing once the process has ended. A handle needs the channel `ipc`. */
  send(message: Down, handle?: Socket): void;
  /** Undefined for a line that is no message. */
  onMessage(listener: (message: Up) => void): void;
  readonly ended: Promise<Ended>;
  kill(): void;
}

/** The channel, in the child. */
export const CHANNEL_DESCRIPTOR = 3;
/** A longer line is no message of a worker: the largest, all that it counts, is far below. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Where the descriptors begin in the child: after the three of the terminal and the channel. */
export const FIRST_CHILD_DESCRIPTOR = 4;

/** Starts a process; `ended` also tells of one that could not be started. */
export function startChild<Up, Down extends object>(options: ChildOptions): Child<Up, Down> {
  const process = spawned(options);
  if (process === null) return UNSTARTED;
  return {
    pid: process.pid ?? 0,
    ...(options.channel === 'ipc' ? ipcOf<Up, Down>(process) : linesOf<Up, Down>(process)),
    ended: endOf(process),
    kill: () => void process.kill('SIGKILL'),
  };
}

type Channel<Up, Down extends object> = Pick<Child<Up, Down>, 'send' | 'onMessage'>;

function ipcOf<Up, Down extends object>(process: ChildProcess): Channel<Up, Down> {
  return {
    send(message, handle) {
      if (!process.connected) return void handle?.destroy();
      process.send(message, handle, {}, ignore);
    },
    onMessage: (listener) => void process.on('message', (message) => listener(message as Up)),
  };
}

function linesOf<Up, Down extends object>(process: ChildProcess): Channel<Up, Down> {
  // A process that could not be started may have none.
  const stream = process.stdio?.[CHANNEL_DESCRIPTOR] as Socket | null | undefined;
  stream?.on('error', ignore);
  return {
    send(message, handle) {
      handle?.destroy();
      if (stream?.writable) stream.write(lineOf(message));
    },
    onMessage(listener) {
      const reader = new MessageReader(MAX_LINE_BYTES);
      stream?.on('data', (chunk: Buffer) => {
        for (const message of reader.push(chunk)) listener(message as Up);
      });
    },
  };
}

/** Null where Node.js throws in place of telling by an event, as it does where there is no memory left. */
function spawned({ exec_path, exec_argv, entry, descriptors, env, channel }: ChildOptions): ChildProcess | null {
  try {
    return spawn(exec_path, [...exec_argv, entry], {
      // Its output is for defects alone; what operators read comes over the channel.
      stdio: ['ignore', 'inherit', 'inherit', channel === 'ipc' ? 'ipc' : 'pipe', ...descriptors],
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
