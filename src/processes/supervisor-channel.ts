/** How a process that a supervisor started speaks with it. */

import { Socket } from 'node:net';
import { CHANNEL_DESCRIPTOR } from './child-channel.ts';
import { lineOf, MessageReader } from './message-lines.ts';

export interface SupervisorChannel<Up, Down> {
  /** One that has just ended hears nothing any more; `onGone` is about to tell. */
  say(message: Up): void;
  onMessage(listener: (message: Down, handle: Socket | undefined) => void): void;
  /** The supervisor is gone. */
  onGone(listener: () => void): void;
}

/** Node's own channel. */
export function ipcChannel<Up, Down>(own: NodeJS.Process): SupervisorChannel<Up, Down> {
  return {
    say: (message) => void (own.connected && own.send?.(message, undefined, undefined, () => undefined)),
    onMessage: (listener) => void own.on('message', (message, handle) => listener(message as Down, handle as Socket)),
    onGone: (listener) => void own.on('disconnect', listener),
  };
}

/** Lines over the inherited descriptor. What a supervisor says is not bounded: a plan has the size of its contracts. */
export function lineChannel<Up extends object, Down>(): SupervisorChannel<Up, Down> {
  const stream = new Socket({ fd: CHANNEL_DESCRIPTOR });
  stream.on('error', () => undefined);
  return {
    say: (message) => void (stream.writable && stream.write(lineOf(message))),
    onMessage(listener) {
      const reader = new MessageReader(Number.POSITIVE_INFINITY);
      stream.on('data', (chunk: Buffer) => {
        for (const message of reader.push(chunk)) listener(message as Down, undefined);
      });
    },
    onGone: (listener) => void stream.on('close', listener),
  };
}
