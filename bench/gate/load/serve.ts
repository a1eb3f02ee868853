/** The process that makes the load; asked by message. */
import { readFileSync } from 'node:fs';
import {
  type Agreed,
  type Caller,
  type CallerOptions,
  type Handshake,
  type LoadTarget,
  NOTHING_AGREED,
} from './caller.ts';
import { FreshConnection } from './fresh-connection.ts';
import { http2Callers } from './http2-streams.ts';
import { KeptConnection } from './kept-connection.ts';
import { closedLoop, openLoop } from './loops.ts';

export type LoadQuestion =
  | ({ readonly ask: 'connect' } & CallerOptions & {
        readonly connections: number;
        /** On each connection over HTTP/2; 0 speaks HTTP/1.1. */
        readonly streams: number;
        readonly handshake: Handshake;
      })
  /** @property rate per second; null sends the next request when the last is answered */
  | { readonly ask: 'run'; readonly seconds: number; readonly rate: number | null }
  | { readonly ask: 'close' };

export interface ConnectAnswer {
  /** Of the last connection made. */
  readonly agreed: Agreed;
  /** Body of an answer, to look at. */
  readonly sample: string;
  /** Requests made, so that the handshakes of kept connections are over when the run begins. */
  readonly requests: number;
  /** What the first answer was where it was not as expected; then nothing else counts. */
  readonly failure: string | null;
}

/** In place of an answer. */
export interface LoadFailure {
  readonly load_failure: string;
}

const FIRST_ANSWER_MS = 20_000;

let callers: Caller[] = [];

async function open(question: LoadQuestion & { ask: 'connect' }): Promise<ConnectAnswer> {
  callers = makeCallers(question);
  let requests = 0;
  const first = (caller: Caller) =>
    new Promise<void>((resolve, reject) => {
      requests++;
      caller.send((failure) => (failure === null ? resolve() : reject(new Error(failure))));
    });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no first answer')), FIRST_ANSWER_MS);
  });
  try {
    await Promise.race([late, Promise.all(callers.map(first))]);
    // The second of them resumes what the first began.
    if (question.handshake === 'resumed') await Promise.race([late, Promise.all(callers.map(first))]);
  } catch (error) {
    close();
    return { agreed: NOTHING_AGREED, sample: '', requests, failure: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
  const { agreed, sample } = callers[0]!;
  return { agreed, sample, requests, failure: null };
}

function makeCallers({ connections, streams, handshake, ...options }: LoadQuestion & { ask: 'connect' }): Caller[] {
  const each = <Made>(make: () => Made) => Array.from({ length: connections }, make);
  if (streams > 0) return each(() => http2Callers(options, streams)).flat();
  if (handshake === 'kept') return each(() => new KeptConnection(options));
  return each(() => new FreshConnection(options, handshake === 'resumed'));
}

function close(): Record<string, never> {
  for (const caller of callers) caller.close();
  callers = [];
  return {};
}

function answer(question: LoadQuestion): Promise<object> | object {
  switch (question.ask) {
    case 'connect':
      return open(question);
    case 'run':
      return question.rate === null
        ? closedLoop(callers, question.seconds)
        : openLoop(callers, question.seconds, question.rate);
    case 'close':
      return close();
  }
}

export function serveLoad(): void {
  process.on('message', async (question: LoadQuestion) => {
    try {
      process.send?.(await answer(question));
    } catch (error) {
      close();
      process.send?.({ load_failure: (error as Error).message } satisfies LoadFailure);
    }
  });
}

/** The files of an identity, read where they are needed. */
export function readIdentity(certificate_path: string, key_path: string): NonNullable<LoadTarget['identity']> {
  return { certificate: readFileSync(certificate_path, 'utf8'), key: readFileSync(key_path, 'utf8') };
}
