/**
 * The floor: a TLS reverse proxy of node:https and undici that checks nothing. What a gate on this Node.js costs
 * at the least, if it is made of these parts.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

/** Fields of one connection (RFC 9110 section 7.6.1): the least a proxy must not pass on. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer']);
const KEEP_ALIVE_MS = 600_000;

export interface FloorOptions {
  readonly upstream_url: string;
  readonly connections: number;
  readonly certificate: string;
  readonly key: string;
}

export function serveFloor({ upstream_url, connections, certificate, key }: FloorOptions): void {
  const pool = new Pool(upstream_url, { connections, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS });
  const tls = { cert: readFileSync(certificate), key: readFileSync(key), minVersion: 'TLSv1.3' as const };
  const server = createServer(tls, (request, response) => pass(pool, request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

function pass(pool: Pool, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/', rawHeaders } = request;
  const path = url.replace(/^\/api/, '');
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, rawHeaders[i + 1] as string);
  }
  const body = method === 'GET' ? null : request;
  pool
    .stream({ method, path, headers, body }, ({ statusCode, headers: answered }) => {
      for (const name of HOP_BY_HOP) delete answered[name];
      response.writeHead(statusCode, answered);
      return response;
    })
    .catch(() => response.destroy());
}
