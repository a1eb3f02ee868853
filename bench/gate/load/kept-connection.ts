/** A caller on one connection that stays, over a raw TLS socket: the load is to cost little beside what it measures. */
import type { TLSSocket } from 'node:tls';
import { WORKLOADS } from '../workload.ts';
import { type AnswerReader, createAnswerReader } from './answer-reader.ts';
import { agreedOn, type Caller, type CallerOptions, type Done, dial, requestBytes } from './caller.ts';

export class KeptConnection implements Caller {
  readonly #socket: TLSSocket;
  readonly #request: Buffer;
  readonly #status: number;
  readonly #reader: AnswerReader = createAnswerReader();
  #sent_ms = 0;
  #done: Done | null = null;
  #ended: string | null = null;
  sample = '';

  constructor(options: CallerOptions) {
    this.#status = WORKLOADS[options.workload].status;
    this.#request = requestBytes(options.workload);
    this.#socket = dial(options, 'http/1.1', null);
    this.#socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('the connection ended'));
  }

  get agreed() {
    return agreedOn(this.#socket);
  }

  send(done: Done): void {
    if (this.#ended !== null) return done(this.#ended, 0);
    this.#done = done;
    this.#sent_ms = performance.now();
    this.#socket.write(this.#request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Buffer): void {
    const read = this.#reader.push(chunk);
    if (read === null) return;
    if (this.sample === '') this.sample = read.body();
    this.#finish(read.status === this.#status ? null : `status ${read.status}: ${read.body().slice(0, 300)}`);
  }

  #end(why: string): void {
    this.#ended ??= why;
    this.#finish(this.#ended);
  }

  #finish(failure: string | null): void {
    const done = this.#done;
    this.#done = null;
    done?.(failure, performance.now() - this.#sent_ms);
  }
}
