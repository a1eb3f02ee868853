/** Real servers on loopback, and a check of one as the command makes it. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DEFAULT_POLICY } from '../../src/check/policies/index.ts';
import type { Policy } from '../../src/check/policy.ts';
import { checkReport, type ReportHead, type TargetReport } from '../../src/check/report/report.ts';
import { checkTls } from '../../src/check/runner.ts';
import { parseTarget, type Target } from '../../src/check/target.ts';
import { rootsOf } from '../../src/check/tls/certificates/roots.ts';
import { createProber, createSystemResolver, type Prober } from '../../src/core/resolver/index.ts';
import { freePort } from '../acceptance/harness/nginx.ts';

const resolver = createSystemResolver({ lookup: async () => [], now: () => performance.now() });

export interface CheckedOptions {
  /** For the whole check. */
  readonly timeout_ms?: number;
  /** For each answer, where that is less than what a check waits. */
  readonly answer_ms?: number;
  /** Whom the target names; the address by default. It is that address that is asked in any case. */
  readonly host?: string;
  /** What SNI says; the host by default. */
  readonly name?: string;
  /** By default all that are not about certificates, for most servers here have one of their own. */
  readonly policy?: Policy;
  /** PEM of private roots, none by default. */
  readonly roots?: readonly string[];
  /** PEM of what everybody trusts, nothing by default. */
  readonly public_roots?: readonly string[];
  readonly starttls?: Target['starttls'];
  /** What the target was named as; that of `starttls`, or https, by default. */
  readonly service?: Target['service'];
  readonly prober?: Prober;
}

const ABOUT_CERTIFICATES = /^tls\/(certificate-(?!kind)|chain-|ocsp-)/;

/** What the default policy says of the rest. */
export const WITHOUT_CERTIFICATES: Policy = {
  ...DEFAULT_POLICY,
  tls: Object.fromEntries(Object.entries(DEFAULT_POLICY.tls).filter(([id]) => !ABOUT_CERTIFICATES.test(id))),
};

/** Checks what listens there, and holds the report to its schema. */
export async function checked(port: number, options: CheckedOptions = {}): Promise<TargetReport> {
  const { timeout_ms = 20_000, answer_ms, host = '127.0.0.1', policy = WITHOUT_CERTIFICATES } = options;
  const { name = host, starttls = null, service = starttls ?? 'https' } = options;
  const { prober = createProber(), roots = [], public_roots = [] } = options;
  let head: ReportHead | undefined;
  const targets: TargetReport[] = [];
  const tail = await checkTls(
    {
      targets: [{ ...parseTarget(`${host}:${port}`)!, address: '127.0.0.1', name, starttls, service, roots }],
      policy,
      timeout_ms,
      parallel: 4,
      at_once: 1,
      addresses: 'all',
      onProgress: () => undefined,
    },
    {
      onBegin(begun) {
        head = begun;
      },
      onTarget: (target) => void targets.push(target),
    },
    {
      prober: {
        ask: (request) =>
          prober.ask({ ...request, answer_ms: Math.min(answer_ms ?? request.answer_ms, request.answer_ms) }),
      },
      resolve: (host) => resolver.resolve(host),
      now: () => performance.now(),
      wall_clock: () => Date.now(),
      made_by: 'sallyport 1.2.3',
      random: randomBytes,
      public_roots: rootsOf(public_roots),
    },
  );
  return checkReport.parse(JSON.parse(JSON.stringify({ ...head, targets, ...tail }))).targets[0]!;
}

/** Names of suites that a version was accepted with, sorted. */
export function suitesOf({ tls }: TargetReport, version: string): string[] {
  return tls?.versions.find(({ name }) => name === version)?.cipher_suites.names.toSorted() ?? [];
}

export function verdictsOf({ results }: TargetReport): Record<string, string> {
  return Object.fromEntries(results.map(({ rule, verdict }) => [rule.slice('tls/'.length), verdict]));
}

export interface Pki {
  readonly folder: string;
  readonly rsa: { readonly cert: string; readonly key: string };
  readonly ecdsa: { readonly cert: string; readonly key: string };
  remove(): void;
}

const REQUEST = `[req]
distinguished_name = name
x509_extensions = server
[name]
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature, keyEncipherment
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1, DNS:localhost
`;

export function createPki(): Pki {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-check-'));
  const config = join(folder, 'req.cnf');
  writeFileSync(config, REQUEST);
  const make = (name: string, ...kind: string[]) => {
    const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
    const out = ['-config', config, '-keyout', files.key, '-out', files.cert, '-days', '30', '-subj', `/CN=${name}`];
    execFileSync('openssl', ['req', '-x509', '-nodes', ...kind, ...out], { stdio: 'ignore' });
    return files;
  };
  return {
    folder,
    rsa: make('rsa', '-newkey', 'rsa:2048'),
    ecdsa: make('ecdsa', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** `openssl s_server` with these options, while `use` runs. */
export async function withOpenssl<T>(args: readonly string[], use: (port: number) => Promise<T>): Promise<T> {
  const port = await freePort();
  const child = spawn('openssl', ['s_server', '-accept', `127.0.0.1:${port}`, '-www', ...args], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  try {
    for (let left = 200; !(await accepts(port)); left--) {
      if (left === 0 || child.exitCode !== null) throw new Error('openssl s_server did not start');
      await sleep(20);
    }
    return await use(port);
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const run = promisify(execFile);

/** Whether `openssl s_client` with these options gets through a handshake. */
export async function connects(port: number, ...args: readonly string[]): Promise<boolean> {
  // Reading the roots of the system takes longer than the handshake.
  const bare = ['-noservername', '-no-CAfile', '-no-CApath', '-no-CAstore'];
  const client = run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...bare, ...args]);
  client.child.stdin?.end();
  return client.then(
    () => true,
    () => false,
  );
}

/** A server of bytes of our own, while `use` runs. */
export async function withRaw<T>(onSocket: (socket: Socket) => void, use: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}
