import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { HeartbeatReader } from '../../src/protocol/tls/heartbeat.ts';
import { MalformedFlight } from '../../src/protocol/tls/malformed-flight.ts';
import { buildSsl2ClientHello, Ssl2Reader, type Ssl2ServerHello } from '../../src/protocol/tls/ssl2.ts';
import { alert, record } from './flight.ts';
import { u16 } from './hello.ts';

const certificate = Buffer.from('certificate');
const kinds = Buffer.of(1, 0, 0x80, 7, 0, 0xc0);
const message = Buffer.concat([
  ...[Buffer.of(4, 0, 1), u16(2), u16(certificate.length), u16(kinds.length), u16(16)],
  ...[certificate, kinds, Buffer.alloc(16, 5)],
]);
const short_header = Buffer.concat([u16(0x8000 | message.length), message]);
const long_header = Buffer.concat([u16(message.length + 3), Buffer.of(3), message, Buffer.alloc(3)]);

function read(bytes: Buffer, chunk_bytes = bytes.length): Ssl2ServerHello | null {
  const reader = new Ssl2Reader();
  for (let at = 0; at < bytes.length; at += chunk_bytes) {
    const hello = reader.push(bytes.subarray(at, at + chunk_bytes));
    if (hello !== null) return hello;
  }
  return null;
}

describe('a SERVER-HELLO of SSL 2.0', () => {
  it('is read with either header, in one piece and byte by byte', () => {
    for (const bytes of [short_header, long_header]) {
      for (const size of [bytes.length, 1, 7]) {
        assert.deepEqual(read(bytes, size), { certificate, cipher_kinds: [0x010080, 0x0700c0] });
      }
    }
  });

  const others: readonly [string, Buffer][] = [
    ['an ERROR', Buffer.of(0x80, 3, 0, 0, 1)],
    ['an alert of TLS', alert(2, 40)],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request\r\n')],
    ['a length that lies', Buffer.concat([u16(0x8000 | (message.length - 1)), message])],
    ['padding longer than the record', Buffer.concat([u16(20), Buffer.of(20), message])],
    ['a version of TLS', Buffer.from(short_header).fill(3, 5, 6)],
  ];
  for (const [what, bytes] of others) {
    it(`is told from ${what}`, () => assert.throws(() => read(bytes), MalformedFlight));
  }

  it('or a MalformedFlight is made of any bytes, and nothing else', () => {
    const nearly = fc.tuple(fc.constantFrom(short_header, long_header), fc.nat(), fc.integer({ min: 0, max: 255 }));
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      nearly.map(([bytes, at, value]) => Buffer.from(bytes).fill(value, at % bytes.length, (at % bytes.length) + 1)),
    );
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 9 }), (bytes, size) => {
        try {
          read(bytes, size);
        } catch (error) {
          assert.ok(error instanceof MalformedFlight, String(error));
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a CLIENT-HELLO of SSL 2.0', () => {
  it('is as long as it says, with every cipher kind and a challenge of 16 bytes', () => {
    const hello = buildSsl2ClientHello(Buffer.alloc(16, 7));
    assert.equal(hello.readUInt16BE(0), 0x8000 | (hello.length - 2));
    assert.deepEqual([hello.readUInt16BE(5), hello.readUInt16BE(7), hello.readUInt16BE(9)], [21, 0, 16]);
    assert.throws(() => buildSsl2ClientHello(Buffer.alloc(15)), RangeError);
  });
});

describe('the answer to a heartbeat', () => {
  const answer = (bytes: Buffer, size: number) => {
    const reader = new HeartbeatReader();
    for (let at = 0; at < bytes.length; at += size) {
      const told = reader.push(bytes.subarray(at, at + size));
      if (told !== null) return told;
    }
    return null;
  };
  const response = (payload_bytes: number) =>
    record(24, Buffer.concat([Buffer.of(2), u16(payload_bytes), Buffer.alloc(payload_bytes + 16)]));
  const cases: readonly [string, Buffer, boolean | null][] = [
    ['one with a payload that was never sent', response(4_097), true],
    ['one behind the rest of a flight', Buffer.concat([record(22, Buffer.alloc(40)), response(4_097)]), true],
    ['one with the payload that was sent', response(4_096), false],
    ['a heartbeat request', record(24, Buffer.of(1, 0, 1, 0, 0, 0)), false],
    ['an alert', alert(2, 10), false],
    ['half of one', response(4_097).subarray(0, 7), null],
  ];
  for (const [what, bytes, told] of cases) {
    it(`is told: ${what}`, () => {
      for (const size of [bytes.length, 1, 3]) assert.equal(answer(bytes, size), told);
    });
  }
});
