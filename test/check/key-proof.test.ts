/** Whether a server has the key of the certificate it shows, before TLS 1.3. */
import assert from 'node:assert/strict';
import { createSign, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../src/check/policies/index.ts';
import { parseClientHello } from '../../src/protocol/tls/client-hello.ts';
import { provesKeyExchange } from '../../src/protocol/tls/key-exchange-proof.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { alert, certificates, done, handshake, record, serverHello } from '../tls/flight.ts';
import { u16, vector8, vector16 } from '../tls/hello.ts';
import { checked, createPki, type Pki, withOpenssl, withRaw } from './servers.ts';

describe('the key of a certificate', { skip: missingTools('openssl') }, () => {
  let pki: Pki;
  before(() => {
    pki = createPki();
  });
  after(() => pki.remove());

  async function verdictOf(port: number): Promise<string | undefined> {
    const { results } = await checked(port, { policy: DEFAULT_POLICY });
    return results.find(({ rule }) => rule === 'tls/certificate-proof')?.verdict;
  }

  for (const kind of ['rsa', 'ecdsa'] as const) {
    for (const version of ['-tls1', '-tls1_1', '-tls1_2', '-tls1_3']) {
      it(`is proven by openssl with ${version.slice(1)} and ${kind}`, async () => {
        const { cert, key } = pki[kind];
        const args = [version, '-cert', cert, '-key', key, '-cipher', 'DEFAULT:@SECLEVEL=0'];
        assert.equal(await withOpenssl(args, verdictOf), 'pass');
      });
    }
  }

  it('is not told of a server that signs nothing', async () => {
    const { cert, key } = pki.rsa;
    const args = ['-tls1_2', '-cipher', 'AES128-GCM-SHA256', '-cert', cert, '-key', key];
    assert.equal(await withOpenssl(args, verdictOf), 'could-not-tell');
  });

  it('is not there where the certificate is of somebody else', async () => {
    const leaf = new X509Certificate(readFileSync(pki.ecdsa.cert)).raw;
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const random = Buffer.alloc(32, 9);
    const impostor = (socket: Socket) =>
      void socket.once('data', (bytes: Buffer) => {
        const parsed = parseClientHello(bytes);
        const suite = 0xc02b;
        if (parsed.state !== 'complete' || !parsed.hello.cipher_suites.includes(suite)) return socket.end(alert(2, 40));
        if (parsed.hello.versions.includes(0x0304) || parsed.hello.legacy_version !== 0x0303)
          return socket.end(alert(2, 70));
        const params = Buffer.concat([Buffer.of(3), u16(0x0017), vector8(Buffer.alloc(65, 4))]);
        const signed = sign('sha256', Buffer.concat([bytes.subarray(11, 43), random, params]), privateKey);
        const key_exchange = handshake(12, Buffer.concat([params, u16(0x0403), vector16(signed)]));
        const hello = serverHello({ cipher_suite: suite, random });
        socket.write(record(22, Buffer.concat([hello, certificates(leaf), key_exchange, done])));
      });
    assert.equal(await withRaw(impostor, verdictOf), 'fail');
  });

  it('is proven by the old signatures too, and by no other', () => {
    const leaf = new X509Certificate(readFileSync(pki.ecdsa.cert)).raw;
    const params = Buffer.concat([Buffer.of(3), u16(0x0017), vector8(Buffer.alloc(65, 4))]);
    const randoms = { client_random: Buffer.alloc(32, 1), server_random: Buffer.alloc(32, 2) };
    const signature = createSign('sha1')
      .update(Buffer.concat([randoms.client_random, randoms.server_random, params]))
      .sign(readFileSync(pki.ecdsa.key));
    const body = Buffer.concat([params, vector16(signature)]);
    const signed = { leaf, cipher_suite: 0xc009, version: 0x0301, ...randoms, body };
    assert.equal(provesKeyExchange(signed), true);
    assert.equal(provesKeyExchange({ ...signed, server_random: Buffer.alloc(32, 3) }), false);
    assert.equal(provesKeyExchange({ ...signed, body: body.subarray(0, -1) }), null);
  });

  it('is never told by what is made up, and nothing is thrown', () => {
    const leaf = new X509Certificate(readFileSync(pki.rsa.cert)).raw;
    const randoms = { client_random: Buffer.alloc(32), server_random: Buffer.alloc(32) };
    const suites = fc.constantFrom(0xc02f, 0x009e, 0xc009, 0x0034, 0x002f);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        suites,
        fc.constantFrom(0x0301, 0x0303),
        (body, cipher_suite, version) => {
          assert.notEqual(
            provesKeyExchange({ leaf, cipher_suite, version, ...randoms, body: Buffer.from(body) }),
            true,
          );
        },
      ),
    );
  });
});
