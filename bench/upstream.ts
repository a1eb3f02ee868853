/**
 * CPU the gate's process spends on one request to an upstream: our client beside undici's own API and
 * node:http's Agent. The upstream runs in a process of its own, so only the client's CPU is counted.
 *
 *   node bench/upstream.ts [requests] [concurrency]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { type Dispatcher, Pool } from 'undici';
import { createUpstream } from '../src/channels/api/upstream/upstream.ts';
import { createDialler, systemLookup } from '../src/core/resolver/index.ts';

const ANSWER = JSON.stringify({
  items: Array.from({ length: 16 }, (_, id) => ({ id, name: `order ${id}`, state: 'open', total: 12.5 })),
});
const HEADERS = ['accept', 'application/json', 'x-request-id', 'f0e1d2c3', 'forwarded', 'for=192.0.2.1;proto=https'];
const WARM_UP = 3_000;

type Call = () => Promise<number>;
interface Contender {
  readonly name: string;
  readonly call: Call;
  close(): unknown;
}

function serve(): void {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(ANSWER) });
    response.end(ANSWER);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

function ours(port: number, connections: number): Contender {
  const now = () => performance.now();
  const upstream = createUpstream({
    name: 'bench',
    url: new URL(`http://127.0.0.1:${port}`),
    endpoints: [{ host: '127.0.0.1', port, weight: 1, locality: null }],
    locality: null,
    ca: 'system',
    connections,
    queue: 100_000,
    timeouts: { connect_ms: 2_000, response_ms: 10_000, idle_ms: 10_000 },
    keep_alive_ms: 4_000,
    ejection: {
      failures: 3,
      for_ms: 1_000,
      max_ms: 300_000,
      slow_start_ms: 10_000,
      max_share: 0.5,
      outliers: { window_ms: 10_000, volume: 20, margin: 0.3 },
    },
    retries: 1,
    retry_budget: { share: 0.2, floor_per_s: 3 },
    breaker: { window_ms: 10_000, volume: 20, share: 0.5, for_ms: 5_000, probes: 3 },
    checks: null,
    max_header_bytes: 16_384,
    dialler: createDialler({ lookup: systemLookup, now }),
    now,
    random: () => 0.5,
    onHealth: () => {},
  });
  const call = async () => {
    const answer = await upstream.request({
      method: 'GET',
      party: 'bench',
      path: '/orders',
      headers: HEADERS,
      body: null,
      max_response_bytes: 1 << 20,
      deadline_ms: now() + 30_000,
      safe_to_retry: true,
    });
    return answer.body.length;
  };
  return { name: 'sallyport upstream', call, close: () => upstream.close() };
}

function poolRequest(port: number, connections: number): Contender {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections });
  const call = async () => {
    const { body } = await pool.request({ method: 'GET', path: '/orders', headers: HEADERS });
    return (await body.arrayBuffer()).byteLength;
  };
  return { name: 'undici pool.request', call, close: () => pool.close() };
}

function poolDispatch(port: number, connections: number): Contender {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections });
  const call = () =>
    new Promise<number>((resolve, reject) => {
      let size_bytes = 0;
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData(_controller, chunk) {
          size_bytes += chunk.length;
        },
        onResponseEnd: () => resolve(size_bytes),
        onResponseError: (_controller, error) => reject(error),
      };
      pool.dispatch({ method: 'GET', path: '/orders', headers: HEADERS }, handler);
    });
  return { name: 'undici pool.dispatch', call, close: () => pool.close() };
}

function httpAgent(port: number, connections: number): Contender {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const call = () =>
    new Promise<number>((resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port, path: '/orders', agent, headers: [...HEADERS, 'host', 'x'] },
        (response) => {
          let size_bytes = 0;
          response.on('data', (chunk: Buffer) => {
            size_bytes += chunk.length;
          });
          response.on('end', () => resolve(size_bytes));
        },
      );
      request.on('error', reject);
      request.end();
    });
  return { name: 'node:http Agent', call, close: () => agent.destroy() };
}

async function drive(call: Call, requests: number, concurrency: number): Promise<void> {
  let left = requests;
  const worker = async () => {
    while (left-- > 0) {
      if ((await call()) !== ANSWER.length) throw new Error('wrong answer');
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

async function measure(contender: Contender, requests: number, concurrency: number): Promise<void> {
  await drive(contender.call, WARM_UP, concurrency);
  const cpu = process.cpuUsage();
  const start_ms = performance.now();
  await drive(contender.call, requests, concurrency);
  const { user, system } = process.cpuUsage(cpu);
  const wall_ms = performance.now() - start_ms;
  await contender.close();
  const per_request_us = (user + system) / requests;
  const rate = Math.round((requests / wall_ms) * 1000);
  console.log(`${contender.name.padEnd(22)} ${per_request_us.toFixed(1).padStart(6)} µs CPU  ${rate} requests/s`);
}

async function main(): Promise<void> {
  const requests = Number(process.argv[2] ?? 20_000);
  const concurrency = Number(process.argv[3] ?? 32);
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), ['serve']);
  const port = await new Promise<number>((resolve) => child.once('message', (message) => resolve(message as number)));
  try {
    for (const make of [poolRequest, httpAgent, poolDispatch, ours, poolRequest, httpAgent, poolDispatch, ours]) {
      await measure(make(port, concurrency), requests, concurrency);
    }
  } finally {
    child.kill();
  }
}

if (process.argv[2] === 'serve') serve();
else await main();
