import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { createDialler } from '../../src/core/resolver/index.ts';
import { clientFor, get, now, ok, post, rawUpstream, until, watched } from './upstreams.ts';

const short = { connect_ms: 500, response_ms: 80, idle_ms: 80 };

describe('a retry', () => {
  it('is made for a safe request whose connection broke before the first byte of the answer', async () => {
    const upstream = await rawUpstream(({ socket, index }) =>
      index === 0 ? socket.destroy() : socket.write(ok('good')),
    );
    const client = clientFor(upstream.port, { retries: 1 });
    const answer = await client.request(get());
    assert.equal(answer.body.toString(), 'good');
    assert.equal(answer.attempts, 2);
    await client.close();
    await upstream.close();
  });

  it('is made for a safe request that got no answer in time', async () => {
    const upstream = await rawUpstream(({ socket, index }) => index > 0 && socket.write(ok('good')));
    const client = clientFor(upstream.port, { retries: 1, timeouts: short });
    assert.equal((await client.request(get())).attempts, 2);
    await client.close();
    await upstream.close();
  });

  it('is never made for an unsafe request that was written', async () => {
    const upstream = await rawUpstream(({ socket }) => socket.destroy());
    const client = clientFor(upstream.port, { retries: 5 });
    await assert.rejects(client.request(post()), { code: 'FORWARD_BROKEN' });
    assert.equal(upstream.requests.length, 1);
    await client.close();
    await upstream.close();
  });

  it('is never made once a byte of the answer arrived', async () => {
    const upstream = await rawUpstream(({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab'));
    const client = clientFor(upstream.port, { retries: 5 });
    await assert.rejects(client.request(get()), { code: 'FORWARD_BROKEN' });
    assert.equal(upstream.requests.length, 1);
    await client.close();
    await upstream.close();
  });

  it('is made no more often than allowed', async () => {
    const upstream = await rawUpstream(({ socket }) => socket.destroy());
    const client = clientFor(upstream.port, { retries: 2 });
    await assert.rejects(client.request(get()), { code: 'FORWARD_BROKEN' });
    assert.equal(upstream.requests.length, 3);
    await client.close();
    await upstream.close();
  });

  it('is not made after the deadline', async () => {
    const upstream = await rawUpstream(() => {});
    const client = clientFor(upstream.port, { retries: 100, timeouts: short });
    const start_ms = now();
    await assert.rejects(client.request(get({ deadline_ms: start_ms + 150 })), { code: 'FORWARD_LATE' });
    assert.ok(now() - start_ms < 400);
    assert.ok(upstream.requests.length <= 2);
    await client.close();
    await upstream.close();
  });

  it('of an unsafe request is made when the connection could not be opened', async () => {
    const upstream = await rawUpstream(({ socket }) => socket.write(ok('good')));
    let dials = 0;
    const real = createDialler({ lookup: async () => [], now });
    const dialler = watched({
      ...real,
      dial: (target) => real.dial(dials++ === 0 ? { ...target, port: 1 } : target),
    });
    const client = clientFor(upstream.port, { retries: 1, dialler });
    assert.equal((await client.request(post())).attempts, 2);
    assert.equal(upstream.requests.length, 1);
    await client.close();
    await upstream.close();
  });
});

describe('an upstream that', () => {
  it('is not there is unreachable, for all who wait', async () => {
    const client = clientFor(1, { connections: 2, retries: 1 });
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => client.request(post())));
    for (const outcome of outcomes)
      assert.equal(outcome.status === 'rejected' && outcome.reason.code, 'FORWARD_UNREACHABLE');
    await client.close();
  });

  it('accepts and never answers is late, and the connection is closed', async () => {
    const upstream = await rawUpstream(() => {});
    const client = clientFor(upstream.port, { timeouts: short });
    await assert.rejects(client.request(post()), { code: 'FORWARD_LATE', detail: { reason: 'response' } });
    await until(() => upstream.open() === 0, 'closed');
    await client.close();
    await upstream.close();
  });

  it('stops in the middle of the body is late', async () => {
    const upstream = await rawUpstream(({ socket }) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nab'));
    const client = clientFor(upstream.port, { timeouts: short });
    await assert.rejects(client.request(get()), { code: 'FORWARD_LATE', detail: { reason: 'body' } });
    await client.close();
    await upstream.close();
  });

  it('trickles for ever is late at the deadline', async () => {
    const timers: NodeJS.Timeout[] = [];
    const upstream = await rawUpstream(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n');
      timers.push(setInterval(() => socket.write('x'), 10));
    });
    const client = clientFor(upstream.port, { timeouts: short });
    await assert.rejects(client.request(get({ deadline_ms: now() + 200 })), {
      code: 'FORWARD_LATE',
      detail: { reason: 'deadline' },
    });
    for (const timer of timers) clearInterval(timer);
    assert.equal(
      client.health().addresses[0]?.consecutive_failures,
      0,
      'a caller in a hurry says nothing about the address',
    );
    await client.close();
    await upstream.close();
  });

  it('is reset in the middle of the answer is broken', async () => {
    const upstream = await rawUpstream(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nab', () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      );
    });
    const client = clientFor(upstream.port, { retries: 3 });
    await assert.rejects(client.request(get()), { code: 'FORWARD_BROKEN' });
    await client.close();
    await upstream.close();
  });
});

describe('waiting for a connection', () => {
  it('is bounded: who comes when the queue is full is refused at once', async () => {
    const held: Socket[] = [];
    const upstream = await rawUpstream(({ socket }) => held.push(socket));
    const client = clientFor(upstream.port, { connections: 2, queue: 3 });
    const calls = Array.from({ length: 5 }, () => client.request(get()));
    await until(() => held.length === 2, 'two on their way');
    await assert.rejects(client.request(get()), { code: 'FORWARD_BUSY' });
    const { connections, idle, waiting } = client.health();
    assert.deepEqual({ connections, idle, waiting }, { connections: 2, idle: 0, waiting: 3 });
    for (let i = 0; i < 5; i++) {
      await until(() => held.length > i, 'the next');
      held[i]?.write(ok('x'));
    }
    await Promise.all(calls);
    assert.equal(upstream.sockets.length, 2);
    await client.close();
    await upstream.close();
  });

  it('ends at the deadline', async () => {
    const upstream = await rawUpstream(() => {});
    const client = clientFor(upstream.port, { connections: 1, timeouts: { ...short, response_ms: 2_000 } });
    const first = client.request(get({ deadline_ms: now() + 200 }));
    await assert.rejects(client.request(get({ deadline_ms: now() + 50 })), { code: 'FORWARD_LATE' });
    assert.equal(client.health().waiting, 0);
    await assert.rejects(first, { code: 'FORWARD_LATE' });
    assert.equal(upstream.requests.length, 1);
    await client.close();
    await upstream.close();
  });

  it('for a handshake that never ends is late', async () => {
    const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    assert.ok(bound !== null && typeof bound === 'object');
    const client = clientFor(`https://127.0.0.1:${bound.port}`, { timeouts: { ...short, connect_ms: 80 } });
    await assert.rejects(client.request(get()), { code: 'FORWARD_LATE' });
    await client.close();
    server.close();
  });
});

/** Tells of a caller that leaves, at once where it has left. */
const onAbort = (signal: AbortSignal) => (leave: () => void) => {
  if (signal.aborted) leave();
  else signal.addEventListener('abort', leave, { once: true });
};

describe('a caller who leaves', () => {
  it('ends the exchange in every state and frees what it held', async () => {
    const upstream = await rawUpstream(
      ({ socket, index }) => index === 1 && socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nab'),
    );
    const client = clientFor(upstream.port, { connections: 1 });
    const leave = new AbortController();
    const sent = client.request(get({ onGone: onAbort(leave.signal) }));
    const waiting = client.request(get({ onGone: onAbort(leave.signal) }));
    await until(() => upstream.requests.length === 1, 'sent');
    leave.abort();
    await assert.rejects(sent, { code: 'CLIENT_GONE' });
    await assert.rejects(waiting, { code: 'CLIENT_GONE' });
    await assert.rejects(client.request(get({ onGone: onAbort(leave.signal) })), { code: 'CLIENT_GONE' });

    const again = new AbortController();
    const reading = client.request(get({ onGone: onAbort(again.signal) }));
    await until(() => upstream.requests.length === 2, 'sent');
    setTimeout(() => again.abort(), 20);
    await assert.rejects(reading, { code: 'CLIENT_GONE' });
    await until(() => upstream.open() === 0, 'closed');
    const { addresses, ...counts } = client.health();
    assert.deepEqual([counts.connections, counts.idle, counts.waiting], [0, 0, 0]);
    assert.equal(addresses[0]?.in_flight, 0);
    assert.equal(addresses[0]?.consecutive_failures, 0);
    await client.close();
    await upstream.close();
  });
});
