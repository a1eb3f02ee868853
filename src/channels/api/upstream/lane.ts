import type { Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import Client from 'undici/lib/dispatcher/client.js';
import { Refusal } from '../../../core/errors/refusal.ts';
import type { Dialled } from '../../../core/resolver/dialler.ts';
import type { Address } from '../../../core/resolver/literals.ts';
import type { UpstreamEvidence } from '../../../core/resolver/tls-client.ts';
import type { Attempt } from './attempt.ts';
import type { Dispatch } from './dispatch.ts';

export interface LaneOptions {
  /** Scheme, host and port; becomes the Host field. */
  readonly origin: string;
  readonly keep_alive_ms: number;
  readonly max_header_bytes: number;
}

type DispatchOptions = Dispatcher.DispatchOptions & { readonly servername: string };

/** An upstream's Keep-Alive hint is used less this, for the time its close needs to reach us. */
const KEEP_ALIVE_MARGIN_MS = 1_000;

/**
 * One connection to one address and the undici client that speaks HTTP/1.1 on it, one request at a time.
 * The client is given the socket that was dialled and can never open another: undici does not dial.
 */
export class Lane {
  readonly socket: Socket;
  readonly address: Address;
  readonly evidence: UpstreamEvidence | null;
  /** Served a request or waited for one before. */
  reused = false;
  idle_since_ms = 0;
  private used = false;
  private guarded = false;
  private readonly client: Client;
  private readonly keep_alive_ms: number;

  constructor(dialled: Dialled, options: LaneOptions, onClosed: (lane: Lane) => void) {
    this.socket = dialled.socket;
    this.address = dialled.address;
    this.evidence = dialled.evidence;
    this.keep_alive_ms = options.keep_alive_ms;
    this.client = new Client(options.origin, {
      pipelining: 1,
      allowH2: false,
      connect: handOver(dialled.socket),
      keepAliveTimeout: options.keep_alive_ms,
      keepAliveMaxTimeout: options.keep_alive_ms,
      keepAliveTimeoutThreshold: KEEP_ALIVE_MARGIN_MS,
      maxHeaderSize: options.max_header_bytes,
      // Our own sweep holds the times, for all requests with one timer.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.socket.once('close', () => {
      onClosed(this);
      this.client.destroy(() => {});
    });
  }

  get open(): boolean {
    return !this.socket.destroyed && !this.socket.readableEnded;
  }

  /** True when the last request has left and nothing more is waiting to be sent. */
  get drained(): boolean {
    return this.socket.writableLength === 0;
  }

  send(attempt: Attempt): void {
    if (this.guarded) this.socket.setTimeout(0);
    this.guarded = false;
    this.used = true;
    const { method, path } = attempt.dispatch.request;
    const body = attempt.openBody();
    const options: DispatchOptions = {
      method,
      path,
      // undici only reads the array.
      headers: withLength(attempt.dispatch) as string[],
      body,
      // Matters with pipelining alone, and costs a pass of undici's queue.
      blocking: false,
      // The handshake is done. Constant, or undici would take another Host for another server.
      servername: 'dialled',
    };
    this.client.dispatch(options, attempt);
  }

  /** Waits for a request. undici bounds this once it has the socket; before its first request we do. */
  park(now_ms: number): void {
    if (!this.used && !this.guarded) this.guard();
    this.reused = true;
    this.idle_since_ms = now_ms;
  }

  close(): void {
    this.socket.destroy();
  }

  private guard(): void {
    this.guarded = true;
    this.socket.setTimeout(this.keep_alive_ms);
    this.socket.once('timeout', () => {
      if (this.guarded) this.close();
    });
  }
}

/** undici writes the length of a buffer itself; a stream of unknown length goes in chunks. */
function withLength({ headers, request: { body } }: Dispatch): readonly string[] {
  if (body === null || Buffer.isBuffer(body) || body.length_bytes === null) return headers;
  return [...headers, 'content-length', String(body.length_bytes)];
}

/** A connector that gives out one socket, once. */
function handOver(
  socket: Socket,
): (options: unknown, callback: (...args: [null, Socket] | [Error, null]) => void) => void {
  let given = false;
  return (_options, callback) => {
    if (given) {
      const refusal = new Refusal('FORWARD_BROKEN', { reason: 'closed before the request was written' });
      queueMicrotask(() => callback(refusal, null));
      return;
    }
    given = true;
    queueMicrotask(() => callback(null, socket));
  };
}
