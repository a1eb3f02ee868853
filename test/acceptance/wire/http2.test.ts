import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { HTTP2_CASES, type Http2Case } from './cases/http2.ts';
import { get, ORDER } from './cases/wire-case.ts';
import {
  data,
  FLAG,
  frame,
  getFields,
  headers,
  OPENING,
  readFrames,
  reset,
  streamEnded,
  TYPE,
  uint32,
} from './http2-frames.ts';
import { openRaw, type RawConnection, readAnswers } from './raw-client.ts';
import { startWireGate, type WireGate } from './wire-gate.ts';

const SHORT = `    connections:
      new_per_source: 100000/1s
    timeouts: { handshake: 2s, headers: 2s, body: 300ms, idle: 5s, total: 5s }
`;

let gate: WireGate;
before(async () => {
  gate = await startWireGate({ zone: SHORT });
});
after(() => gate.stop());

async function open(): Promise<RawConnection> {
  return openRaw({ port: gate.port, client: gate.client, alpn: ['h2'] });
}

/** A well-formed request of another machine, on a connection of its own, is answered. */
async function isServed(): Promise<boolean> {
  const connection = await openRaw({ port: gate.port, client: gate.reader });
  connection.write(get('/api/orders'));
  await connection.until((received) => readAnswers(received).answers.length > 0, 2000);
  connection.destroy();
  return readAnswers(connection.received()).answers[0]?.status === 200;
}

async function holds({ send, outcomes, ends }: Http2Case): Promise<void> {
  const first = gate.outcomes.length;
  const reached = gate.upstream.received.length;
  const connection = await open();
  connection.write(Buffer.concat([OPENING, send]));
  const stream = send.length > 0 ? send.readUInt32BE(5) : 1;
  const ended =
    ends === 'connection'
      ? await connection.untilClosed(2000)
      : await connection.until((received) => streamEnded(readFrames(received), stream), 2000);
  assert.equal(ended, true, `the ${ends} does not end`);
  connection.destroy();
  await gate.outcomesReach(first + outcomes.length);
  assert.equal(await isServed(), true);
  await gate.outcomesReach(first + outcomes.length + 1);
  const codes = gate.outcomes.slice(first).map(({ code }) => code);
  assert.deepEqual(codes.toSorted(), [...outcomes, null].toSorted());
  const seen = gate.upstream.received.slice(reached);
  assert.equal(seen.length, codes.filter((code) => code === null).length);
  assert.doesNotMatch(JSON.stringify(seen), /x-request-tag|x-evil/);
}

describe('HTTP/2 frames that are no good request', () => {
  for (const one of HTTP2_CASES) {
    const [code] = one.outcomes;
    it(`${one.name}: ${code === null ? 'allowed' : `refused and recorded as ${one.outcomes.join(' and ')}`}`, () =>
      holds(one));
  }
});

const times = (count: number, make: (at: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, at) => make(at)));
const numbered = (at: number) => 2 * at + 1;
const post = (stream: number) =>
  headers(stream, getFields({ ':method': 'POST' }, [['content-type', 'application/json']]), FLAG.end_headers);

describe('HTTP/2 floods', () => {
  const floods: Record<string, Buffer> = {
    'CONTINUATION frames without a byte': Buffer.concat([
      frame(TYPE.headers, FLAG.end_stream, 1),
      times(20_000, () => frame(TYPE.continuation, 0, 1)),
    ]),
    'CONTINUATION frames full of fields': Buffer.concat([
      frame(TYPE.headers, FLAG.end_stream, 1),
      times(500, () => frame(TYPE.continuation, 0, 1, Buffer.alloc(16_000, 0x82))),
    ]),
    SETTINGS: times(20_000, () => frame(TYPE.settings, 0, 0)),
    PING: times(20_000, () => frame(TYPE.ping, 0, 0, Buffer.alloc(8))),
    'DATA frames without a byte': Buffer.concat([post(1), times(20_000, () => data(1, '', 0))]),
    'frames of a type nobody knows': times(20_000, () => frame(0xfe, 0, 0)),
    'streams opened and reset, 1,000 of them': times(1000, (at) =>
      Buffer.concat([headers(numbered(at), getFields()), reset(numbered(at))]),
    ),
    'streams opened and reset, 10,000 of them': times(10_000, (at) =>
      Buffer.concat([headers(numbered(at), getFields()), reset(numbered(at))]),
    ),
    'streams opened and left open': times(1000, (at) => post(numbered(at))),
    'malformed streams': times(1000, (at) => headers(numbered(at), getFields({ ':method': null }))),
  };
  for (const [name, bytes] of Object.entries(floods)) {
    it(`${name}: the connection ends, it is on record, others are served meanwhile`, async () => {
      const first = gate.outcomes.length;
      const reached = gate.upstream.received.length;
      const connection = await open();
      connection.write(Buffer.concat([OPENING, bytes]));
      assert.equal(await isServed(), true);
      assert.equal(await connection.untilClosed(3000), true);
      assert.equal(await isServed(), true);
      const recorded = gate.outcomes.slice(first);
      assert.ok(recorded.some(({ code }) => code === 'ADMIT_HTTP2'));
      assert.ok(recorded.length <= 250, `${recorded.length} records`);
      assert.ok(gate.upstream.received.length - reached <= 102);
    });
  }

  it('leave no defect and no memory behind', () => {
    assert.deepEqual(gate.notices, []);
    assert.ok(process.memoryUsage().rss < 600_000_000);
  });
});

describe('an HTTP/2 client that goes', () => {
  it('with RST_STREAM in the middle of a body is recorded as CLIENT_GONE, and the connection lives on', async () => {
    const first = gate.outcomes.length;
    const connection = await open();
    connection.write(Buffer.concat([OPENING, post(1), data(1, ORDER.slice(0, 5), 0), reset(1)]));
    await gate.outcomesReach(first + 1);
    connection.write(headers(3, getFields()));
    assert.equal(await connection.until((received) => streamEnded(readFrames(received), 3), 2000), true);
    assert.deepEqual(
      gate.outcomes.slice(first).map(({ code, status }) => [code, status]),
      [
        ['CLIENT_GONE', null],
        [null, 200],
      ],
    );
    connection.destroy();
  });

  it('with GOAWAY gets the answer to what it began, and then the connection ends', async () => {
    const first = gate.outcomes.length;
    const connection = await open();
    connection.write(Buffer.concat([OPENING, post(1), frame(TYPE.goaway, 0, 0, uint32(0, 0)), data(1, ORDER)]));
    assert.equal(await connection.untilClosed(2000), true);
    assert.equal(streamEnded(readFrames(connection.received()), 1), true);
    assert.deepEqual(
      gate.outcomes.slice(first).map(({ code }) => code),
      [null],
    );
  });

  it('is told to go on with 100 only when it is known and allowed', async () => {
    const interim = async (path: string) => {
      const connection = await open();
      const fields = getFields({ ':method': 'POST', ':path': path }, [
        ['content-type', 'application/json'],
        ['expect', '100-continue'],
      ]);
      connection.write(Buffer.concat([OPENING, headers(1, fields, FLAG.end_headers)]));
      const ofStream = (received: Buffer) =>
        readFrames(received).filter(({ stream, type }) => stream === 1 && type === TYPE.headers);
      await connection.until((received) => ofStream(received).length > 0, 2000);
      const [answer] = ofStream(connection.received());
      if (answer) connection.write(data(1, ORDER));
      await connection.until((received) => streamEnded(readFrames(received), 1), 2000);
      connection.destroy();
      return ofStream(connection.received()).length;
    };
    // 100, then 201; for what is not declared the one final answer.
    assert.equal(await interim('/api/orders'), 2);
    assert.equal(await interim('/api/nothing'), 1);
  });
});
