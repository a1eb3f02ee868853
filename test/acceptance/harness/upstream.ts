/** A service behind the gate whose behaviour a test decides, and which remembers what reached it. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly url: string;
  /** Flat name, value pairs as received. */
  readonly raw_headers: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeUpstream {
  readonly url: string;
  readonly received: Received[];
  /** Replaces the behaviour. */
  answer(handler: (request: Received, response: ServerResponse) => void): void;
  close(): Promise<void>;
}

export const ORDER = {
  id: '0190b8a0-0000-7000-8000-000000000001',
  item: 'bolt',
  quantity: 3,
  party: 'acme',
};

export async function startFakeUpstream(): Promise<FakeUpstream> {
  const received: Received[] = [];
  let handler = wellBehaved;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen = {
        method: request.method ?? '',
        url: request.url ?? '',
        raw_headers: request.rawHeaders,
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
      };
      received.push(seen);
      handler(seen, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer(next) {
      handler = next;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers every operation of the test contract as declared. */
export function wellBehaved(request: Received, response: ServerResponse): void {
  const json = (status: number, value: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (request.method === 'POST') return json(201, { ...ORDER, ...JSON.parse(request.body) });
  if (request.method === 'DELETE') return void response.writeHead(204).end();
  if (request.url.startsWith('/orders/')) return json(200, ORDER);
  json(200, { orders: [ORDER] });
}
