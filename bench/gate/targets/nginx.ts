/** nginx as an operator would have it for speed; with what it can check; and with njs for what it cannot by itself. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTool } from '../../../test/acceptance/harness/tools.ts';
import { endProcess } from '../child.ts';
import {
  freePort,
  KEEP,
  NO_CLAIMS,
  notInstalled,
  ownFolder,
  type StartOptions,
  type Target,
  type TargetKind,
  textOf,
  waitFor,
} from './target.ts';

const NJS_MODULE = '/usr/lib/nginx/modules/ngx_http_js_module.so';
const NJS_SCRIPT = join(import.meta.dirname, '..', '..', 'peers', 'nginx', 'orders.js');

type Kind = 'plain' | 'mtls' | 'njs';

export const nginx: TargetKind = {
  name: 'nginx',
  does: 'TLS 1.3 and passing on',
  does_not: 'anything else: it checks, limits, decides and records nothing',
  claims: NO_CLAIMS,
  compiles: false,
  missing: () => notInstalled('nginx'),
  start: (options) => start('plain', options),
};

export const nginxMtls: TargetKind = {
  name: 'nginx-mtls',
  does: 'client certificates verified, one of them known, methods and paths of the contract, a rate for each certificate, an access log',
  does_not:
    'policy, parameters, bodies and answers judged or trimmed, guards, budgets of party and operation, durable records and intents, a new verdict about kept connections after a reload',
  claims: { ...NO_CLAIMS, mtls: true },
  compiles: false,
  missing: () => notInstalled('nginx'),
  start: (options) => start('mtls', options),
};

export const nginxNjs: TargetKind = {
  name: 'nginx-njs',
  does: 'as nginx-mtls, and JavaScript in nginx that parses bodies, checks them and leaves out what is undeclared, by code written by hand for these operations',
  does_not:
    'policy, a contract as the source of its checks, strict JSON (duplicate names and numbers as written are lost), guards, budgets of party and operation, durable records and intents',
  claims: { mtls: true, trims: true, judges_bodies: true },
  compiles: false,
  missing: () => notInstalled('nginx') ?? (existsSync(NJS_MODULE) ? null : 'libnginx-mod-http-js is not installed'),
  start: (options) => start('njs', options),
};

async function start(kind: Kind, options: StartOptions): Promise<Target> {
  const { site } = options;
  const folder = ownFolder(site, `nginx-${kind}`);
  const port = await freePort();
  if (kind === 'njs') copyFileSync(NJS_SCRIPT, join(folder, 'orders.js'));
  writeFileSync(join(folder, 'nginx.conf'), configuration(kind, folder, port, options));
  const output = join(folder, 'output.txt');
  const lines = openSync(output, 'w');
  const child = spawn(findTool('nginx')!, ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'], {
    stdio: ['ignore', lines, lines],
  });
  await waitFor('nginx', child, () => textOf(join(folder, 'nginx.pid')) !== '', output);
  const identity = kind === 'plain' ? null : site.identity;
  return {
    pid: child.pid!,
    load: { port, ca: site.ca, identity },
    audit_folder: null,
    stop: () => endProcess(child),
    remove: KEEP,
  };
}

/** Kept connections on both sides; no temporary files, which its workers, run as nobody, could not write here. */
function configuration(kind: Kind, folder: string, port: number, { site, workers, http2 }: StartOptions): string {
  const { upstream_url, connections, server } = site;
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${folder}/${name};`)
    .join('\n');
  return `daemon off;
worker_processes ${workers};
pid ${folder}/nginx.pid;
${kind === 'njs' ? `load_module ${NJS_MODULE};` : ''}
events { worker_connections ${connections * 4 + 64}; }
http {
${temporary}
  access_log off;
  keepalive_timeout 600s;
  keepalive_requests 100000000;
  client_max_body_size 2m;
  client_body_buffer_size 2m;
  proxy_max_temp_file_size 0;
  upstream orders {
    server ${upstream_url.replace('http://', '')};
    keepalive ${connections};
    keepalive_requests 100000000;
    keepalive_timeout 600s;
  }
${kind === 'plain' ? '' : shared(site.client_sha1)}
${kind === 'njs' ? '  js_import orders from orders.js;\n  subrequest_output_buffer_size 2m;\n  proxy_buffers 64 32k;' : ''}
  server {
    listen 127.0.0.1:${port} ssl${http2 ? ' http2' : ''}${workers > 1 ? ' reuseport' : ''};
    ssl_certificate ${server.certificate};
    ssl_certificate_key ${server.key};
    ssl_protocols TLSv1.3;
    ssl_session_cache shared:sessions:4m;
${kind === 'plain' ? '' : demanding(site.partner_ca)}
${kind === 'njs' ? NJS_LOCATIONS : PASSING}
  }
}
`;
}

/** Rates that no load here reaches: they are counted as always, and refuse nothing. */
function shared(client_sha1: string): string {
  return `  map $ssl_client_fingerprint $machine { default ""; ${client_sha1} acme-erp; }
  map "$request_method $uri" $declared {
    default 0;
    "~^GET /api/orders/[0-9a-f-]+$" 1;
    "POST /api/orders" 1;
    "~^GET /api/(closed|open|binary)/(1k|100k)$" 1;
    "~^POST /api/uploads/(json|binary)$" 1;
  }
  limit_req_zone $ssl_client_fingerprint zone=machines:10m rate=1000000r/s;
  log_format exchanges '$time_iso8601 $machine $remote_addr "$request" $status $body_bytes_sent $request_time';`;
}

function demanding(ca: string): string {
  return `    ssl_client_certificate ${ca};
    ssl_verify_client on;
    ssl_verify_depth 2;
    access_log exchanges.log exchanges buffer=64k flush=1s;
    limit_req zone=machines burst=100000 nodelay;
    if ($machine = "") { return 403; }
    if ($declared = 0) { return 404; }`;
}

const PASS = `      proxy_pass http://orders/;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_set_header Connection "";`;

const PASSING = `    location /api/ {
${PASS}
    }`;

const NJS_LOCATIONS = `    location /api/ { js_content orders.handle; }
    location /upstream/ {
      internal;
${PASS}
    }`;
