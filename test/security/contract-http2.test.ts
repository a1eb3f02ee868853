/** Streamed requests and answers over HTTP/2, ended, reset and starved at every moment. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type TLSSocket, connect as tlsConnect } from 'node:tls';
import * as h2 from '../acceptance/wire/http2-frames.ts';
import { type AttackedGate, attackedGate, get, WIDE_CONNECTIONS } from './attacked-gate.ts';
import { STREAMS_CONTRACT, STREAMS_POLICIES } from './streams-contract.ts';

const WAIT_MS = 8_000;
const PART = Buffer.alloc(65_536, 'a');
const STREAMS = 100;
/** Of this process, in which the service and its buffers are too. */
const MOST_GROWTH_BYTES = 250 * 1024 * 1024;
const MORE = `limits:
  concurrency: { machine: 1000, operation: 1000 }
  source: 100000/1s
  machine: 100000/1s
  party: 100000/1s
  operation: 100000/1s
`;

/** What became of a request at the service. */
interface Seen {
  ended: boolean;
  closed: boolean;
  size_bytes: number;
}

const seen: Seen[] = [];
const done = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
};
/** Bytes for as long as somebody takes them. */
function neverEnd(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  const more = (): void => {
    while (!response.destroyed && response.write(PART));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}
let serve = (_request: IncomingMessage, response: ServerResponse): void => done(response);
const service = createServer((request, response) => {
  const entry: Seen = { ended: false, closed: false, size_bytes: 0 };
  if (request.method === 'PUT') seen.push(entry);
  request.on('error', () => undefined);
  request.on('data', (part: Buffer) => {
    entry.size_bytes += part.length;
  });
  request.on('end', () => {
    entry.ended = true;
  });
  request.on('close', () => {
    entry.closed = true;
  });
  response.on('error', () => undefined);
  serve(request, response);
});

let attacked: AttackedGate;
before(async () => {
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  attacked = await attackedGate({
    contract: STREAMS_CONTRACT,
    policies: STREAMS_POLICIES,
    upstream_url: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
    upstream_more: '      connections: 400\n',
    zone_more: `${WIDE_CONNECTIONS}    timeouts: { total: 20s, idle: 5s, body: 5s }\n`,
    more: MORE,
  });
});
after(async () => {
  await attacked.stop();
  service.closeAllConnections();
  service.close();
});

async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + WAIT_MS;
  while (!holds()) {
    assert.ok(performance.now() < end, `${what} in time`);
    await sleep(5);
  }
}

/** A connection whose frames are written by hand. */
async function open(): Promise<{ socket: TLSSocket; frames: () => h2.Frame[] }> {
  const identity = attacked.identity('acme-erp');
  const socket = tlsConnect({
    host: '127.0.0.1',
    port: attacked.port,
    servername: 'localhost',
    ALPNProtocols: ['h2'],
    ...identity,
  });
  socket.on('error', () => undefined);
  await once(socket, 'secureConnect');
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => void parts.push(part));
  socket.write(h2.OPENING);
  return { socket, frames: () => h2.readFrames(Buffer.concat(parts)) };
}

async function session(): Promise<ClientHttp2Session> {
  const made = connect(`https://localhost:${attacked.port}`, attacked.identity('acme-erp'));
  made.on('error', () => undefined);
  await once(made, 'connect');
  return made;
}

const putFields = (...more: [string, string][]): h2.FieldList => [
  ...h2.getFields({ ':method': 'PUT', ':path': '/api/files' }),
  ['content-type', 'application/octet-stream'],
  ...more,
];

/** Waits for so many outcomes of operations more than there were; gives them. What broke a connection is on record too. */
async function outcomes(from: number, count: number) {
  const since = () => attacked.outcomes.slice(from).filter(({ operation }) => operation !== null);
  await until(`${count} outcomes`, () => since().length >= count);
  await sleep(50);
  assert.equal(since().length, count);
  return since();
}

const silent = (): void => undefined;

const ABC = h2.data(1, 'abc', 0);
for (const [what, bytes, codes] of [
  ['a reset before any byte', [h2.headers(1, putFields(), h2.FLAG.end_headers), h2.reset(1)], ['CLIENT_GONE']],
  ['a reset after a part', [h2.headers(1, putFields(), h2.FLAG.end_headers), ABC, h2.reset(1)], ['CLIENT_GONE']],
  ['a reset with NO_ERROR', [h2.headers(1, putFields(), h2.FLAG.end_headers), ABC, h2.reset(1, 0)], ['CLIENT_GONE']],
  [
    'a reset said to be an error of protocol',
    [h2.headers(1, putFields(), h2.FLAG.end_headers), ABC, h2.reset(1, 1)],
    ['CLIENT_GONE', 'ADMIT_HTTP2', 'ADMIT_FRAMING'],
  ],
  [
    'fewer bytes than stated',
    [h2.headers(1, putFields(['content-length', '9']), h2.FLAG.end_headers), ABC, h2.data(1, 'de')],
    ['ADMIT_FRAMING'],
  ],
  [
    'more bytes than stated',
    [h2.headers(1, putFields(['content-length', '4']), h2.FLAG.end_headers), ABC, h2.data(1, 'de')],
    ['ADMIT_FRAMING'],
  ],
  [
    'trailer fields',
    [h2.headers(1, putFields(), h2.FLAG.end_headers), ABC, h2.headers(1, [['x-party', 'globex']])],
    ['ADMIT_FRAMING'],
  ],
  [
    'trailer fields with a pseudo-field',
    [h2.headers(1, putFields(), h2.FLAG.end_headers), ABC, h2.headers(1, [[':path', '/api/small']])],
    ['ADMIT_FRAMING', 'ADMIT_HTTP2', 'CLIENT_GONE'],
  ],
  [
    'an empty part that ends a stated length',
    [h2.headers(1, putFields(['content-length', '9']), h2.FLAG.end_headers), ABC, h2.data(1, '')],
    ['ADMIT_FRAMING'],
  ],
] as const) {
  for (const [pace, wait_ms] of [
    ['at once', 0],
    ['in steps', 40],
  ] as const) {
    test(`${what}, ${pace}: one refused outcome, and the service never sees the request end`, async () => {
      serve = silent;
      seen.splice(0);
      const from = attacked.outcomes.length;
      const { socket } = await open();
      if (wait_ms === 0) socket.write(Buffer.concat([...bytes]));
      else {
        for (const part of bytes) {
          socket.write(part);
          await sleep(wait_ms);
        }
      }
      const [outcome] = await outcomes(from, 1);
      assert.equal(outcome?.verdict, 'refused');
      assert.ok((codes as readonly (string | null)[]).includes(outcome?.code ?? null), `${outcome?.code}`);
      await until('the service is let go', () => seen.every(({ closed }) => closed));
      assert.ok(seen.length <= 1 && seen.every(({ ended }) => !ended), JSON.stringify(seen));
      socket.destroy();
    });
  }
}

for (const [what, ending, code] of [
  ['trailer fields', h2.headers(1, [['x-party', 'globex']]), 'ADMIT_FRAMING'],
  ['a reset with NO_ERROR', h2.reset(1, 0), 'CLIENT_GONE'],
] as const) {
  test(`${what} behind a body that is judged as a whole, at once: nothing is executed`, async () => {
    serve = (_request, response) => done(response);
    const from = attacked.outcomes.length;
    const { socket } = await open();
    const fields = [
      ...h2.getFields({ ':method': 'POST', ':path': '/api/small' }),
      ['content-type', 'application/json'],
    ];
    socket.write(
      Buffer.concat([h2.headers(1, fields as h2.FieldList, h2.FLAG.end_headers), h2.data(1, '{}', 0), ending]),
    );
    const [outcome] = await outcomes(from, 1);
    assert.deepEqual([outcome?.code, outcome?.upstream], [code, null]);
    socket.destroy();
  });
}

test('a connection that says goodbye in the middle of an upload leaves one outcome, and no end at the service', async () => {
  serve = silent;
  seen.splice(0);
  const from = attacked.outcomes.length;
  const { socket } = await open();
  socket.write(Buffer.concat([h2.headers(1, putFields(), h2.FLAG.end_headers), ABC]));
  await until('the service hears of it', () => seen.length === 1);
  socket.write(h2.frame(h2.TYPE.goaway, 0, 0, h2.uint32(0, 0)));
  socket.end();
  const [outcome] = await outcomes(from, 1);
  assert.equal(outcome?.verdict, 'refused');
  await until('the service is let go', () => seen[0]!.closed);
  assert.equal(seen[0]!.ended, false);
});

test('a reset at any moment of an answer leaves one outcome each, and the service is not read on', async () => {
  let open_answers = 0;
  serve = (_request, response) => {
    open_answers++;
    response.once('close', () => open_answers--);
    neverEnd(response);
  };
  const from = attacked.outcomes.length;
  const delays_ms = [0, 1, 2, 4, 8, 16, 32, 64];
  await Promise.all(
    delays_ms.map(async (delay_ms) => {
      const { socket } = await open();
      socket.write(h2.headers(1, h2.getFields({ ':path': '/api/files' })));
      await sleep(delay_ms);
      socket.write(h2.reset(1));
      await sleep(200);
      socket.destroy();
    }),
  );
  const all = await outcomes(from, delays_ms.length);
  assert.deepEqual([...new Set(all.map(({ code }) => code))], ['CLIENT_GONE']);
  await until('answers are let go', () => open_answers === 0);
});

test(`${STREAMS} answers whose windows never open hold neither memory nor the gate, and go with their connection`, async () => {
  let open_answers = 0;
  serve = (request, response) => {
    if (request.url === '/small') return done(response);
    open_answers++;
    response.once('close', () => open_answers--);
    neverEnd(response);
  };
  const from = attacked.outcomes.length;
  const before_bytes = process.memoryUsage().rss;
  const { socket } = await open();
  const none = Buffer.concat([Buffer.from([0, 4]), h2.uint32(0)]);
  socket.write(h2.frame(h2.TYPE.settings, 0, 0, none));
  const asks = Array.from({ length: STREAMS }, (_, at) =>
    h2.headers(1 + 2 * at, h2.getFields({ ':path': '/api/files' })),
  );
  socket.write(Buffer.concat(asks));
  await until('answers begin', () => open_answers + attacked.outcomes.length - from >= STREAMS);
  await sleep(1_000);
  const grown_bytes = process.memoryUsage().rss - before_bytes;
  assert.ok(grown_bytes < MOST_GROWTH_BYTES, `grew by ${grown_bytes}`);
  assert.equal((await attacked.send(get('/api/small'), 'globex-reports')).status, 200);
  socket.destroy();
  await until('answers are let go', () => open_answers === 0);
  // Theirs, and that of the other party.
  await outcomes(from, STREAMS + 1);
});

test(`${STREAMS} uploads at once on one connection to a service that does not read are held back, not held`, async () => {
  serve = (request, response) => {
    if (request.method !== 'PUT') return done(response);
    request.pause();
    setTimeout(() => {
      request.resume();
      request.on('end', () => done(response));
    }, 1_500);
  };
  seen.splice(0);
  const from = attacked.outcomes.length;
  const client = await session();
  const before_bytes = process.memoryUsage().rss;
  const streams: ClientHttp2Stream[] = [];
  for (let at = 0; at < STREAMS; at++) {
    const stream = client.request({
      ':method': 'PUT',
      ':path': '/api/files',
      'content-type': 'application/octet-stream',
    });
    stream.on('error', () => undefined);
    for (let part = 0; part < 8; part++) stream.write(PART);
    stream.end();
    streams.push(stream);
  }
  const statuses = await Promise.all(
    streams.map(
      (stream) =>
        new Promise<number>((resolve) => {
          stream.on('response', (fields) => resolve(Number(fields[':status'])));
          stream.on('close', () => resolve(0));
          stream.resume();
        }),
    ),
  );
  const grown_bytes = process.memoryUsage().rss - before_bytes;
  assert.ok(grown_bytes < MOST_GROWTH_BYTES, `grew by ${grown_bytes}`);
  assert.ok(statuses.every((status) => status === 200));
  await outcomes(from, STREAMS);
  assert.ok(seen.filter(({ ended }) => ended).every(({ size_bytes }) => size_bytes === 8 * PART.length));
  client.destroy();
});

test('nothing of all this was a defect of the gate', () => assert.deepEqual(attacked.notices, []));
