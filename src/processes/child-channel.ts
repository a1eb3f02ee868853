/** The channel to a process of a gate, at its supervisor's end. */

import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { lineOf } from './message-lines.ts';
import { hearMessages } from './message-stream.ts';

export interface ChildChannel<Up, Down extends object> {
  /** Does nothing once the process has ended. A handle needs Node's own channel. */
  send(message: Down, handle?: Socket): void;
  /** Undefined for a line that is no message. */
  onMessage(listener: (message: Up) => void): void;
  /** About what was sent and is not read yet. */
  unread_bytes(): number;
  /** The process has ended: resolves once its last words are heard, and nobody can add to them. */
  close(): Promise<void>;
}

/** The channel, in the child. */
export const CHANNEL_DESCRIPTOR = 3;
/** A longer line is no message of a worker: the largest, all that it counts, is far below. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
/**
 * What may wait beside the largest message so far, which is a plan. A process that takes no turn is killed after 10 s
 * and is told little meanwhile, so that this much waits only for one that says that it takes turns and reads nothing.
 */
export const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
/** What a process sent is here when its end is. What comes later is of one that inherited its channel. */
const LAST_WORDS_MS = 250;

/** Node's own channel. */
export function ipcOf<Up, Down extends object>(process: ChildProcess): ChildChannel<Up, Down> {
  return {
    send(message, handle) {
      if (!process.connected) return void handle?.destroy();
      process.send(message, handle, {}, ignore);
    },
    onMessage: (listener) => void process.on('message', (message) => listener(message as Up)),
    unread_bytes: () => 0,
    close: () => Promise.resolve(),
  };
}

/** @param onUnread it leaves more unread than any honest process does */
export function linesOf<Up, Down extends object>(process: ChildProcess, onUnread: () => void): ChildChannel<Up, Down> {
  // A process that could not be started may have none.
  const stream = process.stdio?.[CHANNEL_DESCRIPTOR] as Socket | null | undefined;
  stream?.on('error', ignore);
  let largest_bytes = 0;
  let heard = (): Promise<void> => Promise.resolve();
  return {
    send(message, handle) {
      handle?.destroy();
      if (!stream?.writable) return;
      const line = lineOf(message);
      largest_bytes = Math.max(largest_bytes, line.length);
      stream.write(line);
      if (stream.writableLength > largest_bytes + MAX_UNREAD_BYTES) onUnread();
    },
    onMessage(listener) {
      if (stream) heard = hearMessages(stream, MAX_LINE_BYTES, (message) => listener(message as Up));
    },
    unread_bytes: () => stream?.writableLength ?? 0,
    async close() {
      if (stream) await closed(stream);
      await heard();
    },
  };
}

/** A stream closes by itself at its end, which does not come while a process that inherited the channel lives. */
function closed(stream: Socket): Promise<void> {
  if (stream.closed) return Promise.resolve();
  return new Promise((resolve) => {
    // One more turn: where it was this process that stood still, the last words are here and have not been read.
    const late = setTimeout(() => setImmediate(() => stream.destroy()), LAST_WORDS_MS);
    stream.once('close', () => {
      clearTimeout(late);
      resolve();
    });
  });
}

/** A message to a process that has just ended is lost with it; its end is told otherwise. */
function ignore(): void {}
