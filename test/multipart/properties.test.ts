import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  DEFAULT_MULTIPART_LIMITS,
  MultipartError,
  type Part,
  parseMultipart,
  writeMultipart,
} from '../../src/protocol/multipart/index.ts';

const TYPE = 'multipart/form-data; boundary=b';

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => text.isWellFormed() && !/[\\%\p{Cc}\p{Zl}\p{Zp}]|^_charset_$/u.test(text));
const part: fc.Arbitrary<Part> = fc.record(
  {
    name,
    filename: fc.option(name),
    content_type: fc.option(fc.constantFrom('text/plain', 'image/png', 'application/json; charset=utf-8')),
    body: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  },
  { noNullPrototype: true },
);

test('what the writer writes the parser reads, part by part', () => {
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const written = writeMultipart(parts, 'b');
      if (written === null) return assert.ok(parts.some(({ body }) => body.includes('--b')));
      assert.deepEqual(parseMultipart(written, TYPE, DEFAULT_MULTIPART_LIMITS), parts);
    }),
  );
});

test('the parser agrees with the form parser of the platform on everything it accepts', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 4 }), async (parts) => {
      // A long boundary, as clients draw them: the platform's parser stumbles over one that a body ends like.
      const boundary = 'boundary-0123456789';
      const written = writeMultipart(parts, boundary) as Buffer;
      const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
      const form = await new Response(written, { headers }).formData();
      const read = await Promise.all(
        Array.from(form, async ([key, value]) =>
          typeof value === 'string'
            ? [key, null, value]
            : [key, value.name, Buffer.from(await value.arrayBuffer()).toString('hex')],
        ),
      );
      const expected = parts.map(({ name, filename, body }) =>
        filename === null ? [name, null, new TextDecoder().decode(body)] : [name, filename, body.toString('hex')],
      );
      assert.deepEqual(read, expected);
    }),
    { numRuns: 200 },
  );
});

const piece = fc.constantFrom(
  '--b',
  '--',
  '-',
  '\r\n',
  '\r',
  '\n',
  'Content-Disposition: form-data; name="a"',
  '; filename="x"',
  ' ',
  ':',
  '"',
  '\\',
  'Content-Type: text/plain',
  '\r\n\r\n',
  'x',
  '\0',
  '\xff',
  '%0D',
  ';',
  '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n',
);

test('of any bytes only declared errors come, and parts that lie in the body one after the other', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((raw) => Buffer.from(raw)),
    fc.array(piece, { maxLength: 30 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1')),
    fc
      .array(piece, { maxLength: 8 })
      .map((pieces) =>
        Buffer.from(`--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${pieces.join('')}\r\n--b--`, 'latin1'),
      ),
  );
  fc.assert(
    fc.property(bytes, (body) => {
      let parts: Part[];
      try {
        parts = parseMultipart(body, TYPE, DEFAULT_MULTIPART_LIMITS);
      } catch (error) {
        assert.ok(error instanceof MultipartError);
        return;
      }
      let at = 0;
      for (const { body: inner } of parts) {
        assert.ok(inner.byteOffset - body.byteOffset >= at);
        at = inner.byteOffset - body.byteOffset + inner.length;
        assert.ok(!inner.includes('--b'));
      }
      const again = writeMultipart(parts, 'other');
      assert.deepEqual(
        parseMultipart(again as Buffer, 'multipart/form-data; boundary=other', DEFAULT_MULTIPART_LIMITS),
        parts,
      );
    }),
    { numRuns: 3000 },
  );
});

test('any Content-Type field is read or refused as a boundary', () => {
  const field = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .array(
        fc.constantFrom('multipart/form-data', ';', ' ', 'boundary', '=', '"', 'a', '\\', 'charset', 'utf-8', ','),
        { maxLength: 12 },
      )
      .map((words) => words.join('')),
  );
  fc.assert(
    fc.property(field, (type) => {
      try {
        parseMultipart(Buffer.from('--a--'), type, DEFAULT_MULTIPART_LIMITS);
        assert.fail('a body without parts was accepted');
      } catch (error) {
        assert.ok(error instanceof MultipartError);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a boundary that occurs in a part is not written', () => {
  const one = (body: string): Part[] => [{ name: 'a', filename: null, content_type: null, body: Buffer.from(body) }];
  assert.equal(writeMultipart(one('x\r\n--b--'), 'b'), null);
  assert.equal(writeMultipart(one('x--bx'), 'b'), null);
  assert.equal(writeMultipart([{ ...(one('')[0] as Part), name: 'x--b' }], 'b'), null);
  assert.ok(writeMultipart(one('x-b'), 'b'));
});

test('what would end a header or a quoted string is never written', () => {
  const base = { name: 'a', filename: null, content_type: null, body: Buffer.alloc(0) };
  for (const bad of ['a\r\nX: y', 'a\\', 'a\0']) {
    assert.throws(() => writeMultipart([{ ...base, name: bad }], 'b'), TypeError);
    assert.throws(() => writeMultipart([{ ...base, filename: bad }], 'b'), TypeError);
    assert.throws(() => writeMultipart([{ ...base, content_type: bad }], 'b'), TypeError);
  }
  for (const boundary of ['', 'a b', 'a"', 'x'.repeat(71), 'a\r\n']) {
    assert.throws(() => writeMultipart([base], boundary), TypeError);
  }
});
