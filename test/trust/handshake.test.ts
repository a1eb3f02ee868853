import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import tls, { type ConnectionOptions, type TLSSocket } from 'node:tls';
import { createTrustStore } from '../../src/core/trust/anchors.ts';
import { verifyClientChain } from '../../src/core/trust/chain.ts';
import { createChainMemory } from '../../src/core/trust/chain-memory.ts';
import { createDevelopmentCa, issueDevelopmentCertificate } from '../../src/core/trust/dev-ca.ts';
import { peerCertificates } from '../../src/core/trust/peer.ts';
import { clientTlsOptions, serverTlsOptions, type TlsProfileName } from '../../src/core/trust/tls-profile.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { opensslVerifies } from './openssl.ts';

const clock = { now_ms: Date.now(), random: randomBytes };
const ca = await createDevelopmentCa({ name: 'Development CA', days: 30, ...clock });
const issue = (kind: 'server' | 'client', names: string[], uris: string[]) =>
  issueDevelopmentCertificate({ ca, kind, names, uris, days: 7, ...clock });
const server_pair = await issue('server', ['localhost', '127.0.0.1'], []);
const client_pair = await issue('client', ['erp.acme.example'], ['spiffe://acme.example/erp']);
const store = createTrustStore([{ name: 'dev', pem: ca.cert }], clock);

interface Seen {
  readonly socket: TLSSocket;
  readonly peer: ReturnType<typeof peerCertificates>;
  readonly resumed: boolean;
}

const servers: tls.Server[] = [];
after(() => servers.forEach((server) => void server.close()));

async function listen(
  profile: TlsProfileName,
  says_goodbye = true,
): Promise<{ port: number; next: () => Promise<Seen> }> {
  const server = tls.createServer({
    ...server_pair,
    ...serverTlsOptions(profile),
    ca: ca.cert,
    requestCert: true,
    rejectUnauthorized: false,
  });
  servers.push(server);
  server.on('secureConnection', (socket) => {
    socket.on('error', () => undefined);
    if (says_goodbye) socket.end('ok');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const next = async (): Promise<Seen> => {
    const [socket] = (await once(server, 'secureConnection')) as [TLSSocket];
    return { socket, peer: peerCertificates(socket), resumed: socket.isSessionReused() };
  };
  return { port: (server.address() as AddressInfo).port, next };
}

async function dial(
  port: number,
  options: ConnectionOptions,
): Promise<{ socket: TLSSocket; session: Buffer | undefined }> {
  const socket = tls.connect({ port, host: '127.0.0.1', ca: ca.cert, servername: 'localhost', ...options });
  let session: Buffer | undefined;
  socket.on('session', (ticket: Buffer) => {
    session = ticket;
  });
  socket.resume();
  await once(socket, 'secureConnect');
  await once(socket, 'close');
  return { socket, session };
}

describe('the development CA', () => {
  it('issues what OpenSSL accepts strictly', { skip: missingTools('openssl') }, () => {
    const verdict = opensslVerifies(client_pair.cert, '', ca.cert, clock.now_ms);
    assert.ok(verdict.ok, verdict.text);
    const leaf = new X509Certificate(client_pair.cert);
    assert.equal(leaf.serialNumber.length, 32);
    assert.equal(leaf.subjectAltName, 'DNS:erp.acme.example, URI:spiffe://acme.example/erp');
  });
});

describe('a handshake', () => {
  it('brings the client certificate, and a resumed one the leaf alone, which verifies again', async () => {
    const { port, next } = await listen('modern');
    const memory = createChainMemory(8);
    const first = next();
    const { session } = await dial(port, { ...client_pair, ...clientTlsOptions('modern') });
    const full = await first;
    assert.ok(full.peer && !full.resumed);
    const verdict = verifyClientChain({ ...full.peer, store, now_ms: clock.now_ms });
    assert.ok(verdict.ok);
    memory.remember(verdict.facts.thumbprint, full.peer.presented);

    const second = next();
    await dial(port, { ...client_pair, ...clientTlsOptions('modern'), ...(session ? { session } : {}) });
    const resumed = await second;
    assert.ok(resumed.resumed && resumed.peer);
    assert.deepEqual(resumed.peer.leaf, full.peer.leaf);
    const presented = memory.recall(verdict.facts.thumbprint);
    assert.ok(verifyClientChain({ ...resumed.peer, presented, store, now_ms: clock.now_ms }).ok);
    const withdrawn = createTrustStore([], clock);
    assert.ok(!verifyClientChain({ ...resumed.peer, presented, store: withdrawn, now_ms: clock.now_ms }).ok);
  });

  it('without a client certificate has no peer', async () => {
    const { port, next } = await listen('modern');
    const seen = next();
    await dial(port, {});
    assert.equal((await seen).peer, null);
  });

  it('uses the hybrid post-quantum group with a client that guessed another', async () => {
    const { port, next } = await listen('modern');
    const seen = next();
    const curves = 'X25519:X25519MLKEM768';
    const socket = tls.connect({ port, host: '127.0.0.1', ca: ca.cert, servername: 'localhost', ecdhCurve: curves });
    socket.resume();
    await once(socket, 'secureConnect');
    assert.match(JSON.stringify(socket.getEphemeralKeyInfo()), /X25519MLKEM768/);
    (await seen).socket.destroy();
    socket.destroy();
  });

  it('is refused below the profile: TLS 1.2 by modern, TLS 1.1 and CBC suites by both', async () => {
    const modern = await listen('modern');
    const intermediate = await listen('intermediate');
    await assert.rejects(dial(modern.port, { maxVersion: 'TLSv1.2' }));
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
    await assert.rejects(dial(intermediate.port, old));
    const cbc = { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:AES128-SHA' } as const;
    await assert.rejects(dial(intermediate.port, cbc));
    const seen = intermediate.next();
    await dial(intermediate.port, { maxVersion: 'TLSv1.2' });
    assert.equal((await seen).socket.getProtocol(), 'TLSv1.2');
  });

  it('over TLS 1.2 cannot be renegotiated by the client', async () => {
    const { port, next } = await listen('intermediate', false);
    const seen = next();
    const options = { port, host: '127.0.0.1', ca: ca.cert, servername: 'localhost', maxVersion: 'TLSv1.2' } as const;
    const socket = tls.connect(options);
    await once(socket, 'secureConnect');
    const server_side = (await seen).socket;
    const renegotiated = new Promise<boolean>((resolve) => {
      socket.once('error', () => resolve(false));
      socket.once('close', () => resolve(false));
      socket.renegotiate({}, (error) => resolve(error === null));
    });
    socket.resume();
    assert.equal(await renegotiated, false);
    socket.destroy();
    server_side.destroy();
  });
});
