/** Releases of Node.js from years ago, and what a check finds wrong with their TLS. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TargetReport } from '../../../src/check/report/report.ts';
import { freePort } from '../../acceptance/harness/nginx.ts';
import { missingTools } from '../../acceptance/harness/tools.ts';
import { startServer } from '../../check/lab/process.ts';
import { missingOldNodes, type OldNode, oldNode } from '../../check/legacy/old-node.ts';
import { checked, createPki, type Pki, suitesOf, verdictsOf } from '../../check/servers.ts';

/** JavaScript of 2011. */
const SERVER = `
var fs = require('fs'), options = JSON.parse(process.argv[2]);
options.key = fs.readFileSync(options.key);
options.cert = fs.readFileSync(options.cert);
var server = require('tls').createServer(options, function (socket) { socket.on('error', function () {}); });
server.listen(options.port, '127.0.0.1');
`;

describe('a server of old Node.js', { skip: missingOldNodes() || missingTools('openssl') }, () => {
  let pki: Pki;
  let folder = '';
  before(() => {
    pki = createPki();
    folder = mkdtempSync(join(tmpdir(), 'sallyport-old-'));
    writeFileSync(join(folder, 'server.js'), SERVER);
  });
  after(() => {
    pki.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function checkOf(name: OldNode, ciphers: string, flags: readonly string[] = []): Promise<TargetReport> {
    const port = await freePort();
    const options = JSON.stringify({ ...pki.rsa, port, ciphers });
    const args = [...flags, 'server.js', options];
    const server = await startServer({ program: oldNode(name), args, port, folder, env: {} });
    try {
      return await checked(port);
    } finally {
      await server.stop();
    }
  }

  it('0.8 takes SSL 3.0 and RC4', async () => {
    const report = await checkOf('node-0-8', 'ALL');
    assert.ok(suitesOf(report, 'SSL 3.0').includes('TLS_RSA_WITH_RC4_128_SHA'));
    const { 'old-protocols': old, 'broken-ciphers': broken, tls13 } = verdictsOf(report);
    assert.deepEqual([old, broken, tls13], ['fail', 'fail', 'warn']);
  });

  it('0.10.0 answers a heartbeat that lies about its length', async () => {
    assert.equal(verdictsOf(await checkOf('node-0-10-0', 'ALL'))['heartbleed'], 'fail');
  });

  it('0.10.48 takes SSL 3.0 where it is told to, and no heartbeat', async () => {
    const [off, on] = [await checkOf('node-0-10-48', 'ALL'), await checkOf('node-0-10-48', 'ALL', ['--enable-ssl3'])];
    assert.deepEqual(
      [off, on].map((report) => suitesOf(report, 'SSL 3.0').length > 0),
      [false, true],
    );
    assert.notEqual(verdictsOf(on)['heartbleed'], 'fail');
  });

  for (const name of ['node-4', 'node-8'] as const) {
    it(`${name} takes NULL and anonymous suites where it is told to`, async () => {
      const suites = suitesOf(await checkOf(name, 'ALL:COMPLEMENTOFALL'), 'TLS 1.2');
      for (const suite of ['TLS_RSA_WITH_NULL_SHA', 'TLS_ECDH_anon_WITH_AES_128_CBC_SHA'])
        assert.ok(suites.includes(suite), suite);
    });
  }
});
