/** Servers of their time, with the faults they had: what check says of each has to be what it is known for. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import type { TargetReport } from '../../../src/check/report/report.ts';
import { missingOldNodes, type OldNode, oldNode } from '../../check/legacy/old-node.ts';
import { checked, createPki, type Pki, verdictsOf } from '../../check/servers.ts';

/** In the JavaScript of 2012. Says its port once it listens. */
const SERVER = `
var fs = require('fs'), tls = require('tls'), options = JSON.parse(process.env.OPTIONS);
options.key = fs.readFileSync(options.key);
options.cert = fs.readFileSync(options.cert);
var server = tls.createServer(options, function (socket) {
  socket.on('error', function () {});
});
server.on('clientError', function () {});
server.listen(0, '127.0.0.1', function () {
  console.log(server.address().port);
});
`;

interface OldServer {
  readonly node: OldNode;
  readonly flags?: readonly string[];
  readonly ciphers?: string;
}

describe('an old server', { skip: missingOldNodes() }, () => {
  let pki: Pki;
  before(() => {
    pki = createPki();
  });
  after(() => pki.remove());

  const see = async ({ node, flags = [], ciphers = 'ALL' }: OldServer): Promise<TargetReport> => {
    const env = { OPTIONS: JSON.stringify({ ...pki.rsa, ciphers }) };
    const server = spawn(oldNode(node), [...flags, '-e', SERVER], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(server, 'exit');
    try {
      const [line] = (await once(server.stdout, 'data')) as [Buffer];
      return await checked(Number(line.toString()), { timeout_ms: 60_000 });
    } finally {
      server.kill('SIGKILL');
      await exited;
    }
  };
  const told = ({ tls }: TargetReport) => tls!.handshakes;
  const oldVersions = ({ results }: TargetReport) => results.find(({ rule }) => rule === 'tls/old-protocols')!.facts;

  it('of OpenSSL 1.0.0 takes SSL 2.0 and says with which ciphers, and is told so before all else', async () => {
    const report = await see({ node: 'node-0-8' });
    assert.equal(told(report).ssl2, 'yes');
    assert.ok(told(report).ssl2_cipher_kinds.includes('0700c0'));
    assert.deepEqual(oldVersions(report), ['SSL 2.0', 'SSL 3.0', 'TLS 1.0']);
    assert.equal(told(report).heartbleed, 'not-applicable');
  });

  it('of OpenSSL 1.0.1e gives away its memory', async () => {
    const report = await see({ node: 'node-0-10-0' });
    assert.equal(told(report).heartbleed, 'yes');
    assert.equal(verdictsOf(report)['heartbleed'], 'fail');
  });

  it('of 2016 takes no heartbeats, no SSL 2.0, and SSL 3.0 where it is told to', async () => {
    const report = await see({ node: 'node-0-10-48', flags: ['--enable-ssl3'] });
    assert.equal(told(report).heartbleed, 'not-applicable');
    assert.equal(told(report).ssl2, 'no');
    assert.equal(oldVersions(report)[0], 'SSL 3.0');
  });

  it('of 2013 does not know that a fallback is one, and one of 2015 does', async () => {
    assert.equal(told(await see({ node: 'node-0-10-0' })).fallback_scsv, 'no');
    assert.equal(told(await see({ node: 'node-4' })).fallback_scsv, 'yes');
  });

  it('begins another handshake when the client asks, in every release that had it', async () => {
    for (const node of ['node-0-8', 'node-0-10-0', 'node-8'] as const) {
      const report = await see({ node, ciphers: 'AES128-SHA' });
      assert.equal(told(report).client_renegotiation, 'yes', node);
      assert.equal(told(report).resumption_ticket, 'yes', node);
    }
  });
});
