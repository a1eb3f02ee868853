/** Servers as they are set up in the field, and the command as it is used. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createServer } from 'node:tls';
import { checkReport } from '../../src/check/report/report.ts';
import { freePort, type Nginx, startNginx } from '../acceptance/harness/nginx.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { checked, createPki, type Pki, suitesOf, verdictsOf } from './servers.ts';

const root = join(import.meta.dirname, '../..');

function sallyport(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const done = (error: Error | null, stdout: string, stderr: string) =>
      resolve({ code: error === null ? 0 : Number((error as { code?: unknown }).code), stdout, stderr });
    execFile(join(root, 'bin/sallyport'), args, { encoding: 'utf8' }, done);
  });
}

describe('a server', { skip: missingTools('openssl', 'nginx') }, () => {
  let pki: Pki;
  let nginx: Nginx;
  let good = 0;
  let bad = 0;
  before(async () => {
    pki = createPki();
    good = await freePort();
    bad = await freePort();
    nginx = await startNginx(join(pki.folder, 'nginx'), [
      {
        name: 'good',
        port: good,
        ...pki.rsa,
        directives: 'ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20; ssl_prefer_server_ciphers on;',
      },
      { name: 'bad', port: bad, ...pki.rsa, directives: 'ssl_ciphers ALL:COMPLEMENTOFALL:@SECLEVEL=0;' },
    ]);
  });
  after(async () => {
    await nginx.stop();
    pki.remove();
  });

  it('of nginx with the lines of the remedies passes, in few connections', async () => {
    const report = await checked(good);
    const { 'post-quantum-group': group, ...others } = verdictsOf(report);
    assert.match(group ?? '', /^(warn|pass)$/);
    assert.deepEqual(others, {
      'old-protocols': 'pass',
      'modern-protocols': 'pass',
      tls13: 'pass',
      'broken-ciphers': 'pass',
      'forward-secrecy': 'pass',
      aead: 'pass',
      'dh-size': 'not-applicable',
      'secure-renegotiation': 'pass',
      compression: 'pass',
      'early-data': 'pass',
      'http-redirect': 'not-applicable',
      hsts: 'not-applicable',
      'fallback-scsv': 'pass',
      heartbleed: 'not-applicable',
      'client-renegotiation': 'pass',
    });
    assert.equal(report.verdict, 'good');
    assert.ok(report.connections <= 60, String(report.connections));
    assert.equal(report.tls?.versions.find(({ name }) => name === 'TLS 1.2')?.order, 'server');
  });

  it('of nginx that takes everything fails for what it takes', async () => {
    const report = await checked(bad);
    const verdicts = verdictsOf(report);
    assert.deepEqual(
      ['broken-ciphers', 'forward-secrecy', 'aead', 'old-protocols'].map((rule) => verdicts[rule]),
      ['fail', 'fail', 'warn', 'pass'],
    );
    const broken = report.results.find(({ rule }) => rule === 'tls/broken-ciphers');
    assert.ok(broken?.facts.includes('TLS_RSA_WITH_NULL_SHA256'));
    assert.equal(report.tls?.versions.find(({ name }) => name === 'TLS 1.2')?.order, 'client');
  });

  it('of Node.js with a post-quantum group alone is seen to offer it', async () => {
    const [cert, key] = [pki.ecdsa.cert, pki.ecdsa.key].map((file) => readFileSync(file));
    const server = createServer({ cert, key, minVersion: 'TLSv1.3', ecdhCurve: 'X25519MLKEM768' });
    server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const report = await checked((server.address() as AddressInfo).port);
    server.close();
    const version = report.tls?.versions.find(({ name }) => name === 'TLS 1.3');
    assert.deepEqual(version?.groups.names, ['X25519MLKEM768']);
    assert.equal(suitesOf(report, 'TLS 1.3').length, 3);
    const { 'post-quantum-group': group, 'secure-renegotiation': renegotiation } = verdictsOf(report);
    assert.deepEqual([group, renegotiation, report.verdict], ['pass', 'not-applicable', 'good']);
  });

  it('is judged by the command, whose exit code says how it went', async () => {
    const [fine, findings, unfinished] = await Promise.all([
      sallyport('check', 'tls', `127.0.0.1:${good}`, '--ca', pki.rsa.cert),
      sallyport('check', 'tls', `127.0.0.1:${bad}`, `127.0.0.1:${good}`, '--json', '--ca', pki.rsa.cert),
      sallyport('check', 'tls', `127.0.0.1:${await freePort()}`),
    ]);
    assert.deepEqual([fine.code, findings.code, unfinished.code], [0, 1, 3]);
    assert.match(fine.stdout, /^127\.0\.0\.1:\d+ {2}127\.0\.0\.1, by sallyport-1, \d+ connections, \d+\.\d\d s\n/);
    assert.ok(
      fine.stdout.split('\n').every((line) => line.length <= 80),
      fine.stdout,
    );
    const report = checkReport.parse(JSON.parse(findings.stdout));
    assert.deepEqual(
      report.targets.map(({ verdict }) => verdict),
      ['findings', 'good'],
    );
    assert.match(unfinished.stdout, /not finished: nobody listens there \(ECONNREFUSED\)/);
    for (const { stderr } of [fine, findings, unfinished]) assert.equal(stderr, '');
  });
});
