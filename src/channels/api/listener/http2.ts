import { constants, type ServerHttp2Stream } from 'node:http2';
import type { RefusalCode } from '../../../core/errors/index.ts';
import type { BodyLimits, RequestStream, StreamBounds, Transport } from '../transport.ts';
import { BodyStream } from './body-stream.ts';
import { type BodyHooks, readBody } from './read-body.ts';

const FLAG_END_STREAM = 0x1;
/** Most header fields of a request, as on HTTP/1.1. */
const MAX_FIELDS = 128;
/** What RFC 9113 section 6.5.2 adds for each field. */
const FIELD_OVERHEAD_BYTES = 32;

/** An HTTP/2 request (RFC 9113). The stream interface is used as it is: the compatibility objects cost more. */
export class Http2Transport implements Transport {
  readonly http_version = '2';
  readonly method: string;
  readonly raw_target: string;
  readonly authority: string | null;
  readonly scheme: string | null;
  readonly raw_fields: readonly string[];
  readonly headers_too_large: boolean;
  readonly end_of_stream: boolean;
  readonly wants_switch: boolean;
  readonly #stream: ServerHttp2Stream;
  #answered = false;
  /** A head has left whose body is not complete. */
  #begun = false;
  /** They may come before anybody reads the body. */
  #has_trailers = false;

  /** @param max_header_bytes the SETTINGS_MAX_HEADER_LIST_SIZE that was announced, which nghttp2 does not enforce */
  constructor(stream: ServerHttp2Stream, flags: number, raw: readonly string[], max_header_bytes: number) {
    const pseudo: Record<string, string> = {};
    let first_field = 0;
    while (first_field < raw.length && raw[first_field]!.startsWith(':')) {
      pseudo[raw[first_field]!] = raw[first_field + 1]!;
      first_field += 2;
    }
    this.#stream = stream;
    this.method = pseudo[':method'] ?? '';
    this.raw_target = pseudo[':path'] ?? '';
    this.authority = pseudo[':authority'] ?? null;
    this.scheme = pseudo[':scheme'] ?? null;
    this.raw_fields = raw.slice(first_field);
    this.headers_too_large = listBytes(raw) > max_header_bytes || raw.length > 2 * MAX_FIELDS;
    this.end_of_stream = (flags & FLAG_END_STREAM) !== 0;
    // Extended CONNECT (RFC 8441) is the only switch of HTTP/2.
    this.wants_switch = pseudo[':protocol'] !== undefined;
    stream.on('error', ignore);
    stream.once('trailers', () => {
      this.#has_trailers = true;
    });
  }

  get gone(): boolean {
    return this.#stream.destroyed || this.#stream.closed || this.#stream.aborted;
  }

  readBody(declared_bytes: number | null, limits: BodyLimits): Promise<Buffer> {
    this.#continue();
    return readBody(this.#stream, declared_bytes, limits, this.#hooks(declared_bytes));
  }

  streamBody(declared_bytes: number | null, bounds: StreamBounds): RequestStream {
    return new BodyStream(this.#stream, declared_bytes, bounds, {
      ...this.#hooks(declared_bytes),
      onStart: () => this.#continue(),
      flawed: () => null,
    });
  }

  #hooks(declared_bytes: number | null): BodyHooks {
    const stream = this.#stream;
    return {
      // Trailer fields could repeat a field that was judged in the header section; none is accepted.
      onBroken: (fail) => {
        if (this.#has_trailers) fail('ADMIT_FRAMING');
        else stream.once('trailers', () => fail('ADMIT_FRAMING'));
      },
      lost: (size_bytes) => lostCode(stream, declared_bytes !== null && size_bytes !== declared_bytes),
      gone: () => this.gone,
    };
  }

  #continue(): void {
    if (this.#expectsContinue() && !this.gone) this.#stream.additionalHeaders({ ':status': 100 });
  }

  #expectsContinue(): boolean {
    return this.raw_fields.some((name, at) => at % 2 === 0 && name.toLowerCase() === 'expect');
  }

  send(status: number, headers: readonly string[], body: Buffer | null): void {
    if (this.gone) return;
    this.#answered = true;
    const flat: string[] = [':status', String(status), ...headers];
    if (body !== null) flat.push('content-length', String(body.length));
    try {
      this.#stream.respond(flat as never, { endStream: body === null });
      if (body !== null) this.#stream.end(body);
      this.#stopRequest();
    } catch (error) {
      // A stream reset between the check above and here throws; the client is gone, the record stands.
      if (!this.gone) throw error;
    }
  }

  /** A complete answer before the end of the request: ask the client to stop (RFC 9113 section 8.1). */
  #stopRequest(): void {
    if (!this.#stream.readableEnded && !this.end_of_stream) this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }

  start(status: number, headers: readonly string[], length_bytes: number | null): void {
    if (this.gone) return;
    const flat: string[] = [':status', String(status), ...headers];
    if (length_bytes !== null) flat.push('content-length', String(length_bytes));
    try {
      this.#stream.respond(flat as never);
      this.#begun = true;
    } catch (error) {
      if (!this.gone) throw error;
    }
  }

  write(part: Buffer): boolean {
    return this.#stream.write(part);
  }

  onDrain(callback: () => void): void {
    this.#stream.on('drain', callback);
  }

  finish(last: Buffer): void {
    if (this.gone) return;
    this.#answered = true;
    this.#begun = false;
    this.#stream.end(last);
    this.#stopRequest();
  }

  sent(): Promise<void> {
    if (this.#stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.#stream.once('close', resolve));
  }

  lost(): void {
    // The session closes its streams with the connection.
  }

  abort(): void {
    // `close` would end the stream before it resets it, and the far end take what it has for a whole answer.
    if (this.#begun) this.#stream.destroy(new Error('torn'));
    else this.#stream.close(constants.NGHTTP2_CANCEL);
  }

  onGone(callback: () => void): void {
    // Node ends the writable side of a stream that was reset, so that says nothing about an answer.
    this.#stream.once('close', () => {
      if (!this.#answered) callback();
    });
  }
}

function listBytes(raw: readonly string[]): number {
  let bytes = (raw.length / 2) * FIELD_OVERHEAD_BYTES;
  for (const text of raw) bytes += text.length;
  return bytes;
}

/**
 * A stream that nghttp2 reset for breaking a rule, the length of its body among them, was not left by the client. One
 * whose connection was lost has a reset code too, but of Node's making.
 */
function lostCode({ rstCode, errored }: ServerHttp2Stream, length_differs: boolean): RefusalCode {
  const { NGHTTP2_PROTOCOL_ERROR, NGHTTP2_INTERNAL_ERROR } = constants;
  const { code } = (errored ?? {}) as NodeJS.ErrnoException;
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'CLIENT_GONE';
  if (rstCode !== NGHTTP2_PROTOCOL_ERROR && rstCode !== NGHTTP2_INTERNAL_ERROR) return 'CLIENT_GONE';
  return length_differs ? 'ADMIT_FRAMING' : 'ADMIT_HTTP2';
}

function ignore(): void {}
