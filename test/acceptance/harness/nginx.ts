/** nginx in one process of its own, in a folder of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTool } from './tools.ts';

export interface Nginx {
  /** Each server's requests, one line each: method, target, TLS version, SNI. Only what got as far as a request. */
  requestsOf(name: string): string[];
  stop(): Promise<void>;
}

export interface NginxServer {
  /** Names its access log. */
  readonly name: string;
  readonly port: number;
  /** PEM files. */
  readonly cert: string;
  readonly key: string;
  /** Directives inside `server`. */
  readonly directives: string;
}

const START_MS = 5_000;
const TEMP_KINDS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

export async function startNginx(folder: string, servers: readonly NginxServer[]): Promise<Nginx> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, servers));
  const child = spawn(findTool('nginx') ?? 'nginx', ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'], {
    stdio: 'ignore',
  });
  const exited = once(child, 'exit');
  const until = performance.now() + START_MS;
  while (!(await accepts(servers[0]!.port))) {
    if (child.exitCode !== null || performance.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`nginx did not start:\n${readFileSync(join(folder, 'error.log'), 'utf8')}`);
    }
    await sleep(20);
  }
  return {
    requestsOf: (name) =>
      readFileSync(join(folder, `${name}.log`), 'utf8')
        .split('\n')
        .slice(0, -1),
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** A port of the loopback that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function configuration(folder: string, servers: readonly NginxServer[]): string {
  const temp = TEMP_KINDS.map((kind) => `${kind}_temp_path ${join(folder, kind)};`).join('\n  ');
  // One process, so that one kill ends it, whatever state it is in.
  return `daemon off;
master_process off;
pid nginx.pid;
events { worker_connections 256; }
http {
  ${temp}
  log_format request '$request_method $request_uri $ssl_protocol $ssl_server_name';
  default_type application/json;
${servers.map(server).join('')}}
`;
}

function server({ name, port, cert, key, directives }: NginxServer): string {
  return `  server {
    listen 127.0.0.1:${port} ssl;
    access_log ${name}.log request;
    ssl_certificate ${cert};
    ssl_certificate_key ${key};
    ${/\bssl_protocols /.test(directives) ? '' : 'ssl_protocols TLSv1.2 TLSv1.3;'}
    ${directives}
  }
`;
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
