import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { get } from './cases/wire-case.ts';
import { FLAG, frame, getFields, headers, OPENING, PING, TYPE } from './http2-frames.ts';
import { openRaw, openTcp, type RawConnection } from './raw-client.ts';
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

/** Exactly these, in any order, and nothing more shortly after. */
async function recorded(expected: readonly (string | null)[]): Promise<void> {
  await gate.outcomesReach(first + expected.length);
  await sleep(20);
  assert.deepEqual(codes().toSorted(), [...expected].toSorted());
}

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
    await recorded(['ADMIT_TLS_LATE']);
  });

  it('half a ClientHello does not keep it open', async () => {
    const took_ms = await tcpLifetime(Buffer.from('160301020001000100', 'hex'));
    assert.ok(took_ms > 300 && took_ms < 1500, `${took_ms}`);
    await recorded(['ADMIT_TLS_LATE']);
  });

  it('bytes that are not TLS end it at once, unanswered, recorded as ADMIT_NOT_TLS', async () => {
    assert.ok((await tcpLifetime(Buffer.from(get('/api/orders')))) < 300);
    await recorded(['ADMIT_NOT_TLS']);
  });

  it('one that the client closes in the handshake is recorded as ADMIT_TLS', async () => {
    const socket = await openTcp(gate.port);
    socket.end(Buffer.from('160301020001000100', 'hex'));
    await gate.outcomesReach(first + 1);
    socket.destroy();
    await recorded(['ADMIT_TLS']);
  });
});

describe('a connection without an exchange', () => {
  it('on HTTP/1.1 ends with the idle time and is recorded as ADMIT_IDLE', async () => {
    const took_ms = await lifetime(await open('http/1.1'));
    assert.ok(took_ms > 800 && took_ms < 2000, `${took_ms}`);
    await recorded(['ADMIT_IDLE']);
  });

  it('on HTTP/2 ends with the idle time and is recorded as ADMIT_IDLE', async () => {
    const connection = await open('h2');
    connection.write(OPENING);
    const took_ms = await lifetime(connection);
    assert.ok(took_ms > 800 && took_ms < 2000, `${took_ms}`);
    await recorded(['ADMIT_IDLE']);
  });

  it('on HTTP/2 without even a preface ends all the same', async () => {
    await lifetime(await open('h2'));
    await recorded(['ADMIT_IDLE']);
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
      await recorded(['ADMIT_IDLE']);
    });
  }

  it('is not kept by line breaks that never become a request', async () => {
    const connection = await open('http/1.1');
    await drip(connection, '\r\n'.repeat(20), 100);
    assert.equal(connection.closed(), true);
    await recorded(['ADMIT_IDLE']);
  });

  it('after an exchange ends too, with nothing more to record', async () => {
    for (const alpn of ['http/1.1', 'h2']) {
      const connection = await open(alpn);
      connection.write(alpn === 'h2' ? Buffer.concat([OPENING, headers(1, getFields())]) : get('/api/orders'));
      await connection.until((received) => received.length > 100, 2000);
      const took_ms = await lifetime(connection);
      assert.ok(took_ms > 700 && took_ms < 2500, `${alpn} ${took_ms}`);
    }
    await recorded([null, null]);
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
    await recorded([null]);
  });

  it('that the client closes itself leaves no record', async () => {
    for (const alpn of ['http/1.1', 'h2']) {
      const connection = await open(alpn);
      connection.socket.end();
      await connection.untilClosed(500);
    }
    await sleep(50);
    await recorded([]);
  });
});
