import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildClientHello } from '../../src/protocol/tls/build-client-hello.ts';
import { MalformedFlight } from '../../src/protocol/tls/malformed-flight.ts';
import { Tls12Client } from '../../src/protocol/tls/tls12-client.ts';
import { prf } from '../../src/protocol/tls/tls12-secrets.ts';
import { alert, certificates, done, handshake, record, serverHello } from './flight.ts';
import { u16, vector8, vector16 } from './hello.ts';

const hello = buildClientHello({
  legacy_version: 0x0303,
  random: Buffer.alloc(32, 1),
  session_id: Buffer.alloc(0),
  cipher_suites: [0xc02f],
  compression_methods: [0],
  extensions: [],
});
const session = { master_secret: Buffer.alloc(48), session_id: Buffer.alloc(32), ticket: Buffer.alloc(0) };
const client = (offered: typeof session | null = null) =>
  new Tls12Client({ hello, session: offered, random: randomBytes });

const point = Buffer.alloc(32, 9);
const ecdhe = (group: number, key: Buffer) => handshake(12, Buffer.concat([Buffer.of(3), u16(group), vector8(key)]));
const dhe = (prime: Buffer) =>
  handshake(12, Buffer.concat([vector16(prime), vector16(Buffer.of(2)), vector16(Buffer.of(5))]));
const leaf = certificates(Buffer.from('leaf'));
const flight = (suite: number, ...messages: Buffer[]) =>
  record(22, Buffer.concat([serverHello({ cipher_suite: suite }), ...messages]));
const change = record(20, Buffer.of(1));

describe('the PRF', () => {
  it('is that of RFC 5246, by a published vector for SHA-256', () => {
    const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
    const secret = hex('9b be 43 6b a9 40 f0 17 b1 76 52 84 9a 71 db 35');
    const seed = hex('a0 ba 9f 93 6c da 31 18 27 a6 f7 96 ff d5 19 8c');
    const made = prf('sha256', secret, 'test label', seed, 100);
    assert.equal(made.subarray(0, 16).toString('hex'), 'e3f229ba727be17b8d122620557cd453');
  });
});

describe('a client of TLS 1.2', () => {
  it('answers a whole flight with its key, in however many pieces that comes', () => {
    const bytes = flight(0xc02f, leaf, ecdhe(0x001d, point), done);
    for (const size of [bytes.length, 1]) {
      const one = client();
      let sent = Buffer.alloc(0);
      for (let at = 0; at < bytes.length; at += size)
        sent = Buffer.concat([sent, one.push(bytes.subarray(at, at + size))]);
      assert.equal(sent[0], 22);
      assert.equal(sent[5], 16);
      assert.equal(one.finished, false);
    }
  });

  const bad: readonly [string, Buffer, string][] = [
    ['a fatal alert', alert(2, 40), 'alert'],
    ['a suite it does not know', flight(0x1301), 'version'],
    ['no key', flight(0xc02f, leaf, done), 'no_key_exchange'],
    ['a point of zeros', flight(0xc02f, leaf, ecdhe(0x001d, Buffer.alloc(32)), done), 'key_exchange'],
    ['a point beside the curve', flight(0xc02f, leaf, ecdhe(0x0017, Buffer.alloc(65, 4)), done), 'key_exchange'],
    ['a group it did not offer', flight(0xc02f, leaf, ecdhe(0x0019, point), done), 'group'],
    ['a prime of 16,384 bits', flight(0x009e, leaf, dhe(Buffer.alloc(2_048, 255)), done), 'prime'],
    ['a prime of zero', flight(0x009e, leaf, dhe(Buffer.alloc(128)), done), 'prime'],
    ['a certificate that is none', flight(0x009c, leaf, done), 'key_exchange'],
    ['a session that was not offered', Buffer.concat([flight(0xc02f), change]), 'unexpected_message'],
    ['a change of keys before anything', change, 'unexpected_message'],
    ['a flight twice', flight(0xc02f, leaf, ecdhe(0x001d, point), done, done), 'unexpected_message'],
    [
      'records in clear after the change of keys',
      Buffer.concat([flight(0xc02f, leaf, ecdhe(0x001d, point), done), change, flight(0xc02f)]),
      'bad_record_mac',
    ],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 'not_tls'],
  ];
  for (const [what, bytes, word] of bad) {
    it(`gives up with a word: ${what}`, () => {
      assert.throws(
        () => client().push(bytes),
        (error) => error instanceof MalformedFlight && error.message === word,
      );
    });
  }

  it('gives up where bytes do not end', () => {
    const one = client();
    one.push(record(22, serverHello()));
    one.push(record(22, Buffer.of(11, 3, 0xff, 0xff)));
    assert.throws(() => {
      for (;;) one.push(record(22, Buffer.alloc(16_000)));
    }, MalformedFlight);
  });

  it('gives up with a word, or waits, whatever comes', () => {
    const whole = [
      flight(0xc02f, leaf, ecdhe(0x001d, point), done),
      flight(0x009e, leaf, dhe(Buffer.alloc(64, 251)), done),
    ];
    const tail = Buffer.concat([change, record(22, Buffer.alloc(40))]);
    const nearly = fc
      .tuple(
        fc.constantFrom(...whole, Buffer.concat([flight(0xc02f), tail])),
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
      )
      .map(([bytes, at, value]) =>
        Buffer.concat([Buffer.from(bytes).fill(value, at % bytes.length, (at % bytes.length) + 1), tail]),
      );
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      nearly,
    );
    fc.assert(
      fc.property(any, fc.boolean(), (bytes, offered) => {
        const one = client(offered ? session : null);
        try {
          one.push(bytes);
        } catch (error) {
          assert.ok(error instanceof MalformedFlight, String(error));
        }
        assert.equal(one.finished, false);
      }),
      { numRuns: 1_000 },
    );
  });
});
