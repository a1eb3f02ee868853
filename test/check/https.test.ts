/** What an endpoint answers to one request over TLS. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createServer as createTls, type Server, type TlsOptions } from 'node:tls';
import { missingTools } from '../acceptance/harness/tools.ts';
import { checked, createPki, type Pki, verdictsOf } from './servers.ts';

describe('an endpoint that is asked over TLS', { skip: missingTools('openssl') }, () => {
  let pki: Pki;
  let files: { cert: Buffer; key: Buffer };
  before(() => {
    pki = createPki();
    files = { cert: readFileSync(pki.rsa.cert), key: readFileSync(pki.rsa.key) };
  });
  after(() => pki.remove());

  async function served(server: Server, name = 'localhost') {
    server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const report = await checked((server.address() as AddressInfo).port, { name });
    server.close();
    const { tls, problem } = report;
    const verdict = verdictsOf(report)['hsts'];
    return { verdict, problem, http: tls?.http, field: tls?.strict_transport_security };
  }

  function https(options: TlsOptions, value: string | null, asked: string[] = []): Server {
    return createHttps({ ...files, ...options }, (request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.host} ${request.headers['user-agent']}`);
      if (value !== null) response.setHeader('Strict-Transport-Security', value);
      response.writeHead(404).end();
    });
  }

  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const only: TlsOptions = { minVersion: version, maxVersion: version };
    it(`tells whether clients are to come by https alone: ${version}`, async () => {
      const value = 'max-age=63072000; includeSubDomains';
      const asked: string[] = [];
      assert.deepEqual(await served(https(only, value, asked)), {
        verdict: 'pass',
        problem: null,
        http: 'yes',
        field: value,
      });
      assert.deepEqual(asked, ['HEAD / localhost sallyport-check/1.2.3']);
      const none = await served(https(only, null));
      assert.deepEqual([none.verdict, none.field], ['warn', null]);
      assert.equal((await served(https(only, 'max-age=60'))).verdict, 'warn');
    });

    it(`is no web server where it says something else, or nothing: ${version}`, async () => {
      for (const onSecure of [
        (socket: { write: (text: string) => void }) => socket.write('220 ready\r\n'),
        () => undefined,
      ]) {
        const server = createTls({ ...files, ...only }, (socket) => {
          socket.on('error', () => undefined);
          onSecure(socket);
        });
        const { verdict, http, problem } = await served(server);
        assert.deepEqual([verdict, http, problem], ['not-applicable', 'no', null]);
      }
    });

    it(`is no web server to a stranger where it wants a certificate: ${version}`, async () => {
      const server = https({ ...only, requestCert: true, rejectUnauthorized: true }, 'max-age=63072000');
      const { verdict, http } = await served(server);
      assert.deepEqual([verdict, http], ['not-applicable', version === 'TLSv1.3' ? 'no' : 'not-applicable']);
    });
  }

  it('is not asked where only an address is known', async () => {
    const asked: string[] = [];
    const { verdict } = await served(https({}, null, asked), '127.0.0.1');
    assert.deepEqual([verdict, asked], ['not-applicable', []]);
  });
});
