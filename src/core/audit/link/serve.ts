/** The writer's end of a link: takes frames of records, answers when they are durable. */

import type { Duplex } from 'node:stream';
import { isReadable } from '../entry.ts';
import type { AuditLog } from '../log.ts';
import { AuditUnavailable } from '../unavailable.ts';
import { type Frame, FrameReader, type Reply, replyLine, WireError } from './wire.ts';

/** Answers that may wait for the process at the other end: it takes them at once, or it is not ours any more. */
const MAX_UNHEARD_BYTES = 1024 * 1024;

/**
 * Serves the log to the process at the other end. When that process is gone, what it had begun and not ended is closed as
 * OUTCOME_UNKNOWN. Bytes that are no records end the link.
 *
 * @returns resolves when the link has ended and nothing of it is left open
 */
export function serveLog(log: AuditLog, link: Duplex): Promise<void> {
  const reader = new FrameReader();
  /** Exchanges with an intent of this link and no outcome yet. */
  const begun = new Set<string>();
  const writing = new Set<Promise<void>>();
  const say = (reply: Reply): void => {
    if (link.destroyed) return;
    link.write(replyLine(reply));
    if (link.writableLength > MAX_UNHEARD_BYTES) link.destroy();
  };

  async function take({ number, entries }: Frame): Promise<void> {
    const durable = new Set<Promise<void>>();
    for (const entry of entries) {
      if (entry.kind === 'intent') begun.add(entry.exchange_id);
      if (entry.kind === 'outcome') begun.delete(entry.exchange_id);
      durable.add(log.append(entry));
    }
    const settled = await Promise.allSettled(durable);
    const failure = settled.find((result) => result.status === 'rejected');
    say(failure === undefined ? { say: 'durable', number } : refused(number, failure.reason));
  }

  const unsubscribe = [
    log.onFailure(({ os_code }) => say({ say: 'state', open: false, os_code })),
    log.onResume(() => say({ say: 'state', open: true, os_code: null })),
  ];
  say({ say: 'state', open: log.state === 'open', os_code: null });
  link.on('error', () => undefined);
  link.on('data', (chunk: Buffer) => {
    try {
      for (const frame of reader.push(chunk)) {
        if (!frame.entries.every(isReadable)) throw new WireError('this is no record');
        const work = take(frame).finally(() => writing.delete(work));
        writing.add(work);
      }
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      link.destroy();
    }
  });
  link.on('end', () => link.end());
  // It may have been paused on its way here.
  link.resume();
  return new Promise((resolve) => {
    link.once('close', async () => {
      for (const stop of unsubscribe) stop();
      await Promise.all(writing);
      log.abandon(begun);
      resolve();
    });
  });
}

function refused(number: number, error: unknown): Reply {
  const { reason, os_code } = error instanceof AuditUnavailable ? error : { reason: 'write' as const, os_code: null };
  return { say: 'refused', number, reason, os_code };
}
