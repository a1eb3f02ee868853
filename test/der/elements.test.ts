import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readElements } from '../../src/protocol/der/elements.ts';

/** Identifier octets of one byte. */
const tag = fc.integer({ min: 0, max: 255 }).filter((octet) => (octet & 0x1f) !== 0x1f);
const sizes = fc.oneof(fc.nat(300), fc.constantFrom(127, 128, 255, 256, 65_535, 65_536));
const element = fc.record({ tag, content: sizes.map((size) => Buffer.alloc(size, 0x30)) });

function lengthOf(size: number): number[] {
  if (size < 0x80) return [size];
  const octets = size < 0x100 ? 1 : size < 0x10000 ? 2 : 3;
  return [0x80 | octets, ...Array.from({ length: octets }, (_, index) => (size >> (8 * (octets - 1 - index))) & 255)];
}

const written = ({ tag: octet, content }: { tag: number; content: Buffer }): Buffer =>
  Buffer.concat([Buffer.from([octet, ...lengthOf(content.length)]), content]);

test('elements are read as they were written, and no more of them than asked for', () => {
  fc.assert(
    fc.property(fc.array(element, { maxLength: 5 }), (elements) => {
      const bytes = Buffer.concat(elements.map(written));
      const read = readElements(bytes, 5)!;
      assert.deepEqual(
        read.map((one) => [one.tag, one.content.length]),
        elements.map((one) => [one.tag, one.content.length]),
      );
      assert.ok(Buffer.concat(read.map(({ whole }) => whole)).equals(bytes));
      if (elements.length > 0) assert.equal(readElements(bytes, elements.length - 1), null);
    }),
  );
});

test('any bytes are elements without rest, or nothing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const read = readElements(bytes, 64);
      if (read === null) return;
      assert.ok(Buffer.concat(read.map(({ whole }) => whole)).equals(bytes));
    }),
  );
});

test('a length that is indefinite, not of the shortest form, or longer than the bytes is refused', () => {
  for (const hex of [
    '3080',
    '30800000',
    '308101ff',
    '30820001ff',
    '3083000001ff',
    '308401000000',
    '3002ff',
    '30',
    '1f00',
  ]) {
    assert.equal(readElements(Buffer.from(hex, 'hex'), 2), null, hex);
  }
});
