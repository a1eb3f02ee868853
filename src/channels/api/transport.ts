import type { Readable } from 'node:stream';
import type { SizeBounds } from './bodies/size.ts';

/**
 * One request as HTTP/1.1 or HTTP/2 delivered it, and the way back. The steps know only this; each protocol
 * version is one implementation. Nothing has been judged yet: `admit` reads target and fields.
 */
export interface Transport {
  /** As stated by the message: `1.1`, `2`, or an older version that `admit` refuses. */
  readonly http_version: string;
  readonly method: string;
  /** The request target as sent: path and query, or any other form. */
  readonly raw_target: string;
  /** `:authority` of HTTP/2, null where absent and in HTTP/1.1. */
  readonly authority: string | null;
  /** `:scheme` of HTTP/2, null where absent and in HTTP/1.1. */
  readonly scheme: string | null;
  /** Flat name, value pairs as received, pseudo-fields left out. */
  readonly raw_fields: readonly string[];
  /** The header section is larger than allowed and got past the parser. */
  readonly headers_too_large: boolean;
  /** HTTP/2 only: the header section ended the stream. */
  readonly end_of_stream: boolean;
  /** True where the client asked for a protocol switch or sent an expectation that is not 100-continue. */
  readonly wants_switch: boolean;
  /** True once the client closed or reset: nobody is there to answer. */
  readonly gone: boolean;

  /**
   * Reads the whole body. Called at most once, and only after the caller is proven and allowed, so that a
   * stranger's bytes are never waited for.
   *
   * @throws Refusal LIMIT_BODY, ADMIT_BODY_LATE, ADMIT_TOTAL_LATE, ADMIT_FRAMING, CLIENT_GONE, and what the parser of
   * HTTP/1.1 refused in the body
   */
  readBody(declared_bytes: number | null, limits: BodyLimits): Promise<Buffer>;

  /**
   * The body as it arrives, read no faster than it is taken. As `readBody` otherwise, and instead of it. The stream ends
   * with a Refusal when a bound, the time or the declared length is broken, or the client goes.
   */
  streamBody(declared_bytes: number | null, bounds: StreamBounds): RequestStream;

  /** Sends the complete answer; does nothing when the client is gone. `headers`: flat name, value pairs. */
  send(status: number, headers: readonly string[], body: Buffer | null): void;

  /**
   * Begins an answer whose body follows in parts; does nothing when the client is gone.
   *
   * @param length_bytes of the body; null where it is not known
   */
  start(status: number, headers: readonly string[], length_bytes: number | null): void;

  /** A part of a begun answer. False asks to wait for `onDrain` before the next. */
  write(part: Buffer): boolean;

  /** Calls back each time parts may be written again. */
  onDrain(callback: () => void): void;

  /** The last part of a begun answer, and its end. Without this, the far end sees a torn answer. */
  finish(last: Buffer): void;

  /** Resolves once the answer has left the process, or the client is gone; at once where nothing was sent. */
  sent(): Promise<void>;

  /** The connection has closed: `sent` resolves, whatever was not sent. */
  lost(): void;

  /** Ends this exchange without an answer. */
  abort(): void;

  /** Calls back at most once, if the client goes before the whole answer is sent. */
  onGone(callback: () => void): void;
}

export interface BodyLimits {
  readonly max_bytes: number;
  /** From now until the last byte. */
  readonly timeout_ms: number;
  /** What a later byte is refused with. */
  readonly late: 'ADMIT_BODY_LATE' | 'ADMIT_TOTAL_LATE';
}

export interface StreamBounds extends SizeBounds {
  /** How long the client may send nothing while more is wanted of it. */
  readonly silence_ms: number;
}

export interface RequestStream extends Readable {
  /** Bytes received. */
  readonly size_bytes: number;
}
