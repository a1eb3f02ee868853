import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { LoadError } from '../../src/core/errors/index.ts';
import {
  createDialler,
  createTlsClient,
  type DialTarget,
  isLoopbackLiteral,
  type Lookup,
  type TcpConnect,
} from '../../src/core/resolver/index.ts';
import { createTestCa, RSA_E3, type TestCa } from './certificates.ts';

const timeouts = { resolve_ms: 300, connect_ms: 300, handshake_ms: 300 };
const loopback: Lookup = async () => [{ address: '127.0.0.1', family: 4 }];

let ca: TestCa;
const open = new Set<Server>();

before(async () => {
  ca = await createTestCa('Dialler Test CA');
});

after(() => {
  for (const server of open) server.close();
});

async function listening(server: Server): Promise<number> {
  open.add(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  assert.ok(bound !== null && typeof bound === 'object');
  return bound.port;
}

async function tlsServer(options: TlsOptions): Promise<number> {
  const server = createTlsServer(options, (socket) => {
    socket.on('error', () => {});
    socket.end();
  });
  server.on('tlsClientError', () => {});
  return listening(server);
}

function dial(target: Partial<DialTarget> & { port: number }, options: { lookup?: Lookup; connect?: TcpConnect } = {}) {
  const dialler = createDialler({ lookup: loopback, now: () => performance.now(), ...options });
  return dialler.dial({
    host: 'svc.test',
    tls: createTlsClient({ server_name: 'svc.test', ca: [ca.pem] }),
    timeouts,
    ...target,
  });
}

describe('what may go in clear', () => {
  it('is literal loopback alone', () => {
    for (const host of ['127.0.0.1', '127.255.255.254', '::1', '[::1]'])
      assert.equal(isLoopbackLiteral(host), true, host);
    const others = ['localhost', '127.1', '0x7f.0.0.1', '2130706433', '::ffff:127.0.0.1', '0.0.0.0', '::', '128.0.0.1'];
    for (const host of [...others, '::1%lo', '127.0.0.1.', ' 127.0.0.1', ''])
      assert.equal(isLoopbackLiteral(host), false, host);
  });

  it('a name is refused before it is resolved, even one that points to loopback', async () => {
    const connect: TcpConnect = () => assert.fail('dialled');
    const lookup: Lookup = () => assert.fail('resolved');
    for (const host of ['localhost', 'svc.test', '192.0.2.1', '::ffff:127.0.0.1']) {
      const address = { address: '127.0.0.1', family: 4 } as const;
      await assert.rejects(dial({ host, port: 9, tls: null }, { connect, lookup }), { code: 'FORWARD_UNPROVEN' });
      await assert.rejects(dial({ host, port: 9, tls: null, address }, { connect, lookup }), {
        code: 'FORWARD_UNPROVEN',
      });
    }
  });

  it('a literal loopback address is dialled, with no evidence', async () => {
    const port = await listening(createServer((socket) => socket.end()));
    const { socket, evidence, address } = await dial({ host: '127.0.0.1', port, tls: null });
    assert.equal(evidence, null);
    assert.deepEqual(address, { address: '127.0.0.1', family: 4 });
    socket.destroy();
  });
});

describe('dialling with TLS', () => {
  it('proves the name and says what was negotiated', async () => {
    const port = await tlsServer(await ca.issue({ dns: ['svc.test'] }));
    const { socket, evidence } = await dial({ port });
    socket.destroy();
    assert.equal(evidence?.tls_version, 'TLSv1.3');
    assert.match(evidence.cipher, /^TLS_/);
    assert.match(evidence.peer_thumbprint, /^[0-9a-f]{64}$/);
  });

  it('speaks TLS 1.2 with an ephemeral AEAD suite to a peer that has no more', async () => {
    const port = await tlsServer({ ...(await ca.issue({ dns: ['svc.test'] })), maxVersion: 'TLSv1.2' });
    const { socket, evidence } = await dial({ port });
    socket.destroy();
    assert.equal(evidence?.tls_version, 'TLSv1.2');
    assert.match(evidence.cipher, /^TLS_ECDHE_.*_(GCM|POLY1305)_/);
  });

  it('proves a literal address by the address in the certificate', async () => {
    const tls = createTlsClient({ server_name: '127.0.0.1', ca: [ca.pem] });
    const right = await tlsServer(await ca.issue({ ip: ['127.0.0.1'] }));
    (await dial({ host: '127.0.0.1', port: right, tls })).socket.destroy();
    const wrong = await tlsServer(await ca.issue({ ip: ['127.0.0.9'], dns: ['127.0.0.1'], cn: '127.0.0.1' }));
    await assert.rejects(dial({ host: '127.0.0.1', port: wrong, tls }), { code: 'FORWARD_UNPROVEN' });
  });

  const unproven: [string, () => Promise<TlsOptions>, string][] = [
    ['another name', () => ca.issue({ dns: ['other.test'] }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['a name only as common name', () => ca.issue({ cn: 'svc.test' }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['a wildcard over two labels', () => ca.issue({ dns: ['*.test.example', '*'] }), 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'an expired certificate',
      () => ca.issue({ dns: ['svc.test'], not_after_ms: Date.now() - 60_000 }),
      'CERT_HAS_EXPIRED',
    ],
    [
      'an untrusted CA',
      async () => (await createTestCa('Stranger')).issue({ dns: ['svc.test'] }),
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'a CA of the same name with another key',
      async () => (await createTestCa('Dialler Test CA')).issue({ dns: ['svc.test'] }),
      'CERT_SIGNATURE_FAILURE',
    ],
    [
      'a key that the policy for keys refuses',
      () => ca.issue({ dns: ['svc.test'], key: RSA_E3 }),
      'key of the certificate not accepted',
    ],
    [
      'such a key over TLS 1.2',
      async () => ({ ...(await ca.issue({ dns: ['svc.test'], key: RSA_E3 })), maxVersion: 'TLSv1.2' }),
      'key of the certificate not accepted',
    ],
    [
      'only TLS 1.1',
      async () => ({
        ...(await ca.issue({ dns: ['svc.test'] })),
        minVersion: 'TLSv1.1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      }),
      'ERR_SSL_',
    ],
    [
      'only a static or CBC suite',
      async () => ({
        ...(await ca.issue({ dns: ['svc.test'] })),
        maxVersion: 'TLSv1.2',
        ciphers: 'ECDHE-ECDSA-AES128-SHA256',
      }),
      'ERR_SSL_',
    ],
  ];
  for (const [what, identity, reason] of unproven) {
    it(`refuses a peer with ${what}`, async () => {
      const port = await tlsServer(await identity());
      await assert.rejects(dial({ port }), (error: { code: string; reason: string }) => {
        assert.equal(error.code, 'FORWARD_UNPROVEN');
        assert.ok(error.reason.startsWith(reason), error.reason);
        return true;
      });
    });
  }

  it('refuses a peer that speaks plain HTTP, and one that hangs up', async () => {
    for (const act of [(s: Socket) => s.end('HTTP/1.1 400 Bad Request\r\n\r\n'), (s: Socket) => s.destroy()]) {
      const port = await listening(createServer((socket) => act(socket.on('error', () => {}))));
      await assert.rejects(dial({ port }), { code: 'FORWARD_UNPROVEN' });
    }
  });

  it('refuses to load without a CA, or with one that cannot be read', () => {
    for (const list of [
      [],
      ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'],
      ['nonsense'],
      [`${ca.pem}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`],
    ]) {
      assert.throws(
        () => createTlsClient({ server_name: 'svc.test', ca: list }),
        (error: unknown) => {
          assert.ok(error instanceof LoadError);
          assert.equal(error.faults[0]?.code, 'CERT_UNREADABLE');
          return true;
        },
      );
    }
  });
});

describe('each phase of dialling is bounded', () => {
  const hang = new Promise<never>(() => {});

  it('name resolution', async () => {
    await assert.rejects(dial({ port: 9 }, { lookup: () => hang }), {
      code: 'FORWARD_LATE',
      reason: 'name resolution',
    });
  });

  it('TCP connect, and the socket is let go', async () => {
    // A peer that never answers a SYN is not at hand everywhere: a socket nobody connects stands in for it.
    const opened = new Socket();
    const connect: TcpConnect = () => opened;
    await assert.rejects(dial({ port: 9 }, { connect }), { code: 'FORWARD_LATE', reason: 'TCP connect' });
    assert.equal(opened.destroyed, true);
  });

  it('TLS handshake, and the socket is let go', async () => {
    const accepted: Socket[] = [];
    const port = await listening(createServer((socket) => accepted.push(socket.resume().on('error', () => {}))));
    await assert.rejects(dial({ port }), { code: 'FORWARD_LATE', reason: 'TLS handshake' });
    await once(accepted[0] as Socket, 'close');
  });

  it('a closed port and a name without addresses have their own codes', async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    await once(server, 'close');
    await assert.rejects(dial({ port }), { code: 'FORWARD_UNREACHABLE', reason: 'ECONNREFUSED' });
    await assert.rejects(dial({ port }, { lookup: async () => [] }), { code: 'FORWARD_NAME' });
  });

  it('goes on to the next address of a name', async () => {
    const port = await tlsServer(await ca.issue({ dns: ['svc.test'] }));
    const lookup: Lookup = async () => ['127.0.0.7', '127.0.0.1'].map((address) => ({ address, family: 4 }));
    const { socket, address } = await dial({ port }, { lookup });
    socket.destroy();
    assert.equal(address.address, '127.0.0.1');
  });
});
