import type { Readable } from 'node:stream';

/** How a streamed request gets on: whose fault it is when it does not. */
export interface Sending {
  /** Not all of it has been taken over. */
  readonly under_way: boolean;
  /** Since when the connection takes no more; Infinity while it waits for the caller. */
  readonly stalled_since_ms: number;
}

/** Watches a stream that undici pauses whenever the connection takes no more. */
export function watchSending(stream: Readable, now: () => number): Sending {
  const sending = { under_way: true, stalled_since_ms: Number.POSITIVE_INFINITY };
  stream
    .on('pause', () => {
      sending.stalled_since_ms = now();
    })
    .on('resume', () => {
      sending.stalled_since_ms = Number.POSITIVE_INFINITY;
    })
    .once('end', () => {
      sending.under_way = false;
    });
  return sending;
}
