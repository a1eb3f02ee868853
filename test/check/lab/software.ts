/** The servers whose remedies are written down, each started from lines of its own configuration. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../acceptance/harness/nginx.ts';
import type { KeyPair } from './pki.ts';
import { type LabServer, startServer } from './process.ts';

export type Software = 'nginx' | 'apache' | 'haproxy' | 'caddy' | 'postfix';

export interface SetUp {
  /** A new one, for this server alone. */
  readonly folder: string;
  /** One for each kind of key. */
  readonly certificates: readonly KeyPair[];
  /** What is set of TLS, beside the certificates: directives as the software has them. */
  readonly lines: readonly string[];
}

interface Configured extends SetUp {
  readonly port: number;
}

/** Programs that have to be there. */
export const PROGRAM: Readonly<Record<Software, string>> = {
  nginx: 'nginx',
  apache: 'apache2',
  haproxy: 'haproxy',
  caddy: 'caddy',
  postfix: 'postfix',
};

const START: Readonly<Record<Software, (set_up: Configured) => Promise<LabServer>>> = {
  nginx: startNginx,
  apache: startApache,
  haproxy: startHaproxy,
  caddy: startCaddy,
  postfix: startPostfix,
};

export async function startSoftware(software: Software, set_up: SetUp): Promise<LabServer> {
  mkdirSync(set_up.folder, { recursive: true });
  return START[software]({ ...set_up, port: await freePort() });
}

const TEMP_KINDS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

function startNginx({ folder, port, certificates, lines }: Configured): Promise<LabServer> {
  const server = [
    `listen 127.0.0.1:${port} ssl;`,
    ...certificates.flatMap(({ cert, key }) => [`ssl_certificate ${cert};`, `ssl_certificate_key ${key};`]),
    ...lines,
  ];
  const http = ['access_log off;', ...TEMP_KINDS.map((kind) => `${kind}_temp_path ${join(folder, kind)};`)];
  const text = `daemon off;
master_process off;
pid nginx.pid;
events { worker_connections 256; }
http {
  ${http.join('\n  ')}
  server {
    ${server.join('\n    ')}
  }
}
`;
  writeFileSync(join(folder, 'nginx.conf'), text);
  const args = ['-p', folder, '-c', 'nginx.conf', '-e', 'error.log'];
  return startServer({ program: 'nginx', args, port, folder, env: {} });
}

const APACHE_MODULES = ['mpm_event', 'authz_core', 'socache_shmcb', 'ssl'];

function startApache({ folder, port, certificates, lines }: Configured): Promise<LabServer> {
  const text = `${APACHE_MODULES.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
ServerName localhost
User www-data
Group www-data
StartServers 1
ThreadsPerChild 25
MaxRequestWorkers 50
Listen 127.0.0.1:${port}
SSLSessionCache none
<VirtualHost 127.0.0.1:${port}>
  SSLEngine on
  ${certificates.flatMap(({ cert, key }) => [`SSLCertificateFile ${cert}`, `SSLCertificateKeyFile ${key}`]).join('\n  ')}
  ${lines.join('\n  ')}
</VirtualHost>
`;
  writeFileSync(join(folder, 'apache.conf'), text);
  const args = ['-f', join(folder, 'apache.conf'), '-DFOREGROUND'];
  return startServer({ program: 'apache2', args, port, folder, env: {} });
}

/** Lines are of the section `global`. */
function startHaproxy({ folder, port, certificates, lines }: Configured): Promise<LabServer> {
  const files = certificates.map(({ cert, key }, index) => bundle(join(folder, `${index}.pem`), cert, key));
  const text = `global
  maxconn 200
  ${lines.join('\n  ')}
defaults
  mode http
  timeout client 5s
  timeout connect 5s
  timeout server 5s
frontend laboratory
  bind 127.0.0.1:${port} ssl ${files.map((file) => `crt ${file}`).join(' ')}
  http-request return status 200
`;
  writeFileSync(join(folder, 'haproxy.cfg'), text);
  return startServer({ program: 'haproxy', args: ['-db', '-f', 'haproxy.cfg'], port, folder, env: {} });
}

function bundle(file: string, ...parts: readonly string[]): string {
  writeFileSync(file, parts.map((part) => readFileSync(part, 'utf8')).join(''));
  return file;
}

/** Lines are of the site; those of its block `tls` stand in one. */
function startCaddy({ folder, port, certificates, lines }: Configured): Promise<LabServer> {
  const site = certificates.map(({ cert, key }) => `tls ${cert} ${key}`);
  const [pair = 'tls', ...others] = site;
  // The certificates are named on the line that opens the block.
  const opened = lines.includes('tls {')
    ? lines.map((line) => (line === 'tls {' ? `${pair} {` : line))
    : [pair, ...lines];
  const text = `{
  auto_https off
  admin off
  servers {
    protocols h1 h2
  }
}
https://localhost:${port}, https://127.0.0.1:${port} {
  bind 127.0.0.1
  respond "fine"
  ${[...opened, ...others].join('\n  ')}
}
`;
  writeFileSync(join(folder, 'Caddyfile'), text);
  const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const args = ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'];
  return startServer({ program: 'caddy', args, port, folder, env });
}

/** What smtpd asks before it says a word; the columns of master(5), where tlsmgr and anvil may be there once alone. */
const POSTFIX_SERVICES = [
  'postlog unix-dgram n - n - 1 postlogd',
  'rewrite unix - - n - - trivial-rewrite',
  'cleanup unix n - n - 0 cleanup',
  'proxymap unix - - n - - proxymap',
  'anvil unix - - n - 1 anvil',
  'tlsmgr unix - - n 1000? 1 tlsmgr',
];

/** TLS from the first byte, as on port 465. It runs as root alone: its master gives up its rights to another user. */
function startPostfix({ folder, port, certificates, lines }: Configured): Promise<LabServer> {
  const [queue, data] = ['queue', 'data'].map((name) => join(folder, name));
  for (const made of [queue, data]) mkdirSync(made!, { recursive: true });
  execFileSync('chown', ['postfix', data!]);
  const files = certificates.map(({ cert, key }, index) => bundle(join(folder, `${index}.pem`), key, cert));
  const text = `compatibility_level = 3.6
queue_directory = ${queue}
data_directory = ${data}
maillog_file = ${folder}/mail.log
maillog_file_prefixes = ${folder}
myhostname = localhost
mydestination =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
smtpd_tls_security_level = may
smtpd_tls_chain_files = ${files.join(', ')}
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
${lines.join('\n')}
`;
  writeFileSync(join(folder, 'main.cf'), text);
  writeFileSync(
    join(folder, 'master.cf'),
    `127.0.0.1:${port} inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
${POSTFIX_SERVICES.join('\n')}
`,
  );
  return startServer({ program: 'postfix', args: ['-c', folder, 'start-fg'], port, folder, env: {} });
}
