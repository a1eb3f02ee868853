import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { IncomingHttpHeaders } from 'undici/types/header.js';
import type { Refusal } from '../../../core/errors/refusal.ts';
import { AnswerStream } from './answer-stream.ts';
import { BodyCollector } from './body.ts';
import type { Dispatch } from './dispatch.ts';
import { isProtocolError, refusalFor } from './failure.ts';
import { framingRefusal, tooLarge } from './framing.ts';
import type { Lane } from './lane.ts';
import type { UpstreamAnswer } from './options.ts';
import { type Sending, watchSending } from './sending.ts';

/** Who is told when an attempt ends: `answered` or `failed`, exactly once. */
export interface AttemptObserver {
  /** The body follows as a stream; whether the answer comes to its end is told later. */
  headed(attempt: Attempt, answer: UpstreamAnswer): void;
  answered(attempt: Attempt, answer: UpstreamAnswer): void;
  failed(attempt: Attempt, refusal: Refusal): void;
}

/** One request on one connection: undici's handler, which gathers the answer. */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly dispatch: Dispatch;
  readonly lane: Lane;
  /** The request, or part of it, may have reached the upstream. */
  written = false;
  /** A byte of an answer arrived. */
  answering = false;
  /** The body of the request, where it is streamed. */
  sending: Sending | null = null;
  /** The body of the answer, where it is streamed. */
  stream: AnswerStream | null = null;
  /** When the request was written; the last of it where it is streamed. */
  written_at_ms = 0;
  /** When the final header section ended; 0 before. */
  head_at_ms = 0;
  /** When the last part of the answer came. */
  activity_at_ms = 0;
  private readonly observer: AttemptObserver;
  private readonly now: () => number;
  private readonly body = new BodyCollector();
  private controller: Dispatcher.DispatchController | null = null;
  private ended = false;
  private stopped: Refusal | null = null;
  private status = 0;
  private received_bytes = 0;
  /** Most that may be received of the answer; known with its head. */
  private max_bytes = 0;
  private headers: string[] = [];

  constructor(dispatch: Dispatch, lane: Lane, observer: AttemptObserver, now: () => number) {
    this.dispatch = dispatch;
    this.lane = lane;
    this.observer = observer;
    this.now = now;
  }

  /** Gives the attempt up: its connection is closed and `failed` is told the refusal. */
  stop(refusal: Refusal): void {
    if (this.ended || this.stopped !== null) return;
    this.stopped = refusal;
    // Without a controller the request waits for undici's check of the connection; see onRequestStart.
    this.controller?.abort(refusal);
  }

  /** undici calls this right before the first byte of the request is written. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.stopped !== null) {
      controller.abort(this.stopped);
      return;
    }
    this.written = true;
    this.written_at_ms = this.now();
  }

  /** The body of the request; a stream is opened for this attempt. */
  openBody(): Buffer | Readable | null {
    const { body } = this.dispatch.request;
    if (body === null || Buffer.isBuffer(body)) return body;
    const stream = body.open();
    this.sending = watchSending(stream, this.now);
    stream.once('end', () => {
      this.written_at_ms = this.now();
    });
    return stream;
  }

  onResponseStarted(): void {
    this.answering = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // Interim answers (103 and the like) are dropped; the bound on the header section keeps running.
    if (status < 200) return;
    this.head_at_ms = this.now();
    this.activity_at_ms = this.head_at_ms;
    const { method, max_response_bytes, streams } = this.dispatch.request;
    this.status = status;
    this.headers = flatten(headers);
    const streamed_bytes = streams?.(status, this.headers) ?? null;
    this.max_bytes = streamed_bytes ?? max_response_bytes;
    const refusal = framingRefusal(method, status, headers, this.max_bytes);
    if (refusal !== null) this.stop(refusal);
    else if (streamed_bytes !== null) this.startStream(controller);
  }

  private startStream(controller: Dispatcher.DispatchController): void {
    this.stream = new AnswerStream(controller, {
      onResumed: () => {
        this.activity_at_ms = this.now();
      },
      onGivenUp: (refusal) => this.stop(refusal),
    });
    this.observer.headed(this, this.answer());
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.activity_at_ms = this.now();
    this.received_bytes += chunk.length;
    if (this.received_bytes > this.max_bytes) {
      this.stop(tooLarge());
      return;
    }
    if (this.stream) this.stream.add(chunk);
    else this.body.add(chunk);
  }

  onResponseEnd(): void {
    // Only after the parser has seen the rest of what arrived is it known whether the answer ended where it
    // said it would, and whether the connection may be used again.
    queueMicrotask(() => this.conclude());
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.fail(this.stopped ?? refusalFor(error, this.lane.socket.readableEnded));
  }

  private conclude(): void {
    const { errored: flaw, readableEnded: stream_ended } = this.lane.socket;
    if (isProtocolError(flaw, stream_ended)) {
      this.fail(refusalFor(flaw));
      return;
    }
    if (this.ended) return;
    this.ended = true;
    this.observer.answered(this, this.answer());
  }

  private fail(refusal: Refusal): void {
    if (this.ended) return;
    this.ended = true;
    this.observer.failed(this, refusal);
  }

  private answer(): UpstreamAnswer {
    return {
      status: this.status,
      headers: this.headers,
      body: this.body.take(),
      stream: this.stream,
      address: this.lane.address.address,
      evidence: this.lane.evidence,
      attempts: this.dispatch.attempts,
      first_byte_ms: this.head_at_ms - this.written_at_ms,
    };
  }
}

function flatten(headers: IncomingHttpHeaders): string[] {
  const flat: string[] = [];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') flat.push(name, value);
    else if (value !== undefined) for (const one of value) flat.push(name, one);
  }
  return flat;
}
