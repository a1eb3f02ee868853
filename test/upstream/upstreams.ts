import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { BreakerOptions } from '../../src/channels/api/upstream/breaker.ts';
import {
  createUpstream,
  type Upstream,
  type UpstreamOptions,
  type UpstreamRequest,
} from '../../src/channels/api/upstream/upstream.ts';
import {
  createDialler,
  type Dialler,
  type EjectionOptions,
  type Endpoint,
  systemLookup,
} from '../../src/core/resolver/index.ts';

export const now = () => performance.now();

/** A dialler that counts, and remembers every socket it gave out. */
export interface WatchedDialler extends Dialler {
  readonly sockets: Socket[];
  /** Their local ports, in order. */
  readonly ports: number[];
}

export function watched(dialler: Dialler = createDialler({ lookup: systemLookup, now })): WatchedDialler {
  const sockets: Socket[] = [];
  const ports: number[] = [];
  return {
    sockets,
    ports,
    resolve: (host, timeout_ms) => dialler.resolve(host, timeout_ms),
    async dial(target) {
      const dialled = await dialler.dial(target);
      sockets.push(dialled.socket);
      ports.push(dialled.socket.localPort ?? 0);
      return dialled;
    },
  };
}

/** Judging as a product does, with short times. */
export const EJECTION: EjectionOptions = {
  failures: 3,
  for_ms: 200,
  max_ms: 2_000,
  slow_start_ms: 200,
  max_share: 0.5,
  outliers: { window_ms: 2_000, volume: 20, margin: 0.3 },
};

export const BREAKER: BreakerOptions = { window_ms: 2_000, volume: 20, share: 0.5, for_ms: 300, probes: 3 };
/** For tests of something else, in which everything fails. */
export const NO_BREAKER: BreakerOptions = { ...BREAKER, share: 1 };

/** Each address of a name, or each of several hosts, on one port. */
export function endpointsOf(port: number, ...hosts: readonly string[]): Endpoint[] {
  return hosts.map((host) => ({ host, port, weight: 1, locality: null }));
}

/** A client with short times for the upstream at this port or URL. */
export function clientFor(at: number | string, options: Partial<UpstreamOptions> = {}): Upstream {
  const url = new URL(typeof at === 'number' ? `http://127.0.0.1:${at}` : at);
  return createUpstream({
    name: 'test',
    url,
    endpoints: endpointsOf(Number(url.port), url.hostname),
    locality: null,
    ca: 'system',
    connections: 4,
    timeouts: { connect_ms: 1_000, response_ms: 1_000, idle_ms: 1_000 },
    keep_alive_ms: 4_000,
    ejection: EJECTION,
    retries: 0,
    retry_budget: { share: 0.2, floor_per_s: 3 },
    breaker: BREAKER,
    checks: null,
    max_header_bytes: 8_192,
    dialler: watched(),
    now,
    random: () => 0.5,
    onHealth: () => {},
    ...options,
  });
}

export function get(request: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return {
    method: 'GET',
    party: 'acme',
    path: '/',
    headers: ['accept', 'application/json'],
    body: null,
    max_response_bytes: 65_536,
    deadline_ms: now() + 5_000,
    safe_to_retry: true,
    ...request,
  };
}

export function post(request: Partial<UpstreamRequest> = {}): UpstreamRequest {
  return get({ method: 'POST', body: Buffer.from('{"a":1}'), safe_to_retry: false, ...request });
}

/** What a raw upstream does with one request. */
export interface Turn {
  readonly socket: Socket;
  /** 0 for the first request of all connections. */
  readonly index: number;
  /** 0 for the first request on this connection. */
  readonly on_connection: number;
  readonly head: string;
}

export interface RawUpstream {
  readonly port: number;
  readonly requests: string[];
  readonly sockets: Socket[];
  /** The port at the far end of each. */
  readonly peers: number[];
  /** Open connections, as the upstream sees them. */
  readonly open: () => number;
  close(): Promise<void>;
}

/** An upstream that says exactly the bytes a test wants. Request bodies are the seven bytes of `post`. */
export async function rawUpstream(
  answer: (turn: Turn) => void,
  address: { host: string; port: number } = { host: '127.0.0.1', port: 0 },
): Promise<RawUpstream> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  const peers: number[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    peers.push(socket.remotePort ?? 0);
    socket.on('error', () => {});
    socket.setNoDelay(true);
    let text = '';
    let on_connection = 0;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = endOfRequest(text); end > 0; end = endOfRequest(text)) {
        const head = text.slice(0, end);
        text = text.slice(end);
        requests.push(head);
        answer({ socket, index: requests.length - 1, on_connection: on_connection++, head });
      }
    });
  });
  server.listen(address.port, address.host);
  await once(server, 'listening');
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === 'object');
  return {
    port: bound.port,
    requests,
    sockets,
    peers,
    open: () => sockets.filter((socket) => !socket.destroyed).length,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function endOfRequest(text: string): number {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return 0;
  const length = /content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? '0';
  const total = end + 4 + Number(length);
  return text.length >= total ? total : 0;
}

export function ok(body: string, fields = ''): string {
  return `HTTP/1.1 200 OK\r\n${fields}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Waits until the condition holds; fails after ten seconds, which is much for a machine that is not busy. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end_ms = now() + 10_000;
  while (!condition()) {
    assert.ok(now() < end_ms, what);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
