/** What is measured: each target is started, answers on a port, and is ended. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTool } from '../../test/acceptance/harness/tools.ts';
import { endProcess, startChild } from './child.ts';
import type { FloorOptions } from './floor.ts';
import type { LoadTarget } from './load.ts';
import type { TargetName } from './options.ts';
import type { Site } from './site.ts';

export interface Target {
  readonly name: TargetName;
  readonly pid: number;
  readonly load: LoadTarget;
  stop(): Promise<void>;
}

const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'sallyport');
const START_MS = 20_000;

export async function startFloor(site: Site): Promise<Target> {
  const { upstream_url, connections, server } = site;
  const options: FloorOptions = { upstream_url, connections, ...server };
  const child = startChild('floor', options);
  const port = await child.next<number>();
  return { name: 'floor', pid: child.pid, load: { port, ca: site.ca, identity: null }, stop: child.stop };
}

/** Null where nginx is not installed. */
export function nginxVersion(): string | null {
  const nginx = findTool('nginx');
  if (nginx === null) return null;
  return execFileSync('sh', ['-c', '"$1" -v 2>&1', 'sh', nginx], { encoding: 'utf8' })
    .trim()
    .replace('nginx version: ', '');
}

export async function startNginx(site: Site): Promise<Target> {
  const folder = join(site.folder, 'nginx');
  mkdirSync(folder);
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), nginxConfiguration(site, folder, port));
  const child = spawn(findTool('nginx')!, ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'], { stdio: 'ignore' });
  await waitFor('nginx', child, () => existsFile(join(folder, 'nginx.pid')));
  return { name: 'nginx', pid: child.pid!, load: { port, ca: site.ca, identity: null }, stop: () => endProcess(child) };
}

/** As an operator would for speed: one worker, kept connections on both sides, no access log. */
function nginxConfiguration({ upstream_url, connections, server }: Site, folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `  ${kind}_temp_path ${folder}/${kind};`)
    .join('\n');
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections ${connections * 4 + 64}; }
http {
${temporary}
  access_log off;
  keepalive_timeout 600s;
  keepalive_requests 100000000;
  upstream orders {
    server ${upstream_url.replace('http://', '')};
    keepalive ${connections};
    keepalive_requests 100000000;
    keepalive_timeout 600s;
  }
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${server.certificate};
    ssl_certificate_key ${server.key};
    ssl_protocols TLSv1.3;
    location /api/ {
      proxy_pass http://orders/;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`;
}

/**
 * The gate as its users run it, without a terminal: it prints where it listens and its notices, no exchanges.
 *
 * @param cpu_prof folder for a CPU profile, null for none
 */
export async function startSallyport(site: Site, cpu_prof: string | null): Promise<Target> {
  const output = join(site.folder, 'output.txt');
  const lines = openSync(output, 'w');
  const profiling = cpu_prof === null ? [] : ['--cpu-prof', '--cpu-prof-interval=250', `--cpu-prof-dir=${cpu_prof}`];
  const child = spawn(process.execPath, [...profiling, LAUNCHER, 'run', '--config', site.config], {
    cwd: site.folder,
    stdio: ['ignore', lines, lines],
    env: { ...process.env, NO_COLOR: '1' },
  });
  const portIn = () => /https:\/\/127\.0\.0\.1:(\d+)/.exec(readFileSync(output, 'utf8'))?.[1];
  try {
    await waitFor('the gate', child, () => portIn() !== undefined);
  } catch (error) {
    throw new Error(readFileSync(output, 'utf8'), { cause: error });
  }
  return {
    name: 'sallyport',
    pid: child.pid!,
    load: { port: Number(portIn()), ca: site.ca, identity: site.identity },
    stop: () => endProcess(child),
  };
}

async function waitFor(what: string, child: ChildProcess, isUp: () => boolean): Promise<void> {
  const until_ms = performance.now() + START_MS;
  while (!isUp()) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${what} ended with ${child.exitCode}`);
    if (performance.now() > until_ms) {
      await endProcess(child);
      throw new Error(`${what} did not start`);
    }
    await sleep(20);
  }
}

function existsFile(path: string): boolean {
  try {
    return readFileSync(path, 'latin1').trim() !== '';
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
