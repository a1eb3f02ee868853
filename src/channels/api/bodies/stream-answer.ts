import type { Readable } from 'node:stream';
import { Refusal } from '../../../core/errors/index.ts';
import { answerHeaders } from '../answer-headers.ts';
import type { ApiExchange, BegunAnswer } from '../exchange.ts';
import type { OpaqueAnswer } from './answer.ts';
import { isSentOnce, takeStreamShare } from './stream-share.ts';

/** An answer of at most this is sent as a whole: its verdict still decides the status, and no intent is written. */
const WHOLE_BYTES = 64 * 1024;

export interface StreamOptions {
  readonly status: number;
  readonly headers: readonly string[];
  /** Stated by the upstream; null where it is not known. */
  readonly length_bytes: number | null;
  /** Makes sure an intent is on disk: from here on the caller holds something of the answer. */
  readonly beforeFirstByte: () => Promise<void>;
}

/**
 * Passes opaque bytes on while they arrive, but for the last part: whoever holds a whole answer finds it on record.
 * Reading stops while the caller takes nothing.
 *
 * @returns the body where it is small enough to be sent as a whole; null where the answer has begun, see
 *   `exchange.begun`
 * @throws Refusal what the upstream's answer ended with, FILTER_SCHEMA, FILTER_BODY_TOO_LARGE, CLIENT_GONE,
 *   LIMIT_CONCURRENCY, and what `beforeFirstByte` throws
 */
export async function passOn(
  exchange: ApiExchange,
  answer: OpaqueAnswer,
  options: StreamOptions,
): Promise<Buffer | null> {
  const { body, size } = answer;
  const held = await gather(body, size);
  if (body.readableEnded) {
    if (held.length < size.min_bytes) throw size.tooSmall();
    return held;
  }
  if (!isSentOnce(exchange)) takeStreamShare(exchange);
  await options.beforeFirstByte();
  const begun: BegunAnswer = { status: options.status, sent_bytes: 0, last: null };
  exchange.transport.start(options.status, answerHeaders(exchange, options.headers), options.length_bytes);
  exchange.begun = begun;
  begun.last = await pump(exchange, begun, body, held, size);
  return null;
}

/** The first part, to the bound or to the end; the stream is paused behind it. */
function gather(body: Readable, size: OpaqueAnswer['size']): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size_bytes = 0;
    const settle = (): void => void body.off('data', onData).off('end', onEnd).off('error', reject);
    function onData(part: Buffer): void {
      size_bytes += part.length;
      parts.push(part);
      if (size_bytes > size.max_bytes) return void body.destroy(size.tooLarge());
      if (size_bytes <= WHOLE_BYTES) return;
      body.pause();
      onEnd();
    }
    function onEnd(): void {
      settle();
      resolve(parts.length === 1 ? parts[0]! : Buffer.concat(parts));
    }
    body
      .on('data', onData)
      .on('end', onEnd)
      .on('error', reject)
      .once('close', () => reject(closed()));
    if (body.destroyed) reject(endOf(body));
  });
}

/** Of a stream that was given up before anybody listened: its events are over, and waiting for them would not end. */
function endOf(body: Readable): Error {
  return body.errored ?? closed();
}

/** A stream that ends neither cleanly nor with an error was given up by us. */
function closed(): Refusal {
  return new Refusal('CLIENT_GONE');
}

/** Writes each part when the next one is there; returns the last. */
function pump(
  { transport }: ApiExchange,
  begun: BegunAnswer,
  body: Readable,
  first: Buffer,
  size: OpaqueAnswer['size'],
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let last = first;
    transport.onDrain(() => body.resume());
    transport.onGone(() => body.destroy(new Refusal('CLIENT_GONE')));
    body.on('data', (part: Buffer) => {
      begun.sent_bytes += last.length;
      if (begun.sent_bytes + part.length > size.max_bytes) return void body.destroy(size.tooLarge());
      if (!transport.write(last)) body.pause();
      last = part;
    });
    body
      .on('end', () => {
        if (begun.sent_bytes + last.length < size.min_bytes) reject(size.tooSmall());
        else resolve(last);
      })
      .on('error', reject)
      .once('close', () => reject(closed()));
    if (body.destroyed) reject(endOf(body));
    else if (transport.gone) body.destroy(new Refusal('CLIENT_GONE'));
    else body.resume();
  });
}
