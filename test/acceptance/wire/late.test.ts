import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { get, HOST, ORDER, withLength } from './cases/wire-case.ts';
import { FLAG, frame, getFields, headers, OPENING, readFrames, streamEnded, TYPE } from './http2-frames.ts';
import { openRaw, type RawConnection, readAnswers } from './raw-client.ts';
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

describe('a request that does not come to its end', () => {
  it('in its body is answered 408 after the time for bodies and recorded as ADMIT_BODY_LATE', async () => {
    const connection = await open('http/1.1');
    connection.write(withLength('100', ORDER));
    const took_ms = await lifetime(connection);
    // Which timer it was, the record says.
    assert.ok(took_ms > 400, `${took_ms}`);
    assert.deepEqual(
      readAnswers(connection.received()).answers.map(({ status }) => status),
      [408],
    );
    await recorded(['ADMIT_BODY_LATE']);
  });

  it('in its body is not kept by a byte now and then', async () => {
    const connection = await open('http/1.1');
    connection.write(withLength('100', ''));
    await drip(connection, 'x'.repeat(100), 50);
    await recorded(['ADMIT_BODY_LATE']);
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
    await recorded(['ADMIT_BODY_LATE', null]);
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
    await recorded(['FORWARD_LATE', 'FORWARD_LATE']);
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
