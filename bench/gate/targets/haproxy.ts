import { spawn } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
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
  type TargetKind,
  waitFor,
} from './target.ts';

export const haproxy: TargetKind = {
  name: 'haproxy',
  does: 'client certificates verified, one of them known, methods and paths of the contract, a rate for each certificate in a stick table, a log line',
  does_not:
    'policy, parameters, bodies and answers judged or trimmed, guards, budgets of party and operation, durable records and intents, a new verdict about kept connections after a reload',
  claims: { ...NO_CLAIMS, mtls: true },
  compiles: false,
  missing: () => notInstalled('haproxy'),
  async start(options) {
    const { site } = options;
    const folder = ownFolder(site, 'haproxy');
    const port = await freePort();
    const { certificate, key } = site.server;
    // It wants both in one file.
    const both = readFileSync(certificate, 'utf8') + readFileSync(key, 'utf8');
    writeFileSync(join(folder, 'gate.pem'), both, { mode: 0o600 });
    writeFileSync(join(folder, 'haproxy.cfg'), configuration(folder, port, options));
    const output = join(folder, 'output.txt');
    const lines = openSync(output, 'w');
    const child = spawn(findTool('haproxy')!, ['-db', '-f', join(folder, 'haproxy.cfg')], {
      stdio: ['ignore', lines, lines],
    });
    await waitFor('haproxy', child, () => listens(port), output);
    const load = { port, ca: site.ca, identity: site.identity };
    return { pid: child.pid!, load, audit_folder: null, stop: () => endProcess(child), remove: KEEP };
  },
};

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** A rate that no load here reaches: it is counted as always, and refuses nothing. */
function configuration(folder: string, port: number, { site, workers }: StartOptions): string {
  return `global
  nbthread ${workers}
  maxconn ${site.connections * 4 + 64}
  log stdout format raw local0
  tune.ssl.cachesize 20000
defaults
  mode http
  log global
  log-format "%[date,ltime(%FT%T)] %[ssl_c_s_dn(CN)] %ci \\"%r\\" %ST %B %Ta"
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  timeout http-keep-alive 600s
  http-reuse always
frontend gate
  bind 127.0.0.1:${port} ssl crt ${folder}/gate.pem ca-file ${site.partner_ca} verify required ssl-min-ver TLSv1.3 alpn h2,http/1.1
  acl known ssl_c_sha1,hex -m str -i ${site.client_sha1}
  acl declared_get method GET
  acl declared_post method POST
  acl order path_reg ^/api/orders/[0-9a-f-]+$
  acl answer path_reg ^/api/(closed|open|binary)/(1k|100k)$
  acl orders path /api/orders
  acl upload path_reg ^/api/uploads/(json|binary)$
  http-request deny deny_status 403 unless known
  http-request deny deny_status 404 unless declared_get order or declared_get answer or declared_post orders or declared_post upload
  stick-table type binary len 20 size 100k expire 1h store http_req_rate(1s)
  http-request track-sc0 ssl_c_sha1
  http-request deny deny_status 429 if { sc_http_req_rate(0) gt 100000000 }
  http-request replace-path /api(/.*) \\1
  default_backend service
backend service
  server orders ${site.upstream_url.replace('http://', '')} pool-max-conn -1
`;
}
