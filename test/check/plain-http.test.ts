import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { askPlainHttp } from '../../src/check/tls/plain-http.ts';
import { createProber, DialError, type Prober } from '../../src/core/resolver/index.ts';
import { assertProbe } from '../../src/core/resolver/probe-bytes.ts';
import { readResponseHead } from '../../src/protocol/http/response-head.ts';
import { checked, withRaw } from './servers.ts';

const prober = createProber();

describe('port 80', () => {
  const redirect = (location: string) => `HTTP/1.1 301 Moved\r\nlocation: ${location}\r\n\r\n`;
  const answers: readonly [string, string | null][] = [
    [redirect('https://api.example.org/'), 'redirects-to-https'],
    [redirect('https://API.example.org:8443/a?b'), 'redirects-to-https'],
    [redirect('http://api.example.org/'), 'redirects-elsewhere'],
    [redirect('https://other.example.org/'), 'redirects-elsewhere'],
    [redirect('/login'), 'redirects-elsewhere'],
    ['HTTP/1.1 302 Found\r\n\r\n', 'redirects-elsewhere'],
    ['HTTP/1.1 200 OK\r\n\r\n', 'serves'],
    ['HTTP/1.0 403\n\n', 'refuses'],
    ['220 ftp\r\n', 'no-http'],
    [`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(4_000)}`, 'no-http'],
    ['HTTP/1.1 200 OK\r\n', 'closed'],
    ['', 'closed'],
  ];
  for (const [answer, word] of answers) {
    it(`that says ${JSON.stringify(answer.slice(0, 60))}: ${word}`, async () => {
      let heard = '';
      const onAsked = (port: number) =>
        askPlainHttp({
          prober,
          address: { address: '127.0.0.1', family: 4 },
          port,
          host: 'api.example.org',
          version: '1.2.3',
          left_ms: 10_000,
        });
      const said = await withRaw((socket) => {
        socket.on('data', (chunk: Buffer) => {
          heard += chunk.toString();
          socket.end(answer);
        });
      }, onAsked);
      assert.equal(said, word);
      assert.equal(
        heard,
        'HEAD / HTTP/1.1\r\nHost: api.example.org\r\nUser-Agent: sallyport-check/1.2.3\r\nConnection: close\r\n\r\n',
      );
    });
  }

  it('is asked of an endpoint at port 443, and of no other', async () => {
    for (const [port, asked, verdict] of [
      [443, 1, 'fail'],
      [8443, 0, 'not-applicable'],
    ] as const) {
      let at_80 = 0;
      const serving: Prober = {
        async ask({ port: to, onBytes }) {
          if (to !== 80) throw new DialError('FORWARD_UNREACHABLE', 'nobody is there');
          at_80++;
          onBytes(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
          return 'answered';
        },
      };
      const { results } = await checked(port, { timeout_ms: 5_000, prober: serving });
      assert.equal(results.find(({ rule }) => rule === 'tls/http-redirect')?.verdict, verdict);
      assert.equal(at_80, asked);
    }
  });

  it('is asked for nothing else in clear', () => {
    for (const text of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'HEAD / HTTP/1.1\r\nHost: a\r\nCookie: b\r\n\r\n']) {
      assert.throws(() => assertProbe(Buffer.from(text)), RangeError);
    }
  });

  it('may say anything', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        readResponseHead(Buffer.from(`HTTP/1.1 200\r\n${text}\r\n\r\n`));
        readResponseHead(Buffer.from(text));
      }),
    );
  });

  it('reads a value without the blanks around it, however many are within', () => {
    const within = `x${' '.repeat(16_000)}y`;
    // In a head of 16 KiB that took a second, which nobody else had.
    const began = process.cpuUsage().user;
    for (let left = 20; left > 0; left--) {
      const head = readResponseHead(Buffer.from(`HTTP/1.1 200\r\na:\t ${within} \t\r\n\r\n`));
      assert.equal(head instanceof Object && head.fields.get('a'), within);
    }
    assert.ok(process.cpuUsage().user - began < 5_000_000);
  });
});
