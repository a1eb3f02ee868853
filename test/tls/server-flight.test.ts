import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MalformedFlight } from '../../src/protocol/tls/malformed-flight.ts';
import { MAX_FLIGHT_BYTES } from '../../src/protocol/tls/record-reader.ts';
import { FlightReader, type ServerFlight } from '../../src/protocol/tls/server-flight.ts';
import { alert, certificates, done, handshake, record, serverHello } from './flight.ts';
import { u16, vector8, vector16 } from './hello.ts';

function read(bytes: Buffer, chunk_bytes = bytes.length): { flight: ServerFlight; ended: boolean } {
  const reader = new FlightReader();
  let ended = false;
  for (let at = 0; at < bytes.length; at += chunk_bytes) ended = reader.push(bytes.subarray(at, at + chunk_bytes));
  return { flight: reader.flight, ended };
}

function reasonOf(bytes: Buffer): string {
  try {
    return read(bytes).ended ? 'ended' : 'open';
  } catch (error) {
    assert.ok(error instanceof MalformedFlight, String(error));
    return error.message;
  }
}

const RETRY = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');
const ecdhe = handshake(12, Buffer.concat([Buffer.of(3), u16(0x001d), vector8(Buffer.alloc(32))]));
const request = handshake(
  13,
  Buffer.concat([vector8(Buffer.of(1)), vector16(u16(0x0401)), vector16(vector16(Buffer.of(48)))]),
);
const leaf = Buffer.from('leaf');
const messages = Buffer.concat([
  serverHello({
    extensions: [
      [0xff01, Buffer.of(0)],
      [16, vector16(vector8(Buffer.from('h2')))],
    ],
  }),
  certificates(leaf, Buffer.from('issuer')),
  ecdhe,
  request,
  done,
]);
const whole = record(22, messages);

describe('a flight of TLS 1.2', () => {
  it('is read to its end, in one piece and byte by byte', () => {
    for (const size of [whole.length, 1, 7]) {
      const { flight, ended } = read(whole, size);
      assert.equal(ended, true);
      assert.equal(flight.server_hello?.cipher_suite, 0xc02f);
      assert.deepEqual(flight.server_hello?.extensions, [0xff01, 16]);
      assert.equal(flight.server_hello?.alpn, 'h2');
      assert.deepEqual(flight.certificates?.map(String), ['leaf', 'issuer']);
      assert.deepEqual(flight.key_exchange, { kind: 'ecdhe', group: 0x001d });
      assert.deepEqual(flight.certificate_request, { authorities: [Buffer.of(48)] });
    }
  });

  it('may have its messages spread over records as it likes', () => {
    const records = [...messages].map((byte) => record(22, Buffer.of(byte)));
    assert.equal(read(Buffer.concat(records.slice(0, 40))).ended, false);
    assert.equal(read(Buffer.concat(records)).flight.key_exchange?.kind, 'ecdhe');
  });

  it('tells the size of a Diffie-Hellman group and of an export key to the bit', () => {
    const prime = Buffer.alloc(129);
    prime[1] = 0x40;
    const dhe = handshake(12, Buffer.concat([vector16(prime), vector16(Buffer.of(2)), vector16(prime)]));
    const flight = (suite: number, exchange: Buffer) =>
      read(record(22, Buffer.concat([serverHello({ cipher_suite: suite }), exchange]))).flight.key_exchange;
    assert.deepEqual(flight(0x009e, dhe), { kind: 'dhe', prime_bits: 1023 });
    assert.deepEqual(flight(0x0003, dhe), { kind: 'rsa-export', modulus_bits: 1023 });
    assert.equal(flight(0x002f, dhe), null);
  });
});

describe('a flight of TLS 1.3', () => {
  it('ends with the ServerHello, and a HelloRetryRequest names the group', () => {
    const extensions = [
      [43, u16(0x0304)],
      [51, u16(0x11ec)],
    ] as const;
    const { flight, ended } = read(record(22, serverHello({ random: RETRY, cipher_suite: 0x1302, extensions })));
    assert.equal(ended, true);
    const { version, hello_retry, group } = flight.server_hello!;
    assert.deepEqual([version, hello_retry, group], [0x0304, true, 0x11ec]);
  });
});

describe('an alert', () => {
  it('ends the flight where it is fatal, and is passed over where it is a warning', () => {
    assert.equal(read(alert(2, 70)).flight.alert, 70);
    assert.equal(read(Buffer.concat([alert(1, 112), whole])).flight.server_hello?.cipher_suite, 0xc02f);
  });

  it('is not waited out for ever', () => {
    assert.equal(reasonOf(Buffer.concat(Array.from({ length: 5 }, () => alert(1, 112)))), 'warnings');
  });
});

describe('what is no first flight', () => {
  const hello = serverHello();
  const bad: readonly [string, Buffer, string][] = [
    ['plain HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n'), 'not_tls'],
    ['another major version', Buffer.of(22, 2, 0, 0, 1, 0), 'not_tls'],
    ['an empty record', Buffer.of(22, 3, 3, 0, 0), 'record_length'],
    ['a record longer than any', Buffer.of(22, 3, 3, 0xff, 0xff), 'record_length'],
    ['application data', Buffer.of(23, 3, 3, 0, 1, 0), 'not_tls'],
    ['a certificate before the hello', record(22, certificates(leaf)), 'unexpected_message'],
    ['a second hello', record(22, Buffer.concat([hello, hello])), 'unexpected_message'],
    ['a message nobody knows', record(22, Buffer.concat([hello, handshake(99, leaf)])), 'unexpected_message'],
    ['a message that never ends', record(22, Buffer.of(11, 0xff, 0xff, 0xff)), 'message_length'],
    ['a hello with more behind it', record(22, serverHello({ trailing: Buffer.of(0, 0, 0) })), 'trailing'],
    ['a hello cut short', record(22, handshake(2, Buffer.alloc(20))), 'length'],
    ['a version of another protocol', record(22, serverHello({ version: 0xfefd })), 'version'],
    [
      'TLS 1.2 in supported_versions',
      record(22, serverHello({ extensions: [[43, u16(0x0303)]] })),
      'supported_versions',
    ],
    [
      'an extension twice',
      record(
        22,
        serverHello({
          extensions: [
            [23, leaf],
            [23, leaf],
          ],
        }),
      ),
      'extension_repeated',
    ],
    [
      'two protocols chosen',
      record(22, serverHello({ extensions: [[16, vector16(Buffer.concat([vector8(leaf), vector8(leaf)]))]] })),
      'alpn',
    ],
    ['an alert of three bytes', record(21, Buffer.of(2, 40, 0)), 'alert'],
    ['an alert of no level', record(21, Buffer.of(7, 40)), 'alert'],
  ];
  for (const [what, bytes, reason] of bad) it(`is told: ${what}`, () => assert.equal(reasonOf(bytes), reason));

  it('is told: more certificates than a chain has, with the hello kept', () => {
    const reader = new FlightReader();
    const list = certificates(...Array.from({ length: 10_000 }, () => leaf));
    reader.push(record(22, hello));
    assert.throws(() => {
      for (let at = 0; at < list.length; at += 16_000) reader.push(record(22, list.subarray(at, at + 16_000)));
    }, MalformedFlight);
    assert.equal(reader.flight.server_hello?.cipher_suite, 0xc02f);
    assert.equal(reader.flight.certificates, null);
  });

  it('is told: bytes without end, at bounded memory', () => {
    const reader = new FlightReader();
    const part = Buffer.concat([Buffer.of(22, 3, 3, 0x40, 0), Buffer.alloc(16_384)]);
    reader.push(record(22, hello));
    reader.push(record(22, Buffer.of(11, 3, 0xff, 0xff)));
    let pushed_bytes = 0;
    assert.throws(() => {
      for (;;) {
        reader.push(part);
        pushed_bytes += part.length;
      }
    }, MalformedFlight);
    assert.ok(pushed_bytes <= MAX_FLIGHT_BYTES);
  });
});

/** Bytes that are nearly a flight. */
const nearly = fc
  .tuple(
    fc.constantFrom(whole, record(22, serverHello({ extensions: [[51, u16(0x11ec)]] })), alert(2, 40)),
    fc.nat(),
    fc.integer({ min: 0, max: 255 }),
  )
  .map(([bytes, at, value]) => {
    const copy = Buffer.from(bytes);
    copy[at % copy.length] = value;
    return copy;
  });

const framed = fc
  .array(fc.tuple(fc.constantFrom(2, 11, 12, 13, 14, 22), fc.uint8Array({ maxLength: 80 })), { maxLength: 6 })
  .map((list) =>
    record(22, Buffer.concat([serverHello(), ...list.map(([type, body]) => handshake(type, Buffer.from(body)))])),
  );

describe('any bytes', () => {
  it('give a flight or a MalformedFlight, however they are cut, and the same each time', () => {
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
      nearly,
      framed,
    );
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 64 }), (bytes, size) => {
        const outcome = (chunk_bytes: number) => {
          try {
            return read(bytes, chunk_bytes);
          } catch (error) {
            assert.ok(error instanceof MalformedFlight, String(error));
            return error.message;
          }
        };
        const cut = outcome(size);
        // Cut otherwise, an end may come before the bytes that spoil it.
        if (typeof cut === 'string') assert.equal(outcome(1), cut);
      }),
      { numRuns: 2_000 },
    );
  });
});
