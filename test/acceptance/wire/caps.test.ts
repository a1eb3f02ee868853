import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { chunked, get, ORDER, withLength } from './cases/wire-case.ts';
import { data, FLAG, getFields, headers, OPENING, readFrames, streamEnded } from './http2-frames.ts';
import { type Answer, openRaw, type RawConnection, readAnswers } from './raw-client.ts';
import { sleep, startWireGate, type WireGate } from './wire-gate.ts';

let gate: WireGate;
afterEach(() => gate.stop());

const start = async (connections: string, more = '') => {
  gate = await startWireGate({ zone: `    connections: { ${connections} }\n`, api_more: more });
};
const codes = () => gate.outcomes.map(({ code }) => code);
const open = () => openRaw({ port: gate.port, client: gate.client });

/** A TCP connection that says the beginning of a ClientHello, and what came back before the gate closed it. */
async function refusedTcp(from = '127.0.0.1'): Promise<{ closed: boolean; received_bytes: number }> {
  const socket = tcp(from);
  let received_bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    received_bytes += chunk.length;
  });
  const closed = await Promise.race([closing(socket).then(() => true), sleep(500).then(() => false)]);
  socket.destroy();
  return { closed, received_bytes };
}

function tcp(from: string): Socket {
  const socket = connect({ host: '127.0.0.1', port: gate.port, localAddress: from });
  socket.on('error', () => undefined);
  socket.on('connect', () => socket.write(Buffer.from('160301020001000100', 'hex')));
  return socket;
}

/** Closed in any way: a refused connection may be reset before the client sees it open. */
function closing(socket: Socket): Promise<unknown> {
  return new Promise((resolve) => socket.once('close', resolve));
}

async function answerTo(connection: RawConnection, bytes: string): Promise<Answer | undefined> {
  connection.write(bytes);
  await connection.until((received) => readAnswers(received).answers.length > 0, 2000);
  return readAnswers(connection.received()).answers[0];
}

describe('connections', () => {
  it('beyond those of a source are closed without a byte of TLS and recorded as ADMIT_CONNECTIONS', async () => {
    await start('per_source: 3, new_per_source: 1000/1s');
    const held = [await open(), await open(), await open()];
    assert.deepEqual(await refusedTcp(), { closed: true, received_bytes: 0 });
    await gate.outcomesReach(1);
    assert.deepEqual(codes(), ['ADMIT_CONNECTIONS']);
    assert.equal(gate.outcomes[0]!.tls, null);
    // Another source has room, and so has this one when a place is given back.
    assert.deepEqual(await refusedTcp('127.0.0.2'), { closed: false, received_bytes: 0 });
    held[0]!.destroy();
    await sleep(50);
    const next = await open();
    assert.equal((await answerTo(next, get('/api/orders')))?.status, 200);
    for (const connection of [...held, next]) connection.destroy();
  });

  it('beyond those of the listener are closed alike, whatever their source', async () => {
    await start('total: 2, new_per_source: 1000/1s');
    const held = [await open(), await open()];
    assert.deepEqual(await refusedTcp('127.0.0.3'), { closed: true, received_bytes: 0 });
    await gate.outcomesReach(1);
    assert.deepEqual(codes(), ['ADMIT_CONNECTIONS']);
    for (const connection of held) connection.destroy();
  });

  it('opened faster than a source may are closed without a byte of TLS and recorded as ADMIT_HANDSHAKES', async () => {
    await start('new_per_source: 3/1h');
    const held = [await open(), await open(), await open()];
    assert.deepEqual(await refusedTcp(), { closed: true, received_bytes: 0 });
    await gate.outcomesReach(1);
    assert.deepEqual(codes(), ['ADMIT_HANDSHAKES']);
    assert.deepEqual(await refusedTcp('127.0.0.2'), { closed: false, received_bytes: 0 });
    for (const connection of held) connection.destroy();
  });

  it('refused in a flood do not make a flood of records, and every one of them is counted', async () => {
    await start('new_per_source: 1/1h');
    const held = await open();
    const flood = 600;
    const begun = performance.now();
    for (let at = 0; at < flood; at += 20) {
      await Promise.all(Array.from({ length: 20 }, () => refusedTcp()));
    }
    assert.equal((await answerTo(held, get('/api/orders')))?.status, 200);
    const seconds = Math.ceil((performance.now() - begun) / 1000) + 1;
    await gate.drain();
    const refused = gate.outcomes.filter(({ code }) => code === 'ADMIT_HANDSHAKES');
    assert.ok(refused.length <= 21 * seconds, `${refused.length} records in ${seconds} s`);
    const counted = refused.map(({ reason }) => Number(/^repeated (\d+) times$/.exec(reason ?? '')?.[1] ?? 1));
    assert.equal(
      counted.reduce((sum, count) => sum + count, 0),
      flood,
    );
    held.destroy();
  });
});

describe('bytes', () => {
  it('beyond those of a source end its connections and are recorded as ADMIT_BYTES', async () => {
    await start('bytes_per_source: 64KiB/1s, new_per_source: 1000/1s', '    limits: { body: 8MiB }');
    const connection = await open();
    connection.write(withLength('1000000', ''));
    for (let sent = 0; sent < 500_000 && !connection.closed(); sent += 20_000) connection.write('x'.repeat(20_000));
    assert.equal(await connection.untilClosed(3000), true);
    await gate.outcomesReach(2);
    assert.deepEqual(codes().toSorted(), ['ADMIT_BYTES', 'CLIENT_GONE']);
  });
});

describe('a header section over 16 KiB', () => {
  it('is answered 431 on HTTP/1.1, and what follows it is not read', async () => {
    await start('new_per_source: 1000/1s');
    const connection = await open();
    const answer = await answerTo(
      connection,
      get('/api/orders', `${'X: y\r\n'.repeat(10)}Y: ${'z'.repeat(17_000)}\r\n`),
    );
    assert.equal(answer?.status, 431);
    assert.equal(await connection.untilClosed(1000), true);
    assert.deepEqual(codes(), ['ADMIT_HEADERS_TOO_LARGE']);
  });
});

describe('a body over the limit', () => {
  const LIMITED = '    limits: { body: 1KiB }';
  const LONG = `{"item":"${'b'.repeat(2000)}"}`;

  it('is answered 413 by its declared length, before a byte of it is read', async () => {
    await start('new_per_source: 1000/1s', LIMITED);
    const connection = await open();
    assert.equal((await answerTo(connection, withLength(`${LONG.length}`, '')))?.status, 413);
    assert.equal(await connection.untilClosed(1000), true);
    assert.deepEqual(codes(), ['LIMIT_BODY']);
    assert.equal(gate.upstream.received.length, 0);
  });

  it('is answered 413 when chunks go beyond it, without waiting for their end', async () => {
    await start('new_per_source: 1000/1s', LIMITED);
    const connection = await open();
    const chunk = `100\r\n${'b'.repeat(256)}\r\n`;
    assert.equal((await answerTo(connection, chunked(chunk.repeat(5))))?.status, 413);
    assert.equal(await connection.untilClosed(1000), true);
    assert.deepEqual(codes(), ['LIMIT_BODY']);
  });

  it('is refused on HTTP/2 alike, declared or not, and the connection lives on', async () => {
    await start('new_per_source: 1000/1s', LIMITED);
    const connection = await openRaw({ port: gate.port, client: gate.client, alpn: ['h2'] });
    const post = (stream: number, ...more: [string, string][]) =>
      headers(
        stream,
        getFields({ ':method': 'POST' }, [['content-type', 'application/json'], ...more]),
        FLAG.end_headers,
      );
    connection.write(
      Buffer.concat([OPENING, post(1, ['content-length', '2011']), post(3), data(3, LONG), post(5), data(5, ORDER)]),
    );
    await connection.until((received) => [1, 3, 5].every((stream) => streamEnded(readFrames(received), stream)), 2000);
    await gate.outcomesReach(3);
    assert.deepEqual(codes().toSorted(), ['LIMIT_BODY', 'LIMIT_BODY', null].toSorted());
    assert.equal(gate.upstream.received.length, 1);
    connection.destroy();
  });
});
