/** What finished handshakes of TLS 1.3 show of a server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createSecureContext, createServer, type TlsOptions } from 'node:tls';
import { missingTools } from '../acceptance/harness/tools.ts';
import { checked, createPki, type Pki, verdictsOf, withOpenssl } from './servers.ts';

describe('a server of TLS 1.3 alone', { skip: missingTools('openssl') }, () => {
  let pki: Pki;
  before(() => {
    pki = createPki();
  });
  after(() => pki.remove());

  const read = (kind: 'rsa' | 'ecdsa') => ({ cert: readFileSync(pki[kind].cert), key: readFileSync(pki[kind].key) });

  async function withNode<T>(options: TlsOptions, use: (port: number) => Promise<T>): Promise<T> {
    const server = createServer({ minVersion: 'TLSv1.3', ...options });
    server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return use(port).finally(() => server.close());
  }

  it('shows its certificates, one for each kind of key, in few connections', async () => {
    const { rsa, ecdsa } = pki;
    const both = ['-cert', rsa.cert, '-key', rsa.key, '-dcert', ecdsa.cert, '-dkey', ecdsa.key];
    const report = await withOpenssl(['-tls1_3', ...both], (port) => checked(port));
    const subjects = report.tls?.chains.map(({ certificates }) => certificates.map(({ subject }) => subject));
    assert.deepEqual(subjects?.toSorted(), [['CN=ecdsa'], ['CN=rsa']]);
    assert.equal(report.problem, null);
    assert.ok(report.connections <= 60, String(report.connections));
  });

  it('shows its certificate where it speaks a post-quantum group and no other', async () => {
    const report = await withNode({ ...read('rsa'), ecdhCurve: 'SecP256r1MLKEM768' }, (port) => checked(port));
    assert.deepEqual(
      report.tls?.chains.map(({ certificates }) => certificates.map(({ subject }) => subject)),
      [['CN=rsa']],
    );
  });

  it('tells its protocol, and whose certificates it wants', async () => {
    const ca = [read('ecdsa').cert, read('rsa').cert];
    const options = { ...read('rsa'), requestCert: true, ca, ALPNProtocols: ['http/1.1'] };
    const { tls } = await withNode(options, (port) => checked(port));
    assert.deepEqual(tls?.client_certificate_authorities, ['CN=ecdsa', 'CN=rsa']);
    assert.deepEqual([tls?.client_certificate, tls?.alpn], [true, 'http/1.1']);
  });

  it('takes sessions up again, and early data is told', async () => {
    const fine = await withNode(read('rsa'), (port) => checked(port));
    assert.deepEqual([fine.tls?.handshakes.resumption_tls13, fine.tls?.handshakes.early_data], ['yes', 'no']);
    assert.equal(verdictsOf(fine)['early-data'], 'pass');
    const args = ['-tls1_3', '-max_early_data', '16384', '-cert', pki.rsa.cert, '-key', pki.rsa.key];
    const early = await withOpenssl(args, (port) => checked(port));
    assert.equal(verdictsOf(early)['early-data'], 'warn');
    const none = await withOpenssl([...args.slice(0, 1), '-num_tickets', '0', ...args.slice(3)], (port) =>
      checked(port),
    );
    assert.deepEqual([none.tls?.handshakes.resumption_tls13, verdictsOf(none)['early-data']], ['no', 'pass']);
  });

  it('may show another certificate to who names nobody', async () => {
    const named = createSecureContext(read('ecdsa'));
    const options: TlsOptions = {
      ...read('rsa'),
      SNICallback: (name, done) => done(null, name === 'localhost' ? named : undefined),
    };
    const { tls } = await withNode(options, (port) => checked(port, { name: 'localhost' }));
    assert.deepEqual(
      [tls?.chains.map(({ certificates: [leaf] }) => leaf?.subject), tls?.unnamed?.subject],
      [['CN=ecdsa'], 'CN=rsa'],
    );
  });
});
