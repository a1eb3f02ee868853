/** The service behind every target: a process of its own that only answers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sizedAnswer } from './answers.ts';
import { ANSWERS } from './workload.ts';

const KEEP_ALIVE_MS = 600_000;

export function serveUpstream(): void {
  const get = Buffer.from(ANSWERS.get);
  const post = Buffer.from(ANSWERS.post);
  const server = createServer((request, response) => {
    const sized = sizedAnswer(request.url ?? '');
    const [status, body] = request.method === 'POST' ? [201, post] : [200, sized?.body ?? get];
    request.resume();
    request.once('end', () => {
      response.writeHead(status, {
        'content-type': sized?.content_type ?? 'application/json',
        'content-length': body.length,
        server: 'orders/1.4.2',
        'x-powered-by': 'Orders',
      });
      response.end(body);
    });
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}
