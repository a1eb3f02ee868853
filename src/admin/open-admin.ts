import { existsSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { type AdminAnswer, answerTo, jsonAnswer, limitOf } from './answer.ts';
import type { AdminPlace } from './config.ts';
import { isAdminPath, judgeRequest, ROUTES } from './judge-request.ts';
import type { AdminPorts } from './ports.ts';
import { readBody } from './read-body.ts';
import { makeWay, socketFault } from './socket-file.ts';

/** An `import` of it would make Node.js load its whole client for `fetch`, at every start of a gate. */
const { createServer } = createRequire(import.meta.url)('node:http') as typeof import('node:http');

export interface AdminOptions {
  readonly listen: readonly AdminPlace[];
  /** Absolute path of the Unix socket; its folder is there. */
  readonly socket: string;
  readonly ports: AdminPorts;
}

export interface Admin {
  /** Where it answers, for people: a path or `127.0.0.1:9464`. */
  readonly places: readonly string[];
  /** Takes nothing new, lets what is being answered end, and removes the socket. */
  close(): Promise<void>;
}

/** Nothing that is asked here is large, and few ask. */
const MAX_HEADER_BYTES = 8 * 1024;
const MAX_CONNECTIONS = 16;
const REQUEST_MS = 5000;
/** A reader that takes nothing of its answer. */
const SILENT_MS = 10_000;
const LIMITS = { look_ms: 5000, reload_ms: 60_000, issue_ms: 60_000 };
/** Owner only, from the moment the socket is there. */
const UMASK = 0o177;
const CLOSE_MS = 1000;

/**
 * Opens the admin listener: HTTP/1.1 on a Unix socket of mode 0600, on a loopback address, or both.
 *
 * @throws LoadError LISTEN
 */
export async function openAdmin({ listen, socket, ports }: AdminOptions): Promise<Admin> {
  const opened: { readonly server: Server; readonly place: string }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map(({ server }) => closeServer(server)));
  };
  try {
    for (const place of listen) {
      const server = createAdminServer(ports, place.kind === 'unix');
      opened.push({ server, place: await open(server, place, socket) });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { places: opened.map(({ place }) => place), close };
}

function createAdminServer(ports: AdminPorts, over_socket: boolean): Server {
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: REQUEST_MS,
    connectionsCheckingInterval: 1000,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.timeout = SILENT_MS;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    void respond(request, over_socket, ports).then((answer) => send(response, answer));
  };
  server.on('request', handle);
  // Whoever waits for leave to send a body is answered as if it had sent one.
  server.on('checkContinue', handle);
  server.on('clientError', (_error, socket) => socket.destroy());
  return server;
}

type Sent = AdminAnswer & { readonly allow?: string | undefined; readonly last?: boolean };

async function respond(request: IncomingMessage, over_socket: boolean, ports: AdminPorts): Promise<Sent> {
  const { method = '', url: target = '', headers } = request;
  const refusal = judgeRequest({ method, target, headers, over_socket });
  if (refusal || !isAdminPath(target)) {
    const { status = 404, error = '', allow } = refusal ?? {};
    // What else waits on this connection, a body among it, is not read.
    return { ...jsonAnswer(status, { error }), allow, last: true };
  }
  const body = target === '/certificates' ? await readBody(request) : '';
  if (body === null) return { ...jsonAnswer(400, { error: 'the body did not arrive' }), last: true };
  if (ROUTES[target] === 'POST') request.socket.setTimeout(limitOf(target, LIMITS) + SILENT_MS);
  const wants_json = headers.accept === 'application/json';
  return answerTo({ path: target, wants_json, body }, ports, LIMITS);
}

function send(response: ServerResponse, { status, type, body, allow, last }: Sent): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(allow === undefined ? {} : { allow }),
    ...(last ? { connection: 'close' } : {}),
  });
  response.end(body);
}

async function open(server: Server, place: AdminPlace, socket: string): Promise<string> {
  if (place.kind === 'unix') await makeWay(socket);
  await new Promise<void>((resolve, reject) => {
    // Stays: a later error, such as no more descriptors, must not end the gate.
    server.on('error', (error: NodeJS.ErrnoException) => reject(openFault(error, place, socket)));
    if (place.kind === 'tcp') return void server.listen({ host: place.address, port: place.port }, resolve);
    // Binding happens within the call, so that no other file is made under this mask.
    const before = process.umask(UMASK);
    server.listen({ path: socket }, resolve);
    process.umask(before);
  });
  const address = server.address() as AddressInfo | string;
  if (typeof address === 'string') return address;
  return place.kind === 'tcp' ? shown(place.address, address.port) : '';
}

function shown(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function openFault({ code = 'unknown error' }: NodeJS.ErrnoException, place: AdminPlace, socket: string): Error {
  const where = place.kind === 'unix' ? socket : shown(place.address, place.port);
  if (code === 'EADDRINUSE') {
    const suggestion = 'End that program, or listen elsewhere';
    return socketFault({ message: `another program listens on ${where}`, suggestion });
  }
  if (place.kind === 'unix' && code === 'EACCES') {
    // Also what a folder that is not there is told as (libuv, uv_pipe_bind).
    const why = existsSync(dirname(socket)) ? 'its folder does not let this user write' : 'its folder does not exist';
    return socketFault({
      message: `${where} cannot be made: ${why}`,
      suggestion: 'Name another path with admin.socket',
    });
  }
  return socketFault({ message: `${where} cannot be opened (${code})`, suggestion: 'See the system message' });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const hard = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(hard);
      resolve();
    });
    server.closeIdleConnections();
  });
}
