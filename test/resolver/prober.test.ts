import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { createProber, DialError, type ProbeRequest } from '../../src/core/resolver/index.ts';
import { message, records } from '../tls/hello.ts';

const hello = records(message());
const request: Omit<ProbeRequest, 'port'> = {
  address: { address: '127.0.0.1', family: 4 },
  opening: hello,
  connect_ms: 2_000,
  answer_ms: 2_000,
  onBytes: () => 'enough',
};

/** A server that does so with each connection, while `use` runs. */
async function serving<T>(onSocket: (socket: Socket) => void, use: (port: number) => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await use((server.address() as AddressInfo).port);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

describe('a probe', () => {
  it('sends its hello, hands on what comes back, and closes', async () => {
    const seen: string[] = [];
    const ended = Promise.withResolvers<void>();
    const onSocket = (socket: Socket) => {
      socket.once('data', (bytes: Buffer) => {
        seen.push(bytes.equals(hello) ? 'hello' : 'else');
        socket.write('answer');
      });
      socket.once('close', () => ended.resolve());
    };
    const result = await serving(onSocket, async (port) => {
      const answered = await createProber().ask({
        ...request,
        port,
        onBytes: (chunk) => {
          seen.push(String(chunk));
          return 'enough';
        },
      });
      await ended.promise;
      return answered;
    });
    assert.equal(result, 'answered');
    assert.deepEqual(seen, ['hello', 'answer']);
  });

  it('ends when the far end hangs up, and when the time is over however much trickles in', async () => {
    const hangUp = (socket: Socket) => void socket.once('data', () => socket.end());
    assert.equal(await serving(hangUp, (port) => createProber().ask({ ...request, port })), 'closed');
    const timers: NodeJS.Timeout[] = [];
    const trickle = (socket: Socket) => void timers.push(setInterval(() => socket.write('.'), 5));
    const patient = { ...request, answer_ms: 100, onBytes: () => 'more' as const };
    assert.equal(await serving(trickle, (port) => createProber().ask({ ...patient, port })), 'late');
    for (const timer of timers) clearInterval(timer);
  });

  it('passes on what its reader throws', async () => {
    const onBytes = () => {
      throw new RangeError('no');
    };
    const answer = (socket: Socket) => void socket.write('answer');
    await assert.rejects(
      serving(answer, (port) => createProber().ask({ ...request, port, onBytes })),
      RangeError,
    );
  });

  it('says why there is no connection, and never reaches for what is no unicast address', async () => {
    const closed = await serving(
      () => undefined,
      async (port) => port,
    );
    const refused = createProber().ask({ ...request, port: closed });
    await assert.rejects(refused, (error) => error instanceof DialError && error.code === 'FORWARD_UNREACHABLE');
    const nowhere = createProber().ask({ ...request, port: 443, address: { address: '0.0.0.0', family: 4 } });
    await assert.rejects(nowhere, (error) => error instanceof DialError && error.reason === 'not a unicast address');
  });

  it('sends what its reader answers with, for as long as that wants more', async () => {
    const seen: string[] = [];
    const second = Buffer.of(20, 3, 3, 0, 1, 1);
    const echo = (socket: Socket) => void socket.on('data', (bytes: Buffer) => socket.write(bytes));
    const result = await serving(echo, (port) =>
      createProber().ask({
        ...request,
        port,
        onBytes: (chunk) => {
          seen.push(chunk.equals(hello) ? 'hello' : chunk.toString('hex'));
          return seen.length === 1 ? second : 'enough';
        },
      }),
    );
    assert.deepEqual([result, seen], ['answered', ['hello', second.toString('hex')]]);
  });

  it('waits for a far end that speaks first, and sends nothing before', async () => {
    const greet = (socket: Socket) => void socket.write('220 ready\r\n');
    assert.equal(await serving(greet, (port) => createProber().ask({ ...request, port, opening: null })), 'answered');
  });
});

const ssl2_hello = Buffer.from('801c0100020003000000100100800123456789abcdef0123456789abcdef', 'hex');

const NO_PROBES: readonly [string, Buffer][] = [
  ['a request in clear', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
  ['a payload behind a record', Buffer.concat([hello, Buffer.from('payload')])],
  ['a record that is longer than it says', Buffer.concat([hello, Buffer.of(0)])],
  ['a record that is shorter than it says', hello.subarray(0, -1)],
  ['a record of no type', Buffer.concat([Buffer.of(19), hello.subarray(1)])],
  ['a hello of SSL 2.0 with something behind', Buffer.concat([ssl2_hello, Buffer.from('payload')])],
  ['nothing', Buffer.alloc(0)],
];

describe('what is no probe', () => {
  for (const [what, bytes] of NO_PROBES) {
    it(`is not sent: ${what}`, async () => {
      let opened = 0;
      const prober = createProber({
        connect: () => {
          opened++;
          throw new Error('opened');
        },
      });
      await assert.rejects(prober.ask({ ...request, port: 443, opening: bytes }), RangeError);
      assert.equal(opened, 0);
    });
    it(`is not sent as an answer either: ${what}`, async () => {
      const got: Buffer[] = [];
      const speak = (socket: Socket) => {
        socket.write('.');
        socket.on('data', (chunk: Buffer) => got.push(chunk));
      };
      const asked = serving(speak, (port) =>
        createProber().ask({ ...request, port, opening: null, onBytes: () => bytes }),
      );
      await assert.rejects(asked, RangeError);
      assert.deepEqual(got, []);
    });
  }

  it('does not stand for a hello of SSL 2.0, which is sent', async () => {
    const echo = (socket: Socket) => void socket.on('data', (bytes: Buffer) => socket.write(bytes));
    assert.equal(
      await serving(echo, (port) => createProber().ask({ ...request, port, opening: ssl2_hello })),
      'answered',
    );
  });
});
