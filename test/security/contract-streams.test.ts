/** Requests and answers that are passed on while they arrive, and what may stand before, behind and inside them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { openRaw, readAnswers } from '../acceptance/wire/raw-client.ts';
import { type AttackedGate, attackedGate, get } from './attacked-gate.ts';
import { STREAMS_CONTRACT, STREAMS_POLICIES } from './streams-contract.ts';

const WAIT_MS = 5_000;
const DONE = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}';
const PUT = 'PUT /api/files HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n';

/** A service of bytes: everything it was sent, and what it says to the first byte of a connection. */
interface RawService {
  readonly url: string;
  readonly seen: Buffer[];
  answer(handler: (socket: Socket, bytes: Buffer) => void): void;
  close(): void;
}

async function rawService(): Promise<RawService> {
  const seen: Buffer[] = [];
  const sockets = new Set<Socket>();
  let handler = (socket: Socket, _bytes: Buffer): void => void socket.write(DONE);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (part) => {
      const bytes = Buffer.from(part);
      seen.push(bytes);
      handler(socket, bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer(next) {
      handler = next;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

let service: RawService;
let attacked: AttackedGate;
before(async () => {
  service = await rawService();
  attacked = await attackedGate({ contract: STREAMS_CONTRACT, policies: STREAMS_POLICIES, upstream_url: service.url });
});
after(async () => {
  await attacked.stop();
  service.close();
});

const heard = (): string => Buffer.concat(service.seen).toString('latin1');

/** Sends in parts on one connection; gives what came back until the gate closed. */
async function exchange(...parts: readonly string[]): Promise<string> {
  service.seen.splice(0);
  const connection = await openRaw({ port: attacked.port, client: attacked.identity('acme-erp') });
  for (const part of parts) {
    connection.write(part);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await connection.until((received) => readAnswers(received).answers.length > 0, WAIT_MS);
  await connection.untilClosed(1_000);
  connection.destroy();
  return connection.received().toString('latin1');
}

/** Waits until so many outcomes are on record, and gives the last code. */
async function lastCode(count: number): Promise<string | null> {
  const until_ms = Date.now() + WAIT_MS;
  while (attacked.outcomes.length < count && Date.now() < until_ms)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(attacked.outcomes.length, count);
  return attacked.outcomes.at(-1)?.code ?? null;
}

const silent = (): void => undefined;

for (const [what, tail] of [
  ['a trailer field', '0\r\nX-Party: globex\r\n\r\n'],
  ['a chunk whose size is no number', 'zz\r\n'],
  ['a chunk longer than it says', '2\r\nabc\r\n0\r\n\r\n'],
  ['a line end of one byte', '2\nab\n0\n\n'],
] as const) {
  test(`${what} ends a streamed request, and the service never sees it end`, async () => {
    service.answer(silent);
    const count = attacked.outcomes.length + 1;
    await exchange(`${PUT}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, tail);
    const code = await lastCode(count);
    assert.match(String(code), /^ADMIT_(?:FRAMING|PARSE)$/);
    assert.ok(!heard().includes('0\r\n\r\n'), heard());
    assert.ok(!heard().includes('globex'));
  });
}

test('what follows an early answer in the body of a request is never a request', async () => {
  service.answer((socket, bytes) => {
    if (bytes.includes('PUT ')) socket.write(DONE);
  });
  const count = attacked.outcomes.length + 1;
  const received = await exchange(`${PUT}Content-Length: 100000\r\n\r\nabc`, get('/api/secrets'), get('/api/secrets'));
  assert.equal(await lastCode(count), null);
  assert.equal(received.match(/HTTP\/1\.1 200/g)?.length, 1);
  assert.match(received, /connection: close/i);
  assert.equal(
    heard()
      .match(/^GET /gm)
      ?.filter((line) => line.startsWith('GET /secrets')).length ?? 0,
    0,
  );
});

test('a pipelined request behind a streamed one waits for its end and goes on its own connection', async () => {
  service.answer((socket, bytes) => {
    if (bytes.includes('0\r\n\r\n') || bytes.includes('GET ')) socket.write(DONE);
  });
  const count = attacked.outcomes.length + 2;
  await exchange(
    `${PUT}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`,
    `0\r\n\r\n${get('/api/secrets', 'Connection: close\r\n')}`,
  );
  assert.equal(await lastCode(count), null);
  assert.deepEqual(
    attacked.outcomes.slice(-2).map(({ operation }) => operation),
    ['orders.putFile', 'orders.getSecret'],
  );
});

const LARGE = 'x'.repeat(200_000);
const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n';

for (const [what, answer] of [
  [
    'more than it said',
    `${HEAD}Content-Length: ${LARGE.length}\r\n\r\n${LARGE}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nglobex`,
  ],
  ['both lengths', `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`],
  ['a broken chunk', `${HEAD}Transfer-Encoding: chunked\r\n\r\n${LARGE.length.toString(16)}\r\n${LARGE}\r\nzz\r\n`],
  ['a field that splits', `${HEAD}X-A: b\rSet-Cookie: c\r\nContent-Length: 5\r\n\r\nhello`],
] as const) {
  test(`an answer with ${what} never ends cleanly, and nothing of the next exchange is taken from it`, async () => {
    service.answer((socket) => void socket.write(answer, 'latin1'));
    const count = attacked.outcomes.length + 1;
    const connection = await openRaw({ port: attacked.port, client: attacked.identity('acme-erp') });
    connection.write(get('/api/files'));
    await connection.until((received) => readAnswers(received).answers.length > 0, 2_000);
    connection.destroy();
    const code = await lastCode(count);
    const received = connection.received().toString('latin1');
    assert.ok(!received.includes('globex') && !/set-cookie/i.test(received));
    assert.equal(code, 'FORWARD_PROTOCOL');
    service.answer((socket) => void socket.write(DONE));
    const { status } = await attacked.send(get('/api/secrets'));
    assert.equal(status, 200);
  });
}

test('no byte of a body or of a refused name is on record', () => {
  assert.ok(!/globex|Set-Cookie/.test(JSON.stringify(attacked.outcomes)));
  assert.deepEqual(attacked.notices, []);
});

test('parties that hold their streams open leave connections for others, and are told to come again', async (context) => {
  const own = await attackedGate({
    contract: STREAMS_CONTRACT,
    policies: STREAMS_POLICIES,
    upstream_more: '      connections: 4\n',
  });
  context.after(() => own.stop());
  own.upstream.answer(({ url }, response) => {
    const octets = url.startsWith('/files');
    response.writeHead(200, { 'content-type': octets ? 'application/octet-stream' : 'application/json' });
    response.end(octets ? Buffer.alloc(8_000_000) : '{}');
  });
  const open = () => openRaw({ port: own.port, client: own.identity('acme-erp') });
  const [upload, download, ...others] = await Promise.all([open(), open(), open(), open()]);
  const begin = `${PUT}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`;
  upload.write(begin);
  download.write(get('/api/files'));
  assert.ok(await download.until((received) => received.length > 0, WAIT_MS));
  download.socket.pause();
  const [more, again] = others as [typeof upload, typeof upload];
  more.write(begin);
  again.write(get('/api/files'));
  for (const connection of [more, again]) {
    assert.ok(await connection.until((received) => readAnswers(received).answers.length > 0, WAIT_MS));
    assert.match(connection.received().toString('latin1'), /^HTTP\/1\.1 429 [\s\S]*retry-after: 1/i);
  }
  assert.deepEqual(
    own.outcomes.map(({ code }) => code),
    ['LIMIT_CONCURRENCY', 'LIMIT_CONCURRENCY'],
  );
  const second = () => openRaw({ port: own.port, client: own.identity('globex-reports') });
  const [theirs, too_many] = await Promise.all([second(), second()]);
  theirs.write(get('/api/files'));
  assert.ok(await theirs.until((received) => received.length > 0, WAIT_MS));
  theirs.socket.pause();
  assert.match(theirs.received().toString('latin1'), /^HTTP\/1\.1 200 /);
  too_many.write(get('/api/files'));
  assert.ok(await too_many.until((received) => readAnswers(received).answers.length > 0, WAIT_MS));
  assert.match(too_many.received().toString('latin1'), /^HTTP\/1\.1 429 /, 'half of what was left, and not all of it');
  for (const caller of ['acme-erp', 'globex-reports']) {
    assert.equal((await own.send(get('/api/secrets'), caller)).status, 200);
  }
  upload.write('0\r\n\r\n');
  for (const connection of [upload, download, more, again, theirs, too_many]) connection.destroy();
});
