import assert from 'node:assert/strict';
import { connect } from 'node:http2';
import { after, before, beforeEach, describe, it } from 'node:test';
import { get } from './cases/wire-case.ts';
import { openRaw, readAnswers } from './raw-client.ts';
import { sleep, startWireGate, type WireGate } from './wire-gate.ts';

const SHORT = `    connections:
      new_per_source: 100000/1s
    timeouts: { handshake: 400ms, headers: 3s, body: 500ms, idle: 1s, total: 900ms }
`;
/** An answer that is not taken has twice the total time, looked after once a second. */
const CUT_OFF_MS = 3500;
/** limits.concurrency.machine, by default. */
const PLACES = 64;

const ORDER = { id: '0190b8a0-0000-7000-8000-000000000001', item: 'b'.repeat(90) };
const LARGE = JSON.stringify({ orders: new Array(1000).fill({ ...ORDER, item: 'b'.repeat(7000) }) });
const MIDDLING = JSON.stringify({ orders: new Array(1000).fill(ORDER) });

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

function answerWith(body: string): void {
  gate.upstream.answer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(body);
  });
}

/** The status of a call on a new connection. */
async function statusOfCall(): Promise<number | undefined> {
  const connection = await openRaw({ port: gate.port, client: gate.client });
  connection.write(get('/api/orders'));
  await connection.until((received) => readAnswers(received).answers.length > 0, 2000);
  connection.destroy();
  return readAnswers(connection.received()).answers[0]?.status;
}

describe('a client that does not read', () => {
  it('on HTTP/1.1 gets one answer made at a time, is cut off, and what was held for it is let go', async () => {
    answerWith(LARGE);
    const connection = await openRaw({ port: gate.port, client: gate.client });
    connection.socket.pause();
    connection.write(get('/api/orders').repeat(30));
    await gate.outcomesReach(first + 1);
    await sleep(CUT_OFF_MS);
    assert.deepEqual(codes(), [null]);
    assert.equal(gate.upstream.received.length, 1);
    connection.socket.resume();
    assert.equal(await connection.untilClosed(2000), true);
    assert.equal(readAnswers(connection.received()).answers.length, 0);
  });

  it('on HTTP/2 holds its places among the exchanges under way until it is cut off', async () => {
    answerWith(MIDDLING);
    const session = connect(`https://localhost:${gate.port}`, { ...gate.client, settings: { initialWindowSize: 0 } });
    session.on('error', () => undefined);
    const streams = PLACES + 20;
    for (let at = 0; at < streams; at++) session.request({ ':path': '/api/orders' }).on('error', () => undefined);
    await gate.outcomesReach(first + streams, 5000);
    assert.equal(codes().filter((code) => code === 'LIMIT_CONCURRENCY').length, streams - PLACES);
    assert.equal(await statusOfCall(), 429);
    await sleep(CUT_OFF_MS);
    answerWith('{"orders":[]}');
    assert.equal(await statusOfCall(), 200);
    session.destroy();
  });
});
