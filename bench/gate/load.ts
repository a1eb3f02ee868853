/**
 * The load: connections that each send the next request when the last is answered (a closed loop), over raw TLS
 * sockets, so that the load costs little beside what it measures.
 */
import { readFileSync } from 'node:fs';
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { connect, type TLSSocket } from 'node:tls';
import { type AnswerReader, createAnswerReader } from './answer-reader.ts';
import { WORKLOADS, type WorkloadName } from './workload.ts';

export interface LoadTarget {
  readonly port: number;
  readonly ca: string;
  /** Client certificate and key; null sends none. */
  readonly identity: { readonly certificate: string; readonly key: string } | null;
}

export type LoadQuestion =
  | {
      readonly ask: 'connect';
      readonly target: LoadTarget;
      readonly connections: number;
      readonly workload: WorkloadName;
    }
  | { readonly ask: 'run'; readonly seconds: number }
  | { readonly ask: 'close' };

export interface ConnectAnswer {
  readonly cipher: string;
  /** Body of an answer, to look at. */
  readonly sample: string;
  /** Requests made: one on each connection, so that the handshakes are over when the run begins. */
  readonly requests: number;
}

export interface LoadResult {
  readonly requests: number;
  /** Answers with another status, connections that ended, answers that could not be read. */
  readonly errors: number;
  readonly seconds: number;
  readonly latency_us: Readonly<Record<Percentile, number>>;
}

export const PERCENTILES = { p50: 50, p90: 90, p99: 99, 'p99.9': 99.9 } as const;
export type Percentile = keyof typeof PERCENTILES;

const FIRST_ANSWER_MS = 15_000;

/** One connection: at most one request under way. */
class Caller {
  readonly socket: TLSSocket;
  readonly #request: Buffer;
  readonly #status: number;
  readonly #reader: AnswerReader = createAnswerReader();
  #sent_ms = 0;
  #done: ((failure: string | null, latency_ms: number) => void) | null = null;
  sample = '';

  constructor(target: LoadTarget, workload: WorkloadName) {
    const { method, path, body, status } = WORKLOADS[workload];
    this.#status = status;
    this.#request = Buffer.from(
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: sallyport-bench\r\nAccept: */*\r\n` +
        (body === null
          ? '\r\n'
          : `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
    );
    this.socket = connect({
      host: '127.0.0.1',
      port: target.port,
      servername: 'localhost',
      ca: target.ca,
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
      ...(target.identity && { cert: target.identity.certificate, key: target.identity.key }),
    });
    this.socket.setNoDelay(true);
    this.socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.socket.on('error', (error) => this.#finish(error.message));
    this.socket.on('close', () => this.#finish('the connection ended'));
  }

  send(done: (failure: string | null, latency_ms: number) => void): void {
    this.#done = done;
    this.#sent_ms = performance.now();
    this.socket.write(this.#request);
  }

  #onData(chunk: Buffer): void {
    const read = this.#reader.push(chunk);
    if (read === null) return;
    if (this.sample === '') this.sample = read.body();
    this.#finish(read.status === this.#status ? null : `status ${read.status}`);
  }

  #finish(failure: string | null): void {
    const done = this.#done;
    this.#done = null;
    done?.(failure, performance.now() - this.#sent_ms);
  }
}

let callers: Caller[] = [];

async function open(target: LoadTarget, connections: number, workload: WorkloadName): Promise<ConnectAnswer> {
  callers = Array.from({ length: connections }, () => new Caller(target, workload));
  const late = AbortSignal.timeout(FIRST_ANSWER_MS);
  await Promise.all(
    callers.map(
      (caller) =>
        new Promise<void>((resolve, reject) => {
          late.addEventListener('abort', () => reject(new Error('no first answer')));
          caller.send((failure) => (failure === null ? resolve() : reject(new Error(`first answer: ${failure}`))));
        }),
    ),
  );
  const [first] = callers as [Caller];
  return { cipher: first.socket.getCipher().name, sample: first.sample, requests: connections };
}

/** Runs for the time, lets what is under way be answered, and tells what happened. */
async function run(seconds: number): Promise<LoadResult> {
  const histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  const start_ms = performance.now();
  const until_ms = start_ms + seconds * 1000;
  let requests = 0;
  let errors = 0;
  const drive = (caller: Caller) =>
    new Promise<void>((resolve) => {
      const next = () => {
        caller.send((failure, latency_ms) => {
          requests++;
          if (failure !== null) {
            errors++;
            return resolve();
          }
          histogram.record(Math.max(1, Math.round(latency_ms * 1000)));
          if (performance.now() < until_ms) next();
          else resolve();
        });
      };
      next();
    });
  await Promise.all(callers.map(drive));
  const latency = Object.entries(PERCENTILES).map(([name, at]) => [name, histogram.percentile(at)]);
  return {
    requests,
    errors,
    seconds: (performance.now() - start_ms) / 1000,
    latency_us: Object.fromEntries(latency) as LoadResult['latency_us'],
  };
}

function close(): Record<string, never> {
  for (const { socket } of callers) socket.destroy();
  callers = [];
  return {};
}

function answer(question: LoadQuestion): Promise<object> | object {
  switch (question.ask) {
    case 'connect':
      return open(question.target, question.connections, question.workload);
    case 'run':
      return run(question.seconds);
    case 'close':
      return close();
  }
}

export function serveLoad(): void {
  process.on('message', async (question: LoadQuestion) => {
    try {
      process.send?.(await answer(question));
    } catch (error) {
      process.stderr.write(`bench: load: ${(error as Error).message}\n`);
      process.exit(1);
    }
  });
  process.once('disconnect', () => process.exit());
}

/** The files of an identity, read where they are needed. */
export function readIdentity(certificate_path: string, key_path: string): NonNullable<LoadTarget['identity']> {
  return { certificate: readFileSync(certificate_path, 'utf8'), key: readFileSync(key_path, 'utf8') };
}
