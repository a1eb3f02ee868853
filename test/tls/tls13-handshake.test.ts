/** Handshakes of TLS 1.3 with servers that others wrote, and with ends that are out for mischief. */
import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createServer, type TlsOptions } from 'node:tls';
import fc from 'fast-check';
import { clientShare } from '../../src/protocol/tls/key-agreement.ts';
import { MalformedFlight } from '../../src/protocol/tls/malformed-flight.ts';
import { Tls13Handshake, type Tls13HandshakeOptions, type Tls13Seen } from '../../src/protocol/tls/tls13-handshake.ts';
import type { Resumption } from '../../src/protocol/tls/tls13-hello.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { createPki, type Pki, withOpenssl } from '../check/servers.ts';

const SCHEMES = [0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601];
const X25519 = 0x001d;

type Changes = Partial<Omit<Tls13HandshakeOptions, 'share'>> & { readonly group?: number };

function handshake({ group = X25519, ...changes }: Changes = {}): Tls13Handshake {
  return new Tls13Handshake({
    server_name: 'localhost',
    cipher_suite: 0x1301,
    share: clientShare(group)!,
    signature_schemes: SCHEMES,
    alpn: [],
    random: randomBytes(32),
    session_id: randomBytes(32),
    resumption: null,
    after: 'leave',
    ...changes,
  });
}

/** Carries a handshake to its end; with what the server sent. */
async function carried(port: number, one: Tls13Handshake): Promise<{ seen: Tls13Seen; flight: Buffer }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const chunks: Buffer[] = [];
  const ended = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    try {
      const step = one.push(chunk);
      if (step === 'enough') socket.destroy();
      else if (step !== 'more') socket.write(step);
    } catch (error) {
      ended.reject(error);
      socket.destroy();
    }
  });
  socket.on('error', () => undefined);
  socket.once('close', () => ended.resolve());
  socket.write(one.opening);
  await ended.promise;
  return { seen: one.seen, flight: Buffer.concat(chunks) };
}

async function withNode<T>(options: TlsOptions, use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer({ minVersion: 'TLSv1.3', ...options }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => socket.end(`you said ${data.length} bytes`));
  });
  server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

describe('a handshake of TLS 1.3', { skip: missingTools('openssl') }, () => {
  let pki: Pki;
  let files: { cert: Buffer; key: Buffer };
  before(() => {
    pki = createPki();
    files = { cert: readFileSync(pki.rsa.cert), key: readFileSync(pki.rsa.key) };
  });
  after(() => pki.remove());

  const groups: readonly [string, number][] = [
    ['X25519', X25519],
    ['P-256', 0x0017],
    ['P-384', 0x0018],
    ['P-521', 0x0019],
    ['X448', 0x001e],
    ['MLKEM512', 0x0200],
    ['MLKEM768', 0x0201],
    ['MLKEM1024', 0x0202],
    ['SecP256r1MLKEM768', 0x11eb],
    ['X25519MLKEM768', 0x11ec],
    ['SecP384r1MLKEM1024', 0x11ed],
  ];
  for (const [name, group] of groups) {
    it(`shows the certificate of Node.js with ${name} alone, and that its key is there`, async () => {
      const { seen } = await withNode({ ...files, ecdhCurve: name }, (port) => carried(port, handshake({ group })));
      assert.deepEqual([seen.finished, seen.proves_key, seen.alert], [true, true, null]);
      const [leaf] = seen.certificates!.certificates;
      assert.ok(leaf!.equals(new X509Certificate(files.cert).raw));
    });
  }

  for (const [name, cipher_suite] of [
    ['TLS_AES_128_GCM_SHA256', 0x1301],
    ['TLS_AES_256_GCM_SHA384', 0x1302],
    ['TLS_CHACHA20_POLY1305_SHA256', 0x1303],
    ['TLS_AES_128_CCM_SHA256', 0x1304],
    ['TLS_AES_128_CCM_8_SHA256', 0x1305],
  ] as const) {
    it(`reads what openssl sends under ${name}, with either kind of certificate`, async () => {
      const { rsa, ecdsa } = pki;
      const both = ['-cert', rsa.cert, '-key', rsa.key, '-dcert', ecdsa.cert, '-dkey', ecdsa.key];
      const args = ['-tls1_3', '-ciphersuites', name, ...both];
      await withOpenssl(args, async (port) => {
        for (const [signature_schemes, subject] of [
          [[0x0403], 'CN=ecdsa'],
          [[0x0804], 'CN=rsa'],
        ] as const) {
          const { seen } = await carried(port, handshake({ cipher_suite, signature_schemes }));
          const [leaf] = seen.certificates!.certificates;
          assert.equal(new X509Certificate(leaf!).subject, subject);
          assert.equal(seen.proves_key, true);
        }
      });
    });
  }

  it('tells which names of CAs a server asks for, and which protocol it chose', async () => {
    const options = { ...files, requestCert: true, rejectUnauthorized: false, ca: [files.cert] };
    const { seen } = await withNode({ ...options, ALPNProtocols: ['http/1.1'] }, (port) =>
      carried(port, handshake({ alpn: ['h2', 'http/1.1'] })),
    );
    assert.equal(seen.alpn, 'http/1.1');
    assert.equal(seen.certificate_request?.authorities.length, 1);
    assert.ok(seen.certificate_request?.authorities[0]?.includes('rsa'));
  });

  it('brings tickets, with which a session is taken up again', async () => {
    await withNode(files, async (port) => {
      const { seen } = await carried(port, handshake({ after: 'finish' }));
      const [ticket] = seen.tickets;
      const resumption: Resumption = { ...ticket!.resumption, obfuscated_age: ticket!.age_add };
      const { seen: again } = await carried(port, handshake({ resumption }));
      assert.deepEqual([again.server_hello?.resumed, again.finished, again.certificates], [true, true, null]);
      const wrong = { ...resumption, psk: Buffer.alloc(32) };
      const { seen: refused } = await carried(port, handshake({ resumption: wrong }));
      assert.deepEqual([refused.finished, refused.alert], [false, 51]);
    });
  });

  it('says whether early data is allowed', async () => {
    const args = ['-tls1_3', '-max_early_data', '16384', '-cert', pki.rsa.cert, '-key', pki.rsa.key];
    const { seen } = await withOpenssl(args, (port) => carried(port, handshake({ after: 'finish' })));
    assert.ok(seen.tickets[0]!.max_early_data_bytes > 0);
    const { seen: node } = await withNode(files, (port) => carried(port, handshake({ after: 'finish' })));
    assert.equal(node.tickets[0]?.max_early_data_bytes, 0);
  });

  it('carries a question and its answer, also to a server that would see a certificate', async () => {
    const options = { ...files, requestCert: true, rejectUnauthorized: false };
    const { seen } = await withNode(options, (port) => carried(port, handshake({ after: Buffer.from('hello') })));
    assert.equal(String(seen.answer), 'you said 5 bytes');
  });

  it('is left where the server chooses what was not offered, or says no', async () => {
    const { seen } = await withNode({ ...files, ecdhCurve: 'P-256' }, (port) => carried(port, handshake()));
    assert.deepEqual([seen.certificates, seen.alert], [null, 40]);
    const retried = await withNode({ ...files, ecdhCurve: 'P-256:X448' }, (port) => carried(port, handshake()));
    assert.equal(retried.seen.certificates, null);
  });

  it('ends without an exception but its own where a flight is changed, cut or made up', async () => {
    const flights = await withNode({ ...files }, async (port) => {
      const { flight } = await carried(port, handshake());
      return [flight, flight.subarray(0, 200), Buffer.alloc(0)];
    });
    const changes = fc.array(fc.tuple(fc.nat({ max: 3_000 }), fc.nat({ max: 255 })), { maxLength: 8 });
    const pieces = fc.integer({ min: 1, max: 700 });
    fc.assert(
      fc.property(
        fc.constantFrom(...flights),
        changes,
        fc.uint8Array({ maxLength: 600 }),
        pieces,
        (flight, at, tail, size) => {
          const bytes = Buffer.concat([flight, tail]);
          for (const [index, value] of at) if (index < bytes.length) bytes[index] = value;
          const one = handshake();
          try {
            for (let from = 0; from < bytes.length; from += size) {
              if (one.push(bytes.subarray(from, from + size)) === 'enough') return;
            }
          } catch (error) {
            if (!(error instanceof MalformedFlight)) throw error;
          }
          assert.equal(one.seen.finished, false);
        },
      ),
    );
  });

  it('does not read without end', () => {
    const one = handshake();
    const record = Buffer.concat([Buffer.of(20, 3, 3, 0, 1, 1)]);
    assert.throws(() => {
      for (let count = 0; count < 100_000; count++) one.push(record);
    }, MalformedFlight);
  });
});
