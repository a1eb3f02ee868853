import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Refusal } from '../../src/core/errors/index.ts';
import { clientFor, get, NO_BREAKER, ok, post, rawUpstream } from './upstreams.ts';

type Expected = 'FORWARD_PROTOCOL' | 'FORWARD_BROKEN' | 'FORWARD_LATE';

const head = (fields: string, body = '', status = '200 OK') => `HTTP/1.1 ${status}\r\n${fields}\r\n${body}`;

/** The bytes, whether the upstream hangs up after them, and how the exchange must end. */
const LIES: [string, string, 'hangs up' | 'waits', Expected][] = [
  ['a Content-Length longer than the body', head('Content-Length: 9\r\n', 'abc'), 'hangs up', 'FORWARD_BROKEN'],
  ['a Content-Length longer than the body, and silence', head('Content-Length: 9\r\n', 'abc'), 'waits', 'FORWARD_LATE'],
  [
    'a Content-Length longer than the body, marked to close',
    head('Connection: close\r\nContent-Length: 9\r\n', 'abc'),
    'hangs up',
    'FORWARD_BROKEN',
  ],
  ['a body longer than its Content-Length', head('Content-Length: 1\r\n', 'abc'), 'waits', 'FORWARD_PROTOCOL'],
  ['a second answer after the first', ok('{}') + ok('{"evil":1}'), 'waits', 'FORWARD_PROTOCOL'],
  ['a negative Content-Length', head('Content-Length: -1\r\n', 'abc'), 'waits', 'FORWARD_PROTOCOL'],
  ['a signed Content-Length', head('Content-Length: +3\r\n', 'abc'), 'waits', 'FORWARD_PROTOCOL'],
  ['a hexadecimal Content-Length', head('Content-Length: 0x3\r\n', 'abc'), 'waits', 'FORWARD_PROTOCOL'],
  ['an empty Content-Length', head('Content-Length:\r\n', 'abc'), 'waits', 'FORWARD_PROTOCOL'],
  ['a Content-Length past 64 bits', head('Content-Length: 18446744073709551617\r\n', 'a'), 'waits', 'FORWARD_PROTOCOL'],
  ['a list of equal Content-Lengths', head('Content-Length: 3, 3\r\n', 'abc'), 'waits', 'FORWARD_PROTOCOL'],
  ['two equal Content-Lengths', head('Content-Length: 3\r\nContent-Length: 3\r\n', 'abc'), 'waits', 'FORWARD_PROTOCOL'],
  [
    'two different Content-Lengths',
    head('Content-Length: 3\r\nContent-Length: 1\r\n', 'abc'),
    'waits',
    'FORWARD_PROTOCOL',
  ],
  [
    'Content-Length with chunked',
    head('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n'),
    'waits',
    'FORWARD_PROTOCOL',
  ],
  [
    'chunked with Content-Length',
    head('Transfer-Encoding: chunked\r\nContent-Length: 3\r\n', '3\r\nabc\r\n0\r\n\r\n'),
    'waits',
    'FORWARD_PROTOCOL',
  ],
  [
    'chunked twice',
    head('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n'),
    'waits',
    'FORWARD_PROTOCOL',
  ],
  [
    'another coding before chunked',
    head('Transfer-Encoding: gzip, chunked\r\n', '3\r\nabc\r\n0\r\n\r\n'),
    'waits',
    'FORWARD_PROTOCOL',
  ],
  ['a coding that is not chunked', head('Transfer-Encoding: identity\r\n', 'abc'), 'hangs up', 'FORWARD_PROTOCOL'],
  ['no length at all', head('', 'abc'), 'hangs up', 'FORWARD_PROTOCOL'],
  ['no length at all in HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\nabc', 'hangs up', 'FORWARD_PROTOCOL'],
  [
    'a chunk size that is no number',
    head('Transfer-Encoding: chunked\r\n', 'zz\r\nabc\r\n0\r\n\r\n'),
    'waits',
    'FORWARD_PROTOCOL',
  ],
  [
    'a chunk longer than its size',
    head('Transfer-Encoding: chunked\r\n', '1\r\nabc\r\n0\r\n\r\n'),
    'waits',
    'FORWARD_PROTOCOL',
  ],
  ['chunks without the last', head('Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n'), 'hangs up', 'FORWARD_BROKEN'],
  ['half a status line', 'HTTP/1.1 20', 'hangs up', 'FORWARD_BROKEN'],
  ['half a header section', 'HTTP/1.1 200 OK\r\nContent-Le', 'hangs up', 'FORWARD_BROKEN'],
  ['nothing', '', 'hangs up', 'FORWARD_BROKEN'],
  ['nothing, and silence', '', 'waits', 'FORWARD_LATE'],
  ['interim answers only', head('', '', '103 Early Hints'), 'waits', 'FORWARD_LATE'],
  ['100 Continue nobody asked for', head('', '', '100 Continue') + ok('{}'), 'waits', 'FORWARD_PROTOCOL'],
  [
    'a switch of protocols nobody asked for',
    head('Connection: upgrade\r\nUpgrade: x\r\n', '', '101 Switching Protocols'),
    'waits',
    'FORWARD_PROTOCOL',
  ],
  ['a status below 100', head('Content-Length: 0\r\n', '', '099 Odd'), 'waits', 'FORWARD_PROTOCOL'],
  ['a status above 599', head('Content-Length: 0\r\n', '', '600 Odd'), 'waits', 'FORWARD_PROTOCOL'],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'waits', 'FORWARD_PROTOCOL'],
  ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x46', 'waits', 'FORWARD_PROTOCOL'],
  [
    'a header section over the bound',
    head(`X-Long: ${'x'.repeat(9_000)}\r\nContent-Length: 0\r\n`),
    'waits',
    'FORWARD_PROTOCOL',
  ],
  [
    'a trailer section over the bound',
    head('Transfer-Encoding: chunked\r\n', `0\r\nX-Long: ${'x'.repeat(9_000)}\r\n\r\n`),
    'waits',
    'FORWARD_PROTOCOL',
  ],
  ['a bare CR in a field', head('X-A: a\rb\r\nContent-Length: 0\r\n'), 'waits', 'FORWARD_PROTOCOL'],
  ['a NUL in a field', head('X-A: a\0b\r\nContent-Length: 0\r\n'), 'waits', 'FORWARD_PROTOCOL'],
  ['a folded field', head('X-A: a\r\n b\r\nContent-Length: 0\r\n'), 'waits', 'FORWARD_PROTOCOL'],
  ['a space before the colon', head('Content-Length : 0\r\n'), 'waits', 'FORWARD_PROTOCOL'],
  ['bare LF line ends', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n', 'waits', 'FORWARD_PROTOCOL'],
];

describe('an upstream that answers with', () => {
  for (const [what, bytes, then, expected] of LIES) {
    it(`${what} ends as ${expected}, and its connection is not used again`, async () => {
      const upstream = await rawUpstream(({ socket, index }) => {
        if (index > 0) socket.end(ok('good'));
        else if (then === 'hangs up') socket.end(Buffer.from(bytes, 'latin1'));
        else socket.write(Buffer.from(bytes, 'latin1'));
      });
      const client = clientFor(upstream.port, { timeouts: { connect_ms: 500, response_ms: 80, idle_ms: 80 } });
      await assert.rejects(client.request(post()), (error: unknown) => {
        assert.ok(error instanceof Refusal, String(error));
        assert.equal(error.code, expected, error.detail.reason ?? '');
        return true;
      });
      assert.equal((await client.request(get())).body.toString(), 'good');
      assert.equal(upstream.sockets.length, 2);
      await client.close();
      await upstream.close();
    });
  }
});

describe('bytes beyond an answer', () => {
  it('that come later close the idle connection and are never read as the next answer', async () => {
    const upstream = await rawUpstream(({ socket, index }) => {
      socket.write(ok(`answer ${index}`));
      if (index === 0) setTimeout(() => socket.write(ok('stolen')), 20);
    });
    const client = clientFor(upstream.port);
    assert.equal((await client.request(get())).body.toString(), 'answer 0');
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.equal(client.health().connections, 0);
    assert.equal((await client.request(get())).body.toString(), 'answer 1');
    assert.equal(upstream.sockets.length, 2);
    await client.close();
    await upstream.close();
  });

  it('after 204 and 304 that claim a body, or have one, are never read as the next answer', async () => {
    for (const status of ['204 No Content', '304 Not Modified']) {
      for (const fields of [`Content-Length: ${ok('stolen').length}\r\n`, '']) {
        const upstream = await rawUpstream(({ socket, index }) => {
          socket.write(index === 0 ? head(fields, ok('stolen'), status) : ok('good'));
        });
        const client = clientFor(upstream.port);
        await client
          .request(get())
          .catch((error: unknown) => assert.equal((error as Refusal).code, 'FORWARD_PROTOCOL'));
        assert.equal((await client.request(get())).body.toString(), 'good');
        await client.close();
        await upstream.close();
      }
    }
  });

  it('after an answer to HEAD are never read as the next answer', async () => {
    const upstream = await rawUpstream(({ socket, index }) => socket.write(ok(index === 0 ? ok('stolen') : 'good')));
    const client = clientFor(upstream.port);
    assert.equal((await client.request(get({ method: 'HEAD' }))).body.length, 0);
    assert.equal((await client.request(get())).body.toString(), 'good');
    await client.close();
    await upstream.close();
  });

  it('sent before the request was are never read as its answer', async () => {
    const upstream = await rawUpstream(({ socket }) => socket.write(ok('good')));
    const client = clientFor(upstream.port, { retries: 3 });
    const first = client.request(get());
    await first;
    for (const socket of upstream.sockets) socket.write(ok('stolen'));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await client.request(get())).body.toString(), 'good');
    await client.close();
    await upstream.close();
  });
});

describe('arbitrary bytes from an upstream', () => {
  it('give an answer or a declared refusal, and nothing else', async () => {
    const parts = fc.constantFrom(
      'HTTP/1.1 ',
      'HTTP/1.0 ',
      '200 OK',
      '204',
      '304 x',
      '\r\n',
      '\n',
      '\r\n\r\n',
      'Content-Length: ',
      '3',
      '-',
      'Transfer-Encoding: chunked',
      'abc',
      '0\r\n\r\n',
      '3\r\nabc\r\n',
      'Connection: close',
      'Trailer: x',
      ' ',
      '\0',
    );
    const noise = fc.oneof(parts, fc.string({ maxLength: 6, unit: 'binary-ascii' }));
    let bytes = '';
    const upstream = await rawUpstream(({ socket }) => socket.end(Buffer.from(bytes, 'latin1')));
    const client = clientFor(upstream.port, {
      breaker: NO_BREAKER,
      timeouts: { connect_ms: 500, response_ms: 200, idle_ms: 200 },
    });
    const declared = new Set(['FORWARD_PROTOCOL', 'FORWARD_BROKEN', 'FORWARD_LATE', 'FILTER_BODY_TOO_LARGE']);
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { maxLength: 14 }), async (pieces) => {
        bytes = pieces.join('');
        try {
          const answer = await client.request(get({ max_response_bytes: 64 }));
          assert.ok(answer.status >= 200 && answer.status <= 599);
        } catch (error) {
          assert.ok(error instanceof Refusal, String(error));
          assert.ok(declared.has(error.code), `${error.code} ${error.detail.reason}`);
        }
      }),
      { numRuns: 300 },
    );
    await client.close();
    await upstream.close();
  });
});
