/** The service behind the gate. A caller says in X-Request-Tag how it is to answer. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ORDER } from '../../test/acceptance/harness/upstream.ts';

export interface Service {
  readonly port: number;
  /** Exchange ids of the orders that arrived. */
  readonly executed: string[];
  /** Down, it closes its port and every connection. */
  set(up: boolean): Promise<void>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const HOLD_MS = 20_000;
/** In some 64 KiB. */
const BOMB_BYTES = 64 * 1024 * 1024;

export async function startService(): Promise<Service> {
  const executed: string[] = [];
  const bomb = gzipSync(Buffer.alloc(BOMB_BYTES, 0x20));
  const order = { ...ORDER, item: 'b'.repeat(4000) };
  const large = JSON.stringify({ orders: Array.from({ length: 1000 }, () => order) });
  const server = createServer((request, response) => {
    request.on('error', () => undefined);
    request.resume();
    request.on('end', () => {
      if (request.method === 'POST') {
        executed.push(String(request.headers['sallyport-exchange']));
        return send(response, 201, JSON.stringify(ORDER));
      }
      switch (request.headers['x-request-tag']) {
        case 'large':
          return send(response, 200, large);
        case 'bomb':
          return void response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(bomb);
        case 'hold':
          return void setTimeout(() => send(response, 200, '{"orders":[]}'), HOLD_MS).unref();
      }
      send(response, 200, JSON.stringify({ orders: [ORDER] }));
    });
  });
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    executed,
    async set(up) {
      if (up) return listen(port);
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, JSON_TYPE).end(text);
}
