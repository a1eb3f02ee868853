/** The service behind the gate when it keeps its contract. */
import type { ServerResponse } from 'node:http';
import { ORDER, type Received } from '../harness/upstream.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

export function restService({ method, url, body }: Received, response: ServerResponse): void {
  const json = (status: number, value: unknown) =>
    void response.writeHead(status, JSON_TYPE).end(JSON.stringify(value));
  if (url === '/notes' || method === 'DELETE') return void response.writeHead(204).end();
  if (method === 'HEAD') return void response.writeHead(200, { ...JSON_TYPE, 'x-total': '1' }).end();
  if (method === 'POST') return json(201, { ...ORDER, ...JSON.parse(body) });
  if (/^\/orders(\?|$)/.test(url)) return json(200, { orders: [ORDER] });
  json(200, ORDER);
}

/** A service that answers everything in one way; a text or bytes go out as they are. */
export function answering(
  status: number,
  headers: Readonly<Record<string, string | string[]>>,
  body: string | Buffer = '',
): (request: Received, response: ServerResponse) => void {
  return (_request, response) => void response.writeHead(status, headers).end(body);
}
