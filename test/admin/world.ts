/** An admin listener of a gate that is only told of, and plain ways to speak to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { AdminPlace } from '../../src/admin/config.ts';
import { type Admin, openAdmin } from '../../src/admin/open-admin.ts';
import type { AdminPorts } from '../../src/admin/ports.ts';
import { type GateStatus, readinessOf } from '../../src/admin/status.ts';
import { METRICS, MetricRegistry, mergeSnapshots } from '../../src/core/metrics/index.ts';

export const STATUS: GateStatus = {
  gate: 'orders-gate',
  version: '1.2.3',
  pid: 4711,
  started_ms: 1_790_000_000_000,
  now_ms: 1_790_000_060_000,
  readiness: readinessOf([]),
  plan: { digest: 'ab'.repeat(32), since_ms: 1_790_000_000_000 },
  reloads: { switched: 0, refused: 0, last: null },
  processes: [
    {
      name: 'worker-1',
      kind: 'worker',
      pid: 4712,
      restarts: 2,
      started_ms: 1_790_000_000_000,
      cpu_seconds: 1.5,
      memory_bytes: 100_000_000,
    },
  ],
  zones: [{ zone: 'partner', listeners: [{ address: '127.0.0.1', port: 8443 }], connections: 3 }],
  log: { state: 'open', folder: '/data/audit', lag_ms: 0 },
  upstreams: [
    {
      name: 'orders',
      breaker: 'closed',
      origin: 'https://orders.internal:9000',
      addresses: [
        { address: '10.0.0.5', state: 'serving', in_flight: 1, consecutive_failures: 0 },
        { address: '10.0.0.6', state: 'ejected', in_flight: 0, consecutive_failures: 7 },
      ],
      connections: 4,
      waiting: 0,
    },
  ],
  certificates: [
    {
      use: 'listener',
      zone: 'partner',
      name: 'gate.example.com',
      file: 'pki/gate.pem',
      expires_ms: 1_790_000_060_000 + 3 * 86_400_000,
    },
  ],
};

export const PORTS: AdminPorts = {
  readiness: () => Promise.resolve(STATUS.readiness),
  status: () => Promise.resolve(STATUS),
  metrics: () => {
    const registry = new MetricRegistry(METRICS.folded);
    registry.reader(METRICS.resident, () => [[[], 1024]]);
    return Promise.resolve(mergeSnapshots([{ process: 'worker-1', snapshot: registry.snapshot() }]));
  },
  reload: () => Promise.resolve({ ok: true, before: 'aa', plan: 'bb' }),
  issue: () => Promise.resolve({ ok: false, code: 'ISSUE_NO_CA', reason: 'there is none' }),
};

export function freshFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-admin-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface OpenedAdmin {
  readonly admin: Admin;
  readonly socket: string;
  /** Of the loopback listener; 0 where there is none. */
  readonly port: number;
}

export async function opened(
  context: TestContext,
  { ports = {}, listen = [{ kind: 'unix' }] }: { ports?: Partial<AdminPorts>; listen?: readonly AdminPlace[] } = {},
): Promise<OpenedAdmin> {
  const socket = join(freshFolder(context), 'admin.sock');
  const admin = await openAdmin({ listen, socket, ports: { ...PORTS, ...ports } });
  context.after(() => admin.close());
  const port = Number(
    admin.places
      .find((place) => place !== socket)
      ?.split(':')
      .at(-1) ?? 0,
  );
  return { admin, socket, port };
}

export const ANY_PORT: AdminPlace = { kind: 'tcp', address: '127.0.0.1', port: 0 };

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export function ask(
  { socket, port }: { socket?: string; port?: number },
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answered> {
  const where = socket === undefined ? { host: '127.0.0.1', port } : { socketPath: socket };
  return new Promise((resolve, reject) => {
    const asking = request({ ...where, path, method, headers, agent: false }, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => {
        text += part.toString();
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    asking.on('error', reject);
    asking.end(body);
  });
}

/** Sends bytes and resolves with all that comes until the far end closes. */
export function raw(socket: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connect({ path: socket });
    let text = '';
    connection.on('data', (part: Buffer) => {
      text += part.toString();
    });
    connection.on('error', reject);
    connection.on('close', () => resolve(text));
    connection.write(bytes);
  });
}
