import { constants, type ServerHttp2Stream } from 'node:http2';
import type { RefusalCode } from '../../../core/errors/index.ts';
import type { BodyLimits, Transport } from '../transport.ts';
import { readBody } from './read-body.ts';

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
  }

  get gone(): boolean {
    return this.#stream.destroyed || this.#stream.closed || this.#stream.aborted;
  }

  readBody(declared_bytes: number | null, limits: BodyLimits): Promise<Buffer> {
    const stream = this.#stream;
    if (this.#expectsContinue()) stream.additionalHeaders({ ':status': 100 });
    return readBody(stream, declared_bytes, limits, {
      // Trailer fields could repeat a field that was judged in the header section; none is accepted.
      onBroken: (fail) => stream.once('trailers', () => fail('ADMIT_FRAMING')),
      lost: (size_bytes) => lostCode(stream, declared_bytes !== null && size_bytes !== declared_bytes),
    });
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
      // A complete answer before the end of the request: ask the client to stop (RFC 9113 section 8.1).
      if (!this.#stream.readableEnded && !this.end_of_stream) this.#stream.close(constants.NGHTTP2_NO_ERROR);
    } catch (error) {
      // A stream reset between the check above and here throws; the client is gone, the record stands.
      if (!this.gone) throw error;
    }
  }

  sent(): Promise<void> {
    if (this.#stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => this.#stream.once('close', resolve));
  }

  lost(): void {
    // The session closes its streams with the connection.
  }

  abort(): void {
    this.#stream.close(constants.NGHTTP2_CANCEL);
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
