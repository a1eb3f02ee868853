import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createDialler } from '../../src/core/resolver/index.ts';
import { createTestCa, type TestCa } from '../resolver/certificates.ts';
import { clientFor, get, now, until, watched } from './upstreams.ts';

const missing = spawnSync('nginx', ['-v']).error !== undefined;
const skip = missing && process.env['SALLYPORT_TOOLS'] !== 'required' ? 'nginx is not installed' : false;

describe('nginx as the upstream', { skip }, () => {
  let folder: string;
  let nginx: ChildProcess;
  let ca: TestCa;
  let ports: number[];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-nginx-'));
    ca = await createTestCa('Nginx Test CA');
    ports = await freePorts(4);
    const stranger = await createTestCa('Stranger');
    const identities = {
      good: await ca.issue({ dns: ['svc.test'] }),
      other: await ca.issue({ dns: ['other.test'] }),
      expired: await ca.issue({ dns: ['svc.test'], not_after_ms: Date.now() - 60_000 }),
      stranger: await stranger.issue({ dns: ['svc.test'] }),
    };
    const servers = Object.entries(identities).map(([name, { cert, key }], i) => {
      writeFileSync(join(folder, `${name}.pem`), cert);
      writeFileSync(join(folder, `${name}.key`), key);
      return serverBlock(folder, name, ports[i] as number);
    });
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder, servers.join('\n')));
    nginx = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
      stdio: 'ignore',
    });
    let up = false;
    const probe = clientTo(0);
    const end_ms = now() + 5_000;
    while (!up && now() < end_ms) {
      up = await probe.request(get()).then(
        () => true,
        () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 25)),
      );
    }
    await probe.close();
    assert.ok(up, 'nginx answers');
  });

  after(async () => {
    nginx.kill('SIGTERM');
    await until(() => nginx.exitCode !== null || nginx.signalCode !== null, 'nginx ends');
    rmSync(folder, { recursive: true, force: true });
  });

  function clientTo(which: number, options: Parameters<typeof clientFor>[1] = {}) {
    const dialler = watched(createDialler({ lookup: async () => [{ address: '127.0.0.1', family: 4 }], now }));
    return clientFor(`https://svc.test:${ports[which]}`, { ca: [ca.pem], dialler, ...options });
  }

  it('is proven by name and answers over TLS 1.3', async () => {
    const client = clientTo(0);
    const answer = await client.request(get());
    assert.equal(answer.body.toString(), 'good\n');
    assert.equal(answer.evidence?.tls_version, 'TLSv1.3');
    await client.close();
  });

  for (const [which, what] of [
    [1, 'with a certificate for another name'],
    [2, 'with an expired certificate'],
    [3, 'with a certificate of an untrusted CA'],
  ] as const) {
    it(`${what} is FORWARD_UNPROVEN`, async () => {
      const client = clientTo(which);
      await assert.rejects(client.request(get()), { code: 'FORWARD_UNPROVEN' });
      await client.close();
    });
  }

  it('is not trusted by the system roots', async () => {
    const client = clientTo(0, { ca: 'system' });
    await assert.rejects(client.request(get()), { code: 'FORWARD_UNPROVEN' });
    await client.close();
  });

  it('closing each connection after a few requests costs none of thousands', async () => {
    const client = clientTo(0, { connections: 8, retries: 0 });
    let left = 2_000;
    const caller = async () => {
      while (left-- > 0) assert.equal((await client.request(get())).status, 200);
    };
    await Promise.all(Array.from({ length: 8 }, caller));
    await client.close();
  });

  it('is told by checks from those beside it that do not prove the name, before a request goes anywhere', async () => {
    const endpoints = ports.map((port) => ({ host: '127.0.0.1', port, weight: 1, locality: null }));
    const client = clientTo(0, {
      endpoints,
      retries: 0,
      checks: {
        path: '/204',
        interval_ms: 20,
        timeout_ms: 2_000,
        statuses: new Set([204]),
        healthy: 1,
        unhealthy: 1,
      },
    });
    client.watch();
    await until(() => client.health().addresses.filter(({ state }) => state === 'failing').length === 3, 'three fail');
    const [good] = client.health().addresses.filter(({ state }) => state !== 'failing');
    assert.equal(good?.port, ports[0]);
    for (let i = 0; i < 20; i++) assert.equal((await client.request(get())).body.toString(), 'good\n');
    await client.close();
  });

  it('answers HEAD, 204, 304 and chunked bodies', async () => {
    const client = clientTo(0);
    assert.equal((await client.request(get({ method: 'HEAD' }))).body.length, 0);
    assert.equal((await client.request(get({ path: '/204' }))).status, 204);
    assert.equal((await client.request(get({ path: '/304' }))).status, 304);
    await client.close();
  });
});

function serverBlock(folder: string, name: string, port: number): string {
  return `server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${join(folder, `${name}.pem`)};
    ssl_certificate_key ${join(folder, `${name}.key`)};
    keepalive_requests 7;
    location / { default_type text/plain; return 200 "${name}\\n"; }
    location /204 { return 204; }
    location /304 { return 304; }
  }`;
}

function configuration(folder: string, servers: string): string {
  const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (one) => `${one}_temp_path ${join(folder, one)};`,
  );
  return `daemon off; master_process off; worker_processes 1; pid ${join(folder, 'nginx.pid')};
events { worker_connections 256; }
http { access_log off; ssl_protocols TLSv1.2 TLSv1.3; ${temp.join(' ')} ${servers} }
`;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await until(() => servers.every((server) => server.listening), 'ports');
  const ports = servers.map((server) => {
    const bound = server.address();
    assert.ok(bound !== null && typeof bound === 'object');
    return bound.port;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
