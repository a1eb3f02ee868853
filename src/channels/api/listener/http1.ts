import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal, type RefusalCode } from '../../../core/errors/index.ts';
import type { BodyLimits, RequestStream, StreamBounds, Transport } from '../transport.ts';
import { BodyStream } from './body-stream.ts';
import { readBody } from './read-body.ts';

/** An HTTP/1.1 request (RFC 9112). */
export class Http1Transport implements Transport {
  readonly http_version: string;
  readonly method: string;
  readonly raw_target: string;
  readonly authority = null;
  readonly scheme = null;
  readonly raw_fields: readonly string[];
  /** The parser refuses those itself. */
  readonly headers_too_large = false;
  readonly end_of_stream = false;
  readonly wants_switch: boolean;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #expects_continue: boolean;
  /** Asked when the answer is sent: whether the connection ends with it. */
  readonly #close_after: (transport: Http1Transport) => boolean;
  /** What the parser refused in the body. */
  #broken: RefusalCode | null = null;
  #failBody: ((code: RefusalCode) => void) | null = null;
  #onSent: (() => void) | null = null;
  #onGone: (() => void) | null = null;
  #watching = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    options: { expects_continue: boolean; wants_switch: boolean; close_after: (transport: Http1Transport) => boolean },
  ) {
    this.http_version = request.httpVersion;
    this.method = request.method ?? '';
    this.raw_target = request.url ?? '';
    this.raw_fields = request.rawHeaders;
    this.wants_switch = options.wants_switch;
    this.#request = request;
    this.#response = response;
    this.#expects_continue = options.expects_continue;
    this.#close_after = options.close_after;
  }

  get gone(): boolean {
    return this.#response.closed || this.#response.destroyed || this.#request.socket.destroyed;
  }

  /** True until the last byte of the request was parsed. */
  get incomplete(): boolean {
    return !this.#request.complete;
  }

  /** The parser has refused the rest of this request. */
  breakBody(code: RefusalCode): void {
    this.#broken = code;
    this.#failBody?.(code);
  }

  async readBody(declared_bytes: number | null, limits: BodyLimits): Promise<Buffer> {
    // The client is told to go on only now that it is known and allowed (RFC 9110 section 10.1.1).
    if (this.#expects_continue) this.#response.writeContinue();
    if (this.#broken) throw new Refusal(this.#broken);
    const body = await readBody(this.#request, declared_bytes, limits, {
      onBroken: (fail) => {
        this.#failBody = fail;
      },
    });
    const flaw = this.#flaw();
    if (flaw) throw flaw;
    return body;
  }

  streamBody(declared_bytes: number | null, bounds: StreamBounds): RequestStream {
    return new BodyStream(this.#request, declared_bytes, bounds, {
      onStart: () => {
        if (this.#expects_continue) this.#response.writeContinue();
      },
      onBroken: (fail) => {
        this.#failBody = fail;
        if (this.#broken) fail(this.#broken);
      },
      lost: () => 'CLIENT_GONE',
      gone: () => false,
      flawed: () => this.#flaw(),
    });
  }

  /** Trailer fields could repeat a field that was judged in the header section; none is accepted. */
  #flaw(): Refusal | null {
    if (this.#request.rawTrailers.length === 0) return null;
    return new Refusal('ADMIT_FRAMING', { reason: 'trailer fields' });
  }

  send(status: number, headers: readonly string[], body: Buffer | null): void {
    if (this.gone) return;
    const flat = this.#ownFields(headers);
    if (body === null) {
      if (status !== 204 && status !== 304 && this.method !== 'HEAD') flat.push('content-length', '0');
      this.#response.writeHead(status, flat);
      this.#response.end();
      return;
    }
    flat.push('content-length', String(body.length));
    this.#response.writeHead(status, flat);
    this.#response.end(body);
  }

  start(status: number, headers: readonly string[], length_bytes: number | null): void {
    if (this.gone) return;
    const flat = this.#ownFields(headers);
    flat.push(...(length_bytes === null ? ['transfer-encoding', 'chunked'] : ['content-length', String(length_bytes)]));
    this.#response.writeHead(status, flat);
  }

  write(part: Buffer): boolean {
    return this.#response.write(part);
  }

  onDrain(callback: () => void): void {
    this.#response.on('drain', callback);
  }

  finish(last: Buffer): void {
    this.#response.end(last);
  }

  #ownFields(headers: readonly string[]): string[] {
    const flat = headers.slice();
    // With unread bytes on the connection nothing after them can be trusted to be a request.
    if (this.#close_after(this) || !this.#request.complete) flat.push('connection', 'close');
    return flat;
  }

  sent(): Promise<void> {
    if (this.gone || this.#response.writableFinished) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onSent = resolve;
      this.#watch();
    });
  }

  lost(): void {
    this.#onSent?.();
  }

  abort(): void {
    this.#request.socket.destroy();
  }

  onGone(callback: () => void): void {
    this.#onGone = callback;
    this.#watch();
  }

  /** One listener for both: a second would make node:events keep a list of them for every response. */
  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#response.on('close', () => {
      if (!this.#response.writableEnded) this.#onGone?.();
      this.#onSent?.();
    });
  }
}
