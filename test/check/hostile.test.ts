/** Whatever stands at the other end, there is a verdict, in bounded time. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { parseClientHello } from '../../src/protocol/tls/client-hello.ts';
import { alert, certificates, done, handshake, record, serverHello } from '../tls/flight.ts';
import { u16, vector8, vector16 } from '../tls/hello.ts';
import { checked, verdictsOf, withRaw } from './servers.ts';

const ANSWER_MS = 250;
const SLOW_MS = 30;
/** A loaded machine is no reason to fail, so a check has more time than any of these ends takes up; a check without end is one. */
const BUDGET_MS = 15_000;
const PATIENCE_MS = 8_000;

async function judged(onSocket: (socket: Socket) => void) {
  const began_ms = performance.now();
  const report = await withRaw(onSocket, (port) => checked(port, { timeout_ms: BUDGET_MS, answer_ms: ANSWER_MS }));
  assert.ok(performance.now() - began_ms < BUDGET_MS + PATIENCE_MS);
  return report;
}

/** Answers each hello as soon as it is there, with what is made of the first suite in it. */
const answering = (answer: (socket: Socket, suite: number, version: number) => void) => (socket: Socket) =>
  void socket.once('data', (bytes: Buffer) => {
    const result = parseClientHello(bytes);
    if (result.state !== 'complete') return socket.destroy();
    answer(socket, result.hello.cipher_suites[0]!, result.hello.legacy_version);
  });

const REPEAT = record(22, Buffer.alloc(16_384, 1));

/** Writes so many parts, as fast as they are read. */
function pour(socket: Socket, part: Buffer, count: number): void {
  let left = count;
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      left--;
      if (!socket.write(part)) return void socket.once('drain', more);
    }
  };
  more();
}

describe('an end that gives no TLS', () => {
  const ends: readonly [string, (socket: Socket) => void, RegExp][] = [
    ['says nothing', () => undefined, /no answer in time/],
    ['hangs up at once', (socket) => void socket.end(), /hung up/],
    ['resets the connection', (socket) => void socket.resetAndDestroy(), /hung up|ECONNRESET/],
    ['speaks HTTP', (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), /not TLS/],
    ['sends random bytes', (socket) => pour(socket, Buffer.alloc(4_096, 0x5a), 100), /not TLS/],
    [
      'trickles a byte now and then',
      (socket) => {
        const flight = record(22, serverHello());
        let at = 0;
        const timer = setInterval(() => socket.write(flight.subarray(at, ++at)), 100);
        socket.once('close', () => clearInterval(timer));
      },
      /no answer in time/,
    ],
    [
      'refuses every hello',
      (socket) => void socket.once('data', () => socket.end(alert(2, 40))),
      /no handshake was accepted/,
    ],
    [
      'does not know the name',
      (socket) => void socket.once('data', () => socket.end(alert(2, 112))),
      /unrecognized_name/,
    ],
    ['sends warnings without end', (socket) => pour(socket, record(21, Buffer.of(1, 112)), 10_000), /warnings/],
    ['sends a message without end', (socket) => pour(socket, REPEAT, 640), /message_length|unexpected|does not end/],
  ];
  for (const [what, onSocket, problem] of ends) {
    it(`could not be judged: it ${what}`, async () => {
      const report = await judged(onSocket);
      assert.equal(report.verdict, 'unfinished');
      assert.match(report.problem ?? '', problem);
      assert.match(report.advice ?? '', /^(See|Check) /);
      assert.ok(report.connections <= 20, String(report.connections));
      // Port 80 is asked of endpoints at port 443 alone.
      // An address is asked nothing over HTTP, whatever stands there.
      const { 'http-redirect': redirect, hsts, ...verdicts } = verdictsOf(report);
      assert.deepEqual([redirect, hsts], ['not-applicable', 'not-applicable']);
      assert.deepEqual([...new Set(Object.values(verdicts))], ['could-not-tell']);
    });
  }

  it('could not be judged: nobody listens', async () => {
    const port = await withRaw(
      () => undefined,
      async (bound) => bound,
    );
    const report = await checked(port, { timeout_ms: BUDGET_MS });
    assert.deepEqual([report.verdict, report.problem], ['unfinished', 'nobody listens there (ECONNREFUSED)']);
    assert.match(report.advice ?? '', /the server runs/);
  });
});

const ecdhe = handshake(12, Buffer.concat([Buffer.of(3), u16(0x001d), vector8(Buffer.alloc(32))]));

describe('an end that begins as TLS has it', () => {
  it('is judged by what it chose, whatever it pours out behind that', async () => {
    const pouring = answering((socket, cipher_suite, version) => {
      socket.write(record(22, serverHello({ cipher_suite, version })));
      // Ten MiB of one certificate message.
      socket.write(record(22, Buffer.of(11, 0xa0, 0, 0)));
      pour(socket, REPEAT, 640);
    });
    const report = await judged(pouring);
    assert.equal(verdictsOf(report)['old-protocols'], 'fail');
    const { facts } = report.results.find(({ rule }) => rule === 'tls/old-protocols')!;
    assert.deepEqual(facts, ['SSL 3.0', 'TLS 1.0', 'TLS 1.1']);
    assert.equal(report.verdict, 'findings');
    assert.deepEqual(report.tls?.chains, []);
  });

  it('is judged where it sends a chain of 10,000 certificates', async () => {
    const chain = certificates(...Array.from({ length: 10_000 }, () => Buffer.of(0x30, 0x00)));
    const sending = answering((socket, cipher_suite, version) => {
      socket.write(record(22, serverHello({ cipher_suite, version })));
      for (let at = 0; at < chain.length; at += 16_000) socket.write(record(22, chain.subarray(at, at + 16_000)));
    });
    const report = await judged(sending);
    assert.equal(report.verdict, 'findings');
    assert.deepEqual(report.tls?.chains, []);
  });

  it('is judged where certificates are none', async () => {
    // Lengths that lead nowhere, one in another.
    const bomb = Buffer.alloc(30_000, 0x30);
    const sending = answering((socket, cipher_suite) => {
      socket.write(
        record(
          22,
          Buffer.concat([serverHello({ cipher_suite }), certificates(bomb.subarray(0, 16_000), Buffer.alloc(0))]),
        ),
      );
      socket.write(record(22, Buffer.concat([ecdhe, done])));
    });
    const report = await judged(sending);
    assert.equal(report.tls?.chains[0]?.certificates[0]?.subject, null);
    assert.equal(report.tls?.chains[0]?.certificates[1]?.size_bytes, 0);
  });

  it('is judged, or not, where it hangs up after any part of its flight', async () => {
    const whole = record(22, Buffer.concat([serverHello(), certificates(Buffer.of(0x30, 0x00)), ecdhe, done]));
    for (const size of [1, 4, 5, 9, 40, 60, whole.length - 1]) {
      const report = await judged((socket) => void socket.end(whole.subarray(0, size)));
      assert.equal(report.verdict, 'unfinished', String(size));
      assert.notEqual(report.problem, null);
    }
  });

  it('is asked again where it hangs up, since a busy server does so too', async () => {
    const met = new Set<string>();
    const moody = answering((socket, cipher_suite, version) => {
      const key = `${version} ${cipher_suite}`;
      if (!met.has(key)) {
        met.add(key);
        return socket.destroy();
      }
      if (version !== 0x0301) return socket.end(alert(2, 70));
      socket.write(record(22, Buffer.concat([serverHello({ version, cipher_suite }), done])));
    });
    const report = await judged(moody);
    assert.equal(verdictsOf(report)['old-protocols'], 'fail');
  });

  it('is judged where it hangs up on every version but one, and takes its time for that', async () => {
    for (const taken of [0x0300, 0x0301, 0x0302, 0x0303]) {
      let suite: number | null = null;
      const choosy = answering((socket, cipher_suite, version) => {
        if (version !== taken) return socket.destroy();
        suite ??= cipher_suite;
        const taking = Buffer.concat([serverHello({ version, cipher_suite }), done]);
        const answer = cipher_suite === suite ? record(22, taking) : alert(2, 40);
        setTimeout(() => socket.end(answer), SLOW_MS);
      });
      const { tls } = await judged(choosy);
      const accepted = tls?.versions.map(({ acceptance }) => acceptance === 'accepted');
      assert.deepEqual(
        accepted,
        [0x0300, 0x0301, 0x0302, 0x0303, 0x0304].map((version) => version === taken),
      );
      assert.ok(tls?.versions.every(({ acceptance }) => acceptance !== 'unknown'));
    }
  });

  it('is known to speak TLS 1.3 where it wants a key share at once, and no more is told', async () => {
    const share = Buffer.concat([u16(0x001d), vector16(Buffer.alloc(32, 9))]);
    const hasty = (socket: Socket) =>
      void socket.once('data', (bytes: Buffer) => {
        const result = parseClientHello(bytes);
        if (result.state !== 'complete' || !result.hello.versions.includes(0x0304)) return socket.end(alert(2, 70));
        if (result.hello.key_share_groups.length === 0) return socket.end(alert(2, 109));
        const extensions = [
          [43, u16(0x0304)],
          [51, share],
        ] as const;
        socket.write(record(22, serverHello({ cipher_suite: result.hello.cipher_suites[0]!, extensions })));
      });
    const report = await judged(hasty);
    const verdicts = verdictsOf(report);
    assert.deepEqual(
      [verdicts['tls13'], verdicts['post-quantum-group'], report.verdict, report.problem],
      ['pass', 'could-not-tell', 'unfinished', 'sends no HelloRetryRequest'],
    );
  });

  it('is not asked for ever where it chooses what was not offered', async () => {
    const report = await judged(
      (socket) => void socket.write(record(22, Buffer.concat([serverHello({ cipher_suite: 0xfefe }), done]))),
    );
    assert.deepEqual([report.verdict, report.problem], ['unfinished', 'chose what was not offered']);
    assert.ok(report.connections < 20);
  });
});
