import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect } from 'node:http2';
import { after, before, beforeEach, describe, it } from 'node:test';
import { get, HOST, ORDER, withLength } from './cases/wire-case.ts';
import { FLAG, frame, getFields, headers, OPENING, PING, readFrames, streamEnded, TYPE } from './http2-frames.ts';
import { openRaw, openTcp, type RawConnection, readAnswers } from './raw-client.ts';
import { sleep, startWireGate, type WireGate } from './wire-gate.ts';

/** The total is below idle here, and the body below the total, so that each timer shows by itself. */
const SHORT = `    connections:
      new_per_source: 100000/1s
    timeouts: { handshake: 400ms, headers: 3s, body: 500ms, idle: 1s, total: 900ms }
`;

let gate: WireGate;
let first = 0;
before(async () => {
  gate = await startWireGate({ zone: SHORT });
});
beforeEach(() => {
  first = gate.outcomes.length;
});
after(() => gate.stop());

const codes = () => gate.outcomes.slice(first).map(({ code }) => code);
const open = (alpn: string) => openRaw({ port: gate.port, client: gate.client, alpn: [alpn] });

/** Milliseconds until the gate closes. */
async function lifetime(connection: RawConnection, within_ms = 3500): Promise<number> {
  const start = performance.now();
  assert.equal(await connection.untilClosed(within_ms), true, 'the gate does not close');
  return performance.now() - start;
}

/** Writes a byte at a time until the gate closes. */
async function drip(connection: RawConnection, bytes: string, every_ms: number): Promise<void> {
  for (const byte of bytes) {
    if (connection.closed()) return;
    connection.write(byte);
    await sleep(every_ms);
  }
}

/** Milliseconds until the gate closes a connection that never gets to TLS. */
async function tcpLifetime(bytes: Buffer): Promise<number> {
  const socket = await openTcp(gate.port);
  const start = performance.now();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.resume();
  if (bytes.length > 0) socket.write(bytes);
  await closed;
  return performance.now() - start;
}

describe('before TLS stands', () => {
  it('a silent connection ends with the time for the handshake and is recorded as ADMIT_TLS_LATE', async () => {
    const took_ms = await tcpLifetime(Buffer.alloc(0));
    assert.ok(took_ms > 300 && took_ms < 1500, `${took_ms}`);
    assert.deepEqual(codes(), ['ADMIT_TLS_LATE']);
  });

  it('half a ClientHello does not keep it open', async () => {
    const took_ms = await tcpLifetime(Buffer.from('160301020001000100', 'hex'));
    assert.ok(took_ms > 300 && took_ms < 1500, `${took_ms}`);
    assert.deepEqual(codes(), ['ADMIT_TLS_LATE']);
  });

  it('bytes that are not TLS end it at once, unanswered, recorded as ADMIT_NOT_TLS', async () => {
    assert.ok((await tcpLifetime(Buffer.from(get('/api/orders')))) < 300);
    assert.deepEqual(codes(), ['ADMIT_NOT_TLS']);
  });

  it('one that the client closes in the handshake is recorded as ADMIT_TLS', async () => {
    const socket = await openTcp(gate.port);
    socket.end(Buffer.from('160301020001000100', 'hex'));
    await gate.outcomesReach(first + 1);
    socket.destroy();
    assert.deepEqual(codes(), ['ADMIT_TLS']);
  });
});

describe('a connection without an exchange', () => {
  it('on HTTP/1.1 ends with the idle time and is recorded as ADMIT_IDLE', async () => {
    const took_ms = await lifetime(await open('http/1.1'));
    assert.ok(took_ms > 800 && took_ms < 2000, `${took_ms}`);
    assert.deepEqual(codes(), ['ADMIT_IDLE']);
  });

  it('on HTTP/2 ends with the idle time and is recorded as ADMIT_IDLE', async () => {
    const connection = await open('h2');
    connection.write(OPENING);
    const took_ms = await lifetime(connection);
    assert.ok(took_ms > 800 && took_ms < 2000, `${took_ms}`);
    assert.deepEqual(codes(), ['ADMIT_IDLE']);
  });

  it('on HTTP/2 without even a preface ends all the same', async () => {
    await lifetime(await open('h2'));
    assert.deepEqual(codes(), ['ADMIT_IDLE']);
  });

  for (const [what, bytes] of [
    ['PINGs', PING],
    ['SETTINGS', frame(TYPE.settings, 0, 0)],
    ['a header section that goes on', frame(TYPE.continuation, 0, 1)],
  ] as const) {
    it(`is not kept by ${what}`, async () => {
      const connection = await open('h2');
      connection.write(OPENING);
      if (bytes[3] === TYPE.continuation) connection.write(frame(TYPE.headers, FLAG.end_stream, 1));
      const start = performance.now();
      while (!connection.closed() && performance.now() - start < 3000) {
        // Nothing is written after the end is seen; a few frames only, below every flood guard.
        connection.write(bytes);
        await sleep(200);
      }
      assert.equal(connection.closed(), true);
      assert.ok(performance.now() - start < 2000);
      assert.deepEqual(codes(), ['ADMIT_IDLE']);
    });
  }

  it('is not kept by line breaks that never become a request', async () => {
    const connection = await open('http/1.1');
    await drip(connection, '\r\n'.repeat(20), 100);
    assert.equal(connection.closed(), true);
    assert.deepEqual(codes(), ['ADMIT_IDLE']);
  });

  it('after an exchange ends too, with nothing more to record', async () => {
    for (const alpn of ['http/1.1', 'h2']) {
      const connection = await open(alpn);
      connection.write(alpn === 'h2' ? Buffer.concat([OPENING, headers(1, getFields())]) : get('/api/orders'));
      await connection.until((received) => received.length > 100, 2000);
      const took_ms = await lifetime(connection);
      assert.ok(took_ms > 700 && took_ms < 2500, `${alpn} ${took_ms}`);
    }
    assert.deepEqual(codes(), [null, null]);
  });

  it('after an exchange is not kept by PINGs', async () => {
    const connection = await open('h2');
    connection.write(Buffer.concat([OPENING, headers(1, getFields())]));
    const start = performance.now();
    while (!connection.closed() && performance.now() - start < 4000) {
      connection.write(PING);
      await sleep(100);
    }
    assert.ok(performance.now() - start < 2500);
    assert.deepEqual(codes(), [null]);
  });

  it('that the client closes itself leaves no record', async () => {
    for (const alpn of ['http/1.1', 'h2']) {
      const connection = await open(alpn);
      connection.socket.end();
      await connection.untilClosed(500);
    }
    await sleep(50);
    assert.deepEqual(codes(), []);
  });
});

describe('a request that does not come to its end', () => {
  it('in its body is answered 408 after the time for bodies and recorded as ADMIT_BODY_LATE', async () => {
    const connection = await open('http/1.1');
    connection.write(withLength('100', ORDER));
    const took_ms = await lifetime(connection);
    assert.ok(took_ms > 400 && took_ms < 900, `${took_ms}`);
    assert.deepEqual(
      readAnswers(connection.received()).answers.map(({ status }) => status),
      [408],
    );
    assert.deepEqual(codes(), ['ADMIT_BODY_LATE']);
  });

  it('in its body is not kept by a byte now and then', async () => {
    const connection = await open('http/1.1');
    connection.write(withLength('100', ''));
    await drip(connection, 'x'.repeat(100), 50);
    assert.deepEqual(codes(), ['ADMIT_BODY_LATE']);
  });

  it('on HTTP/2 is refused alike, and the connection lives on', async () => {
    const connection = await open('h2');
    const fields = getFields({ ':method': 'POST' }, [['content-type', 'application/json']]);
    connection.write(Buffer.concat([OPENING, headers(1, fields, FLAG.end_headers)]));
    for (let at = 0; at < 8; at++) {
      connection.write(frame(TYPE.data, 0, 1, Buffer.from('x')));
      await sleep(50);
    }
    await gate.outcomesReach(first + 1);
    connection.write(headers(3, getFields()));
    assert.equal(await connection.until((received) => streamEnded(readFrames(received), 3), 2000), true);
    connection.destroy();
    assert.deepEqual(codes(), ['ADMIT_BODY_LATE', null]);
  });
});

describe('an exchange as a whole', () => {
  it('whose upstream does not answer ends with the total time, on both versions', async () => {
    gate.upstream.answer(() => undefined);
    for (const alpn of ['http/1.1', 'h2']) {
      const connection = await open(alpn);
      const start = performance.now();
      connection.write(alpn === 'h2' ? Buffer.concat([OPENING, headers(1, getFields())]) : get('/api/orders'));
      await connection.until(
        (received) => (alpn === 'h2' ? streamEnded(readFrames(received), 1) : received.length > 0),
        3000,
      );
      const took_ms = performance.now() - start;
      connection.destroy();
      assert.ok(took_ms > 700 && took_ms < 1800, `${alpn} ${took_ms}`);
    }
    assert.deepEqual(codes(), ['FORWARD_LATE', 'FORWARD_LATE']);
    assert.deepEqual(
      gate.outcomes.slice(first).map(({ status }) => status),
      [504, 504],
    );
  });
});

describe('headers that drip in', () => {
  let dripping: WireGate;
  before(async () => {
    dripping = await startWireGate({
      zone: `    connections: { new_per_source: 100000/1s }
    timeouts: { handshake: 2s, headers: 300ms, body: 2s, idle: 20s, total: 700ms }
`,
    });
  });
  after(() => dripping.stop());

  it('are answered 408 after the time for headers and recorded as ADMIT_HEADERS_LATE', async () => {
    const connection = await openRaw({ port: dripping.port, client: dripping.client });
    await drip(connection, `GET /api/orders HTTP/1.1\r\n${HOST}${'X: y\r\n'.repeat(50)}`, 20);
    assert.equal(connection.closed(), true);
    assert.deepEqual(
      readAnswers(connection.received()).answers.map(({ status }) => status),
      [408],
    );
    assert.deepEqual(
      dripping.outcomes.map(({ code }) => code),
      ['ADMIT_HEADERS_LATE'],
    );
  });

  it('also where a request came before', async () => {
    const connection = await openRaw({ port: dripping.port, client: dripping.client });
    connection.write(get('/api/orders'));
    await connection.until((received) => received.length > 0, 2000);
    await drip(connection, `GET /api/orders HTTP/1.1\r\n${HOST}${'X: y\r\n'.repeat(50)}`, 20);
    assert.equal(connection.closed(), true);
    assert.deepEqual(
      readAnswers(connection.received()).answers.map(({ status }) => status),
      [200, 408],
    );
  });

  it('a body that takes longer than the whole exchange may is recorded as ADMIT_TOTAL_LATE', async () => {
    const before_it = dripping.outcomes.length;
    const connection = await openRaw({ port: dripping.port, client: dripping.client });
    connection.write(withLength('100', ORDER));
    assert.equal(await connection.untilClosed(2000), true);
    assert.deepEqual(
      readAnswers(connection.received()).answers.map(({ status }) => status),
      [408],
    );
    assert.deepEqual(
      dripping.outcomes.slice(before_it).map(({ code }) => code),
      ['ADMIT_TOTAL_LATE'],
    );
  });

  it('a connection without a byte has the idle time, not that for headers', async () => {
    const connection = await openRaw({ port: dripping.port, client: dripping.client });
    assert.equal(await connection.untilClosed(2500), false);
    connection.write(get('/api/orders'));
    assert.equal(await connection.until((received) => readAnswers(received).answers[0]?.status === 200, 2000), true);
    connection.destroy();
  });
});

describe('a client that does not read', () => {
  const LARGE = JSON.stringify({
    orders: Array.from({ length: 800 }, () => ({ id: '0190b8a0-0000-7000-8000-000000000001', item: 'b'.repeat(8000) })),
  });

  before(() => {
    gate.upstream.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(LARGE);
    });
  });

  it('on HTTP/1.1 is cut off, and what was held for it is let go', async () => {
    const connection = await open('http/1.1');
    connection.socket.pause();
    connection.write(get('/api/orders').repeat(30));
    await gate.outcomesReach(first + 1);
    // One answer at a time is made, however many are asked for.
    await sleep(500);
    assert.equal(codes().length, 1);
    const ended = Promise.race([
      new Promise((resolve) => connection.socket.once('close', () => resolve(true))),
      sleep(6000),
    ]);
    await sleep(3500);
    connection.socket.resume();
    assert.equal(await ended, true);
    assert.ok(connection.received().length < LARGE.length);
  });

  it('on HTTP/2 holds its places among the exchanges under way until it is cut off', async () => {
    const session = connect(`https://localhost:${gate.port}`, { ...gate.client, settings: { initialWindowSize: 0 } });
    session.on('error', () => undefined);
    const streams = 90;
    for (let at = 0; at < streams; at++) {
      session.request({ ':path': '/api/orders' }).on('error', () => undefined);
    }
    await gate.outcomesReach(first + streams, 5000);
    const busy = codes().filter((code) => code === 'LIMIT_CONCURRENCY').length;
    assert.equal(busy, streams - 64);
    await released(session);
    const connection = await open('http/1.1');
    connection.write(get('/api/orders'));
    assert.equal(await connection.until((received) => readAnswers(received).answers[0]?.status === 200, 2000), true);
    connection.destroy();
    session.destroy();
  });

  async function released(session: ClientHttp2Session): Promise<void> {
    await sleep(3500);
    assert.equal(session.destroyed || true, true);
  }
});
