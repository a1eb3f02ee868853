/** A caller that makes a connection for each request; the time of an exchange begins with the connection. */
import type { TLSSocket } from 'node:tls';
import { WORKLOADS } from '../workload.ts';
import { createAnswerReader } from './answer-reader.ts';
import {
  type Agreed,
  agreedOn,
  type Caller,
  type CallerOptions,
  type Done,
  dial,
  NOTHING_AGREED,
  requestBytes,
} from './caller.ts';

export class FreshConnection implements Caller {
  readonly #options: CallerOptions;
  readonly #resume: boolean;
  readonly #request: Buffer;
  #socket: TLSSocket | null = null;
  #session: Buffer | null = null;
  sample = '';
  agreed: Agreed = NOTHING_AGREED;

  constructor(options: CallerOptions, resume: boolean) {
    this.#options = options;
    this.#resume = resume;
    this.#request = requestBytes(options.workload);
  }

  send(done: Done): void {
    const begun_ms = performance.now();
    const { status } = WORKLOADS[this.#options.workload];
    const reader = createAnswerReader();
    const due_resumption = this.#session !== null;
    const socket = dial(this.#options, 'http/1.1', this.#session);
    this.#socket = socket;
    let over = false;
    const finish = (failure: string | null) => {
      if (over) return;
      over = true;
      if (failure === null) this.agreed = agreedOn(socket);
      socket.destroy();
      done(failure, performance.now() - begun_ms);
    };
    if (this.#resume) {
      // RFC 8446 section 4.6.1: tickets come after the handshake, and a new one with every connection.
      socket.on('session', (session: Buffer) => {
        this.#session = session;
      });
    }
    socket.once('secureConnect', () => {
      if (due_resumption && !socket.isSessionReused()) return finish('the session was not resumed');
      socket.write(this.#request);
    });
    socket.on('data', (chunk: Buffer) => {
      const read = reader.push(chunk);
      if (read === null) return;
      if (this.sample === '') this.sample = read.body();
      finish(read.status === status ? null : `status ${read.status}: ${read.body().slice(0, 300)}`);
    });
    socket.on('error', (error) => finish(error.message));
    socket.on('close', () => finish('the connection ended'));
  }

  close(): void {
    this.#socket?.destroy();
  }
}
