/** One process of a gate, as its supervisor sees it. */

import { type ChildProcess, spawn } from 'node:child_process';
import { type ChildChannel, ipcOf, linesOf } from './child-channel.ts';

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
  /** What it was killed for, in a few words; null where it was killed for nothing it did, or not at all. */
  readonly killed_for: string | null;
}

export interface Child<Up, Down extends object> extends Omit<ChildChannel<Up, Down>, 'close'> {
  readonly pid: number;
  /** Its last words have been heard by then, and nothing is heard afterwards. */
  readonly ended: Promise<Ended>;
  /** @param what_for in a few words, where it is for what it did: nothing is heard of it from then on */
  kill(what_for?: string): void;
}

/** Where the descriptors begin in the child: after the three of the terminal and the channel. */
export const FIRST_CHILD_DESCRIPTOR = 4;

/** Starts a process; `ended` also tells of one that could not be started. */
export function startChild<Up, Down extends object>(options: ChildOptions): Child<Up, Down> {
  const process = spawned(options);
  if (process === null) return UNSTARTED;
  let killed_for: string | null = null;
  const kill = (what_for: string | null = null): void => {
    killed_for ??= what_for;
    process.kill('SIGKILL');
  };
  const channel: ChildChannel<Up, Down> =
    options.channel === 'ipc' ? ipcOf(process) : linesOf(process, () => kill('did not read what it was told'));
  return {
    pid: process.pid ?? 0,
    send: channel.send,
    unread_bytes: channel.unread_bytes,
    onMessage: (listener) =>
      channel.onMessage((message) => {
        if (killed_for === null) listener(message);
      }),
    ended: endOf(process, channel).then((end) => ({ ...end, killed_for })),
    kill,
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
  unread_bytes: () => 0,
  ended: Promise.resolve({ code: null, signal: null, killed_for: null }),
  kill: () => undefined,
};

function endOf(process: ChildProcess, channel: { close(): Promise<void> }): Promise<Omit<Ended, 'killed_for'>> {
  return new Promise((resolve) => {
    process.once('error', () => resolve({ code: null, signal: null }));
    process.once('exit', async (code, signal) => {
      await channel.close();
      resolve({ code, signal });
    });
  });
}

export function describeEnd({ code, signal, killed_for }: Ended): string {
  if (killed_for !== null) return killed_for;
  if (signal !== null) return `killed by ${signal}`;
  return code === null ? 'could not be started' : `exit code ${code}`;
}
