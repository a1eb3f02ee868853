import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { describe, it } from 'node:test';
import { LoadError } from '../../src/core/errors/index.ts';
import { clientFor, get, ok, post, rawUpstream, until, watched } from './upstreams.ts';

describe('connections', () => {
  it('are used again, never beyond their number', async () => {
    const upstream = await rawUpstream(({ socket, index }) => socket.write(ok(String(index))));
    const client = clientFor(upstream.port, { connections: 3 });
    const bodies = await Promise.all(
      Array.from({ length: 200 }, () => client.request(get()).then((a) => a.body.toString())),
    );
    assert.equal(new Set(bodies).size, 200, 'each got an answer of its own');
    assert.equal(upstream.sockets.length, 3);
    await client.close();
    await upstream.close();
  });

  it('closed by the upstream while idle cost no request: thousands of quick GETs, no failure', async () => {
    // Closes at a random request on each connection, right after the answer and without saying so.
    let seed = 7;
    const upstream = await rawUpstream(({ socket }) => {
      socket.write(ok('x'));
      seed = (seed * 16_807) % 2_147_483_647;
      if (seed % 5 === 0) socket.end();
      else if (seed % 5 === 1) setTimeout(() => socket.resetAndDestroy(), seed % 3);
    });
    const client = clientFor(upstream.port, { connections: 8, retries: 0 });
    let left = 4_000;
    const caller = async () => {
      while (left-- > 0) assert.equal((await client.request(get())).body.toString(), 'x');
    };
    await Promise.all(Array.from({ length: 8 }, caller));
    await client.close();
    await upstream.close();
  });

  it('of a real server with a very short keep-alive cost no request', async () => {
    const server = createHttpServer((_request, response) => response.end('x'));
    server.keepAliveTimeout = 1;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    assert.ok(bound !== null && typeof bound === 'object');
    const client = clientFor(bound.port, { connections: 8 });
    let left = 2_000;
    const caller = async (pause_ms: number) => {
      while (left-- > 0) {
        await client.request(get());
        if (left % 20 === 0) await new Promise((resolve) => setTimeout(resolve, pause_ms));
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, i) => caller(i)));
    await client.close();
    server.close();
  });

  it('closed unnoticed are not used for an unsafe request that could not be repeated', async () => {
    const upstream = await rawUpstream(({ socket, head }) => {
      socket.write(ok('x'));
      if (head.startsWith('GET')) socket.end();
    });
    const client = clientFor(upstream.port);
    for (let i = 0; i < 20; i++) {
      await client.request(get());
      await until(() => client.health().connections === 0, 'the close is seen');
      await client.request(post());
    }
    await client.close();
    await upstream.close();
  });

  it('are let go after being unused for a while', async () => {
    const upstream = await rawUpstream(({ socket }) => socket.write(ok('x')));
    const client = clientFor(upstream.port, { keep_alive_ms: 50 });
    await client.request(get());
    assert.equal(client.health().idle, 1);
    await until(() => upstream.open() === 0, 'closed');
    assert.equal(client.health().connections, 0);
    await client.close();
    await upstream.close();
  });

  it('follow the hint of an upstream that keeps them shorter', async () => {
    const upstream = await rawUpstream(({ socket }) => socket.write(ok('x', 'Keep-Alive: timeout=1\r\n')));
    const client = clientFor(upstream.port);
    await client.request(get());
    await client.request(get());
    assert.equal(upstream.sockets.length, 2);
    await client.close();
    await upstream.close();
  });

  it('are opened by the dialler alone', async () => {
    const upstream = await rawUpstream(({ socket, index }) => {
      if (index % 3 === 0) socket.destroy();
      else socket.end(ok('x'));
    });
    const dialler = watched();
    const client = clientFor(upstream.port, { dialler, retries: 2 });
    for (let i = 0; i < 30; i++) await client.request(get()).catch(() => {});
    assert.deepEqual([...upstream.peers].sort(), [...dialler.ports].sort());
    await client.close();
    await upstream.close();
  });

  it('in clear outside literal loopback are refused at load', () => {
    for (const url of ['http://localhost:9', 'http://192.0.2.1', 'http://svc.test', 'http://[::ffff:127.0.0.1]']) {
      assert.throws(() => clientFor(url), LoadError, url);
    }
  });
});

describe('closing', () => {
  it('lets requests under way end, refuses new ones and leaves no socket', async () => {
    const upstream = await rawUpstream(({ socket, index }) => setTimeout(() => socket.write(ok(String(index))), 50));
    const dialler = watched();
    const client = clientFor(upstream.port, { dialler, connections: 2 });
    const calls = Array.from({ length: 6 }, () => client.request(get()));
    await until(() => upstream.requests.length === 2, 'sent');
    const closed = client.close();
    await assert.rejects(client.request(get()), { code: 'ADMIT_DRAINING' });
    assert.equal((await Promise.all(calls)).length, 6);
    await closed;
    assert.ok(dialler.sockets.every((socket) => socket.destroyed));
    await until(() => upstream.open() === 0, 'closed');
    await upstream.close();
  });

  it('of a client that was never used, or is idle, is immediate', async () => {
    await clientFor(1).close();
    const upstream = await rawUpstream(({ socket }) => socket.write(ok('x')));
    const client = clientFor(upstream.port);
    await client.request(get());
    await client.close();
    await client.close();
    await until(() => upstream.open() === 0, 'closed');
    await upstream.close();
  });

  it('ends with a silent upstream at its time-out', async () => {
    const upstream = await rawUpstream(() => {});
    const client = clientFor(upstream.port, { timeouts: { connect_ms: 100, response_ms: 100, idle_ms: 100 } });
    const call = assert.rejects(client.request(get()), { code: 'FORWARD_LATE' });
    await client.close();
    await call;
    await upstream.close();
  });
});
