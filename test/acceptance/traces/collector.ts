/** A collector that a test decides about: it reads what comes by the standard, and answers as the test says. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ReceivedSpan, readExport } from './otlp-schema.ts';

const WAIT_MS = 30_000;

export interface ReceivedExport {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export type Answering = (response: ServerResponse, request: ReceivedExport) => void;

/** As the OpenTelemetry Collector answers. */
export const takes: Answering = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');
};

export interface TestCollector {
  readonly port: number;
  /** Every request that came, whatever was answered. */
  readonly exports: readonly ReceivedExport[];
  /** Connections that were accepted. */
  readonly connections: () => number;
  answer(next: Answering): void;
  /** Forgets what came, and takes what comes. */
  reset(): void;
  /** Spans of all exports, each of them judged by the standard. */
  spans(): ReceivedSpan[];
  /** Resolves with them once these are enough; fails after half a minute. */
  until(enough: (spans: readonly ReceivedSpan[]) => boolean): Promise<ReceivedSpan[]>;
  close(): Promise<void>;
}

export async function startCollector(
  options: { identity?: { cert: string; key: string }; port?: number } = {},
): Promise<TestCollector> {
  const { identity, port = 0 } = options;
  const exports: ReceivedExport[] = [];
  let answering = takes;
  let connections = 0;
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        text: Buffer.concat(chunks).toString('utf8'),
      };
      exports.push(received);
      answering(response, received);
    });
  };
  const server = identity ? createTlsServer(identity, listener) : createServer(listener);
  server.on('connection', () => connections++);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const spans = () => exports.flatMap(({ text }) => readExport(text));
  return {
    port: (server.address() as AddressInfo).port,
    exports,
    connections: () => connections,
    answer(next) {
      answering = next;
    },
    spans,
    reset() {
      exports.length = 0;
      answering = takes;
    },
    async until(enough) {
      const end_ms = performance.now() + WAIT_MS;
      while (!enough(spans())) {
        assert.ok(performance.now() < end_ms, `after ${exports.length} exports there are: ${names(spans())}`);
        await sleep(20);
      }
      return spans();
    },
    async close() {
      server.closeAllConnections();
      if (!server.listening) return;
      server.close();
      await once(server, 'close');
    },
  };
}

function names(spans: readonly ReceivedSpan[]): string {
  return spans.map(({ name, kind }) => `${kind} ${name}`).join(', ');
}

/** The spans of exchanges themselves. */
export function exchangesOf(spans: readonly ReceivedSpan[]): ReceivedSpan[] {
  return spans.filter(({ kind }) => kind === 'SERVER');
}
