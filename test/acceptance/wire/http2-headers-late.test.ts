import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { FLAG, getFields, headers, OPENING, PING, readFrames, streamEnded } from './http2-frames.ts';
import { openRaw } from './raw-client.ts';
import { sleep, startWireGate, type WireGate } from './wire-gate.ts';

/** Idle and total are far above the time for headers here, so that nothing else can end the connection. */
const LONG_IDLE = `    connections:
      new_per_source: 100000/1s
    timeouts: { handshake: 1s, headers: 1s, body: 20s, idle: 30s, total: 30s }
`;

let gate: WireGate;
let first = 0;
before(async () => {
  gate = await startWireGate({ zone: LONG_IDLE });
});
beforeEach(() => {
  first = gate.outcomes.length;
});
after(() => gate.stop());

/** Waits until the refusal is on record: the connection ends at once, the disk a little later. */
async function lateOnRecord(): Promise<void> {
  for (let tries = 0; tries < 100 && !codes().includes('ADMIT_HEADERS_LATE'); tries++) await sleep(20);
  assert.equal(codes().filter((code) => code === 'ADMIT_HEADERS_LATE').length, 1, codes().join());
}

/** Waits for the answer of a stream, and for its record. */
async function answered(connection: { received(): Buffer }, stream: number, records: number): Promise<void> {
  const is_over = () => streamEnded(readFrames(connection.received()), stream) && codes().length >= records;
  for (let tries = 0; tries < 200 && !is_over(); tries++) await sleep(20);
  assert.ok(is_over(), `stream ${stream}`);
}

const codes = () => gate.outcomes.slice(first).map(({ code }) => code);
const open = () => openRaw({ port: gate.port, client: gate.client, alpn: ['h2'] });

describe('an HTTP/2 header section that does not come to its end', () => {
  it('in the middle of its frame is refused after the time for headers and recorded as ADMIT_HEADERS_LATE', async () => {
    const connection = await open();
    const whole = headers(1, getFields());
    connection.write(Buffer.concat([OPENING, whole.subarray(0, whole.length - 5)]));
    assert.equal(await connection.untilClosed(4000), true, 'the gate does not close');
    await lateOnRecord();
  });

  it('before its CONTINUATION is refused alike, also after a request that was answered', async () => {
    const connection = await open();
    connection.write(Buffer.concat([OPENING, headers(1, getFields())]));
    await answered(connection, 1, 1);
    connection.write(headers(3, getFields(), FLAG.end_stream));
    assert.equal(await connection.untilClosed(4000), true, 'the gate does not close');
    assert.equal(codes()[0], null);
    await lateOnRecord();
  });

  it('is not what a quiet client that pings has: its connection stays, and its next request is answered', async () => {
    const connection = await open();
    connection.write(Buffer.concat([OPENING, headers(1, getFields())]));
    for (let ping = 0; ping < 7; ping++) {
      await sleep(400);
      connection.write(PING);
    }
    assert.equal(connection.closed(), false);
    connection.write(headers(3, getFields()));
    await answered(connection, 3, 2);
    assert.deepEqual(codes(), [null, null]);
    connection.destroy();
  });
});
