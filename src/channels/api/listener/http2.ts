import { constants, type ServerHttp2Stream } from 'node:http2';
import type { BodyLimits, Transport } from '../transport.ts';
import { readBody } from './read-body.ts';

const FLAG_END_STREAM = 0x1;

/** An HTTP/2 request (RFC 9113). The stream interface is used as it is: the compatibility objects cost more. */
export class Http2Transport implements Transport {
  readonly http_version = '2';
  readonly method: string;
  readonly raw_target: string;
  readonly authority: string | null;
  readonly scheme: string | null;
  readonly raw_fields: readonly string[];
  readonly end_of_stream: boolean;
  readonly wants_switch: boolean;
  readonly #stream: ServerHttp2Stream;

  constructor(stream: ServerHttp2Stream, flags: number, raw: readonly string[]) {
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
    this.end_of_stream = (flags & FLAG_END_STREAM) !== 0;
    // Extended CONNECT (RFC 8441) is the only switch of HTTP/2.
    this.wants_switch = pseudo[':protocol'] !== undefined;
    stream.on('error', ignore);
  }

  get gone(): boolean {
    return this.#stream.destroyed || this.#stream.closed || this.#stream.aborted;
  }

  readBody(declared_bytes: number | null, limits: BodyLimits): Promise<Buffer> {
    return readBody(this.#stream, declared_bytes, limits);
  }

  send(status: number, headers: readonly string[], body: Buffer | null): void {
    if (this.gone) return;
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
    this.#stream.once('close', () => {
      if (!this.#stream.writableEnded) callback();
    });
  }
}

function ignore(): void {}
