/** Callers that share one HTTP/2 connection, each with one stream at a time. */
import { type ClientHttp2Session, connect } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { WORKLOADS } from '../workload.ts';
import { agreedOn, type Caller, type CallerOptions, type Done, dial } from './caller.ts';

export function http2Callers(options: CallerOptions, streams: number): Caller[] {
  const session = connect('https://localhost', { createConnection: () => dial(options, 'h2', null) });
  session.on('error', () => undefined);
  return Array.from({ length: streams }, () => new StreamCaller(session, options));
}

class StreamCaller implements Caller {
  readonly #session: ClientHttp2Session;
  readonly #options: CallerOptions;
  readonly #headers: Record<string, string>;
  sample = '';

  constructor(session: ClientHttp2Session, options: CallerOptions) {
    this.#session = session;
    this.#options = options;
    const { method, path, body, content_type } = WORKLOADS[options.workload];
    this.#headers = {
      ':method': method,
      ':path': path,
      'user-agent': 'sallyport-bench',
      accept: '*/*',
      ...(body !== null && { 'content-type': content_type, 'content-length': String(body.length) }),
    };
  }

  get agreed() {
    return agreedOn(this.#session.socket as unknown as TLSSocket);
  }

  send(done: Done): void {
    const begun_ms = performance.now();
    const { status, body } = WORKLOADS[this.#options.workload];
    let over = false;
    const finish = (failure: string | null) => {
      if (over) return;
      over = true;
      done(failure, performance.now() - begun_ms);
    };
    if (this.#session.closed || this.#session.destroyed) return finish('the connection ended');
    const stream = this.#session.request(this.#headers, { endStream: body === null });
    let answered = 0;
    const parts: Buffer[] = [];
    stream.on('response', (headers) => {
      answered = Number(headers[':status']);
    });
    stream.on('data', (part: Buffer) => {
      if (this.sample === '') parts.push(part);
    });
    stream.on('end', () => {
      if (this.sample === '') this.sample = Buffer.concat(parts).toString('latin1');
      finish(answered === status ? null : `status ${answered}: ${this.sample.slice(0, 300)}`);
    });
    stream.on('error', (error) => finish(error.message));
    stream.on('close', () => finish('the stream ended'));
    if (body !== null) stream.end(body);
  }

  close(): void {
    this.#session.destroy();
  }
}
