import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, it } from 'node:test';
import tls from 'node:tls';
import { type ClientHello, parseClientHello } from '../../src/protocol/tls/client-hello.ts';
import { groupName } from '../../src/protocol/tls/groups.ts';
import { ja4 } from '../../src/protocol/tls/ja4.ts';
import { missingTools } from '../acceptance/harness/tools.ts';

/** The hello of whoever `connect` makes dial, read as it arrives. */
async function capture(connect: (port: number) => () => void): Promise<ClientHello> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hello = new Promise<ClientHello>((resolve, reject) => {
    server.on('connection', (socket) => {
      let bytes = Buffer.alloc(0);
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        const result = parseClientHello(bytes);
        if (result.state === 'incomplete') return;
        socket.destroy();
        if (result.state === 'complete') resolve(result.hello);
        else reject(new Error(JSON.stringify(result)));
      });
    });
  });
  const stop = connect((server.address() as AddressInfo).port);
  try {
    return await hello;
  } finally {
    stop();
    server.close();
  }
}

function command(name: string, args: (port: number) => string[]): (port: number) => () => void {
  return (port) => {
    const child = spawn(name, args(port), { stdio: 'ignore' });
    return () => void child.kill();
  };
}

describe('the hello of a real client', () => {
  it('is read from openssl s_client', { skip: missingTools('openssl') }, async () => {
    const args = (port: number) => [
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-servername',
      'api.example.org',
      '-alpn',
      'h2',
      '-groups',
      'P-256:X25519',
    ];
    const hello = await capture(command('openssl', args));
    assert.equal(hello.server_name, 'api.example.org');
    assert.deepEqual(hello.alpn, ['h2']);
    assert.deepEqual(hello.groups.map(groupName), ['secp256r1', 'x25519']);
    assert.deepEqual(hello.key_share_groups, [0x17]);
    assert.ok(hello.versions.includes(0x0304));
    assert.match(ja4(hello), /^t13d\d{4}h2_/);
  });

  it('is read from openssl s_client with TLS 1.2 only', { skip: missingTools('openssl') }, async () => {
    const args = (port: number) => ['s_client', '-connect', `127.0.0.1:${port}`, '-noservername', '-tls1_2'];
    const hello = await capture(command('openssl', args));
    assert.equal(hello.server_name, undefined);
    assert.deepEqual(hello.versions, []);
    assert.match(ja4(hello), /^t12i\d{4}00_/);
  });

  it('is read from curl', { skip: missingTools('curl') }, async () => {
    const hello = await capture(
      command('curl', (port) => [
        '-sk',
        '--resolve',
        `api.example.org:${port}:127.0.0.1`,
        `https://api.example.org:${port}/`,
      ]),
    );
    assert.equal(hello.server_name, 'api.example.org');
    assert.deepEqual(hello.alpn, ['h2', 'http/1.1']);
    assert.equal(hello.psk, false);
  });

  it('is read from this runtime, with its hybrid group', async () => {
    const hello = await capture((port) => {
      const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ALPNProtocols: ['http/1.1'] });
      socket.on('error', () => undefined);
      return () => void socket.destroy();
    });
    assert.equal(hello.server_name, 'localhost');
    assert.ok(hello.groups.map(groupName).includes('X25519MLKEM768'));
    assert.match(ja4(hello), /^t13d\d{4}h1_/);
  });
});
