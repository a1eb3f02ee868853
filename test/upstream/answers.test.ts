import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientFor, get, ok, post, type RawUpstream, rawUpstream, type Turn } from './upstreams.ts';

async function withUpstream(
  answer: (turn: Turn) => void,
  run: (client: ReturnType<typeof clientFor>, upstream: RawUpstream) => Promise<void>,
  options: Parameters<typeof clientFor>[1] = {},
): Promise<void> {
  const upstream = await rawUpstream(answer);
  const client = clientFor(upstream.port, options);
  try {
    await run(client, upstream);
  } finally {
    await client.close();
    await upstream.close();
  }
}

const says =
  (text: string) =>
  ({ socket }: Turn) =>
    socket.write(text, 'latin1');

describe('what reaches the upstream', () => {
  it('is the rebuilt request with framing and connection fields of our own', async () => {
    await withUpstream(says(ok('{}')), async (client, upstream) => {
      const headers = [
        'x-a',
        '1',
        'content-length',
        '99',
        'connection',
        'x-a',
        'transfer-encoding',
        'chunked',
        'expect',
        '100-continue',
        'te',
        'trailers',
        'upgrade',
        'h2c',
      ];
      await client.request(post({ path: '/base/orders?limit=1', headers }));
      const [request_line, ...lines] = (upstream.requests[0] as string).split('\r\n');
      assert.equal(request_line, 'POST /base/orders?limit=1 HTTP/1.1');
      assert.deepEqual(lines, [
        `host: 127.0.0.1:${upstream.port}`,
        'connection: keep-alive',
        'x-a: 1',
        'content-length: 7',
        '',
        '{"a":1}',
      ]);
    });
  });

  it('carries the Host the gate gives', async () => {
    await withUpstream(says(ok('')), async (client, upstream) => {
      for (const host of ['orders.test', 'other.test']) await client.request(get({ headers: ['host', host] }));
      assert.match(upstream.requests[0] as string, /\r\nhost: orders\.test\r\n/);
      assert.match(upstream.requests[1] as string, /\r\nhost: other\.test\r\n/);
      assert.equal(upstream.sockets.length, 1);
    });
  });

  it('never holds what would split the request', async () => {
    await withUpstream(says(ok('')), async (client, upstream) => {
      const split = 'x\r\nGET /evil HTTP/1.1';
      for (const request of [
        get({ path: `/${split}` }),
        get({ path: '/a b' }),
        get({ headers: ['x-a', split] }),
        get({ headers: [split, 'a'] }),
        get({ method: split }),
      ]) {
        await assert.rejects(client.request(request), { code: 'INTERNAL' });
      }
      assert.deepEqual(upstream.requests, []);
    });
  });
});

describe('an answer', () => {
  it('comes whole, with lower-case names and repeated fields', async () => {
    const text = ok(
      '{"x":"é"}',
      'Content-Type: application/json\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n__proto__: x\r\n',
    );
    await withUpstream(says(Buffer.from(text).toString('latin1')), async (client) => {
      const answer = await client.request(get());
      assert.equal(answer.status, 200);
      assert.equal(answer.body.toString(), '{"x":"é"}');
      const expected = [
        'content-type',
        'application/json',
        'set-cookie',
        'a',
        'set-cookie',
        'b',
        '__proto__',
        'x',
        'content-length',
        '10',
      ];
      assert.deepEqual(answer.headers, expected);
      assert.equal(answer.address, '127.0.0.1');
      assert.equal(answer.evidence, null);
      assert.equal(answer.attempts, 1);
      assert.ok(answer.first_byte_ms >= 0);
    });
  });

  it('in one-byte chunks is put together, its trailers dropped', async () => {
    const body = 'x'.repeat(40_000);
    const chunks = [...body].map((byte) => `1\r\n${byte}\r\n`).join('');
    await withUpstream(
      says(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\nx-late: 1\r\n\r\n`),
      async (client, upstream) => {
        for (let i = 0; i < 2; i++) {
          const answer = await client.request(get());
          assert.equal(answer.body.toString(), body);
          assert.ok(!answer.headers.includes('x-late'));
        }
        assert.equal(upstream.sockets.length, 1);
      },
    );
  });

  it('to HEAD, 204 and 304 has no body', async () => {
    const heads = ['204 No Content\r\n', '304 Not Modified\r\nETag: "a"\r\n'];
    for (const head of heads) {
      await withUpstream(says(`HTTP/1.1 ${head}\r\n`), async (client, upstream) => {
        for (let i = 0; i < 3; i++) assert.equal((await client.request(get())).body.length, 0);
        assert.equal(upstream.sockets.length, 1, 'the connection is used again');
      });
    }
    await withUpstream(says('HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n'), async (client) => {
      for (let i = 0; i < 3; i++) assert.equal((await client.request(get({ method: 'HEAD' }))).body.length, 0);
    });
  });

  it('after interim answers is the final one', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n';
    await withUpstream(says(early + early + ok('{}')), async (client) => {
      const answer = await client.request(get());
      assert.equal(answer.status, 200);
      assert.deepEqual(answer.headers, ['content-length', '2']);
    });
  });

  it('larger than allowed is refused, with the length told and without, and its connection closed', async () => {
    const bodies = [
      ok('x'.repeat(101)),
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n${'x'.repeat(101)}\r\n0\r\n\r\n`,
    ];
    for (const text of bodies) {
      await withUpstream(says(text), async (client, upstream) => {
        await assert.rejects(client.request(get({ max_response_bytes: 100 })), { code: 'FILTER_BODY_TOO_LARGE' });
        assert.equal((await client.request(get({ max_response_bytes: 101 }))).body.length, 101);
        assert.equal(upstream.sockets.length, 2);
        assert.equal(client.health().addresses[0]?.consecutive_failures, 0);
      });
    }
  });
});
