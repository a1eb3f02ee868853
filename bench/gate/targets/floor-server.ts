/**
 * The floor: a TLS reverse proxy of node:https (node:http2 where HTTP/2 is measured) and an undici pool that checks
 * nothing. What a gate on this Node.js costs at the least, if it is made of these parts.
 */
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
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
  /** File of the CA whose client certificates are demanded; null demands none. */
  readonly client_ca: string | null;
  readonly http2: boolean;
  readonly workers: number;
}

type Request = IncomingMessage | Http2ServerRequest;
type Response = ServerResponse | Http2ServerResponse;

export function serveFloor(options: FloorOptions): void {
  if (options.workers > 1 && cluster.isPrimary) return startWorkers(options.workers);
  const { upstream_url, connections } = options;
  const pool = new Pool(upstream_url, { connections, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS });
  const onRequest = (request: Request, response: Response) => pass(pool, request, response);
  const tls = {
    cert: readFileSync(options.certificate),
    key: readFileSync(options.key),
    minVersion: 'TLSv1.3' as const,
    ...(options.client_ca !== null && { ca: readFileSync(options.client_ca), requestCert: true }),
  };
  const server = options.http2
    ? createSecureServer({ ...tls, allowHTTP1: true }, onRequest)
    : createServer(tls, onRequest as RequestListener);
  Object.assign(server, { keepAliveTimeout: KEEP_ALIVE_MS });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

/** They share the port; it is told once all of them listen. */
function startWorkers(workers: number): void {
  let listening = 0;
  cluster.on('listening', (_, { port }) => {
    listening++;
    if (listening === workers) process.send?.(port);
  });
  for (let count = 0; count < workers; count++) cluster.fork();
  process.once('SIGTERM', () => process.exit());
}

function pass(pool: Pool, request: Request, response: Response): void {
  const { method = 'GET', url = '/', rawHeaders } = request;
  const path = url.replace(/^\/api/, '');
  const headers: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (!name.startsWith(':') && !HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, rawHeaders[i + 1] as string);
  }
  const body = method === 'GET' ? null : request;
  pool
    .stream({ method, path, headers, body }, ({ statusCode, headers: answered }) => {
      for (const name of HOP_BY_HOP) delete answered[name];
      (response as ServerResponse).writeHead(statusCode, answered);
      return response;
    })
    .catch(() => response.destroy());
}
