import type { Readable } from 'node:stream';
import { Refusal, type RefusalCode } from '../../../core/errors/index.ts';
import type { BodyLimits } from '../transport.ts';

const EMPTY = Buffer.alloc(0);

/** What a protocol knows about its bodies. */
export interface BodyHooks {
  /** Given what ends the reading when the parser finds the body broken. */
  readonly onBroken: (fail: (code: RefusalCode) => void) => void;
  /** Why a stream ended before the body, after so many bytes of it. */
  readonly lost: (size_bytes: number) => RefusalCode;
  /** Whether the client gave the message up. What had arrived may still be read, to an end that is none. */
  readonly gone: () => boolean;
}

const clientGone = (): RefusalCode => 'CLIENT_GONE';

/** Whether a body cannot be read any more by who begins only now: what arrived was thrown away, or is not all of it. */
export function isOver(stream: Readable, gone: () => boolean): boolean {
  return stream.destroyed || stream.readableEnded || gone();
}

/**
 * Collects a body within its limits. A declared length over the limit is refused before a byte is read.
 *
 * @throws Refusal LIMIT_BODY, ADMIT_BODY_LATE, ADMIT_TOTAL_LATE, ADMIT_FRAMING, CLIENT_GONE, or what the hooks say
 */
export function readBody(
  stream: Readable,
  declared_bytes: number | null,
  limits: BodyLimits,
  { onBroken = ignore, lost = clientGone, gone = () => false }: Partial<BodyHooks> = {},
): Promise<Buffer> {
  if (declared_bytes !== null && declared_bytes > limits.max_bytes) {
    return Promise.reject(new Refusal('LIMIT_BODY'));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size_bytes = 0;
    const timer = setTimeout(() => fail(limits.late), limits.timeout_ms);

    function settle(): void {
      clearTimeout(timer);
      stream.off('data', onData).off('end', onEnd).off('error', onLost).off('close', onLost).off('aborted', onLost);
      stream.on('error', ignore);
    }
    function fail(code: RefusalCode): void {
      settle();
      stream.pause();
      reject(new Refusal(code));
    }
    function onData(chunk: Buffer): void {
      size_bytes += chunk.length;
      if (size_bytes > limits.max_bytes) return fail('LIMIT_BODY');
      chunks.push(chunk);
    }
    function onEnd(): void {
      if (declared_bytes !== null && size_bytes !== declared_bytes) return fail('ADMIT_FRAMING');
      settle();
      resolve(chunks.length === 1 ? chunks[0]! : chunks.length === 0 ? EMPTY : Buffer.concat(chunks, size_bytes));
    }
    function onLost(): void {
      fail(lost(size_bytes));
    }
    stream.on('data', onData).on('end', onEnd).on('error', onLost).on('close', onLost).on('aborted', onLost);
    onBroken(fail);
    if (isOver(stream, gone)) onLost();
  });
}

/** A stream given up on may still emit an error; without a listener it would end the process. */
function ignore(): void {}
