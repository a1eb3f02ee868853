/** Hears the messages of a stream in turns, so that whoever writes without end does not keep this process for itself. */

import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageReader } from './message-lines.ts';

/** Handled without a turn of the event loop between them. */
const TURN_MESSAGES = 100;

/**
 * @param max_bytes of a line, without its end
 * @param listener is given undefined for a line that is no message, or is too long
 * @returns resolves when all that has come by then is handled; the stream may have ended before
 */
export function hearMessages(
  stream: Readable,
  max_bytes: number,
  listener: (message: unknown) => void,
): () => Promise<void> {
  const reader = new MessageReader(max_bytes);
  let left = TURN_MESSAGES;
  const hear = async (chunk: Buffer): Promise<void> => {
    for (const message of reader.push(chunk)) {
      if (left === 0) {
        stream.pause();
        await nextTurn();
        left = TURN_MESSAGES;
      }
      left--;
      listener(message);
    }
    if (stream.isPaused()) stream.resume();
  };
  let heard = Promise.resolve();
  stream.on('data', (chunk: Buffer) => {
    heard = hear(chunk);
  });
  return () => heard;
}
