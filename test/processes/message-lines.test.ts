import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineOf, MessageReader } from '../../src/processes/message-lines.ts';

function read(reader: MessageReader, ...chunks: (string | Buffer)[]): unknown[] {
  return chunks.flatMap((chunk) => [...reader.push(Buffer.from(chunk as string))]);
}

test('messages come out as they went in, however their bytes are cut', () => {
  const messages = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), { maxLength: 10 });
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sent, cuts) => {
      const bytes = Buffer.from(sent.map(lineOf).join(''));
      const chunks: Buffer[] = [];
      for (let at = 0, cut = 0; at < bytes.length; at += cuts[cut++ % cuts.length]!) {
        chunks.push(bytes.subarray(at, at + cuts[cut % cuts.length]!));
      }
      const expected = sent.map((message) => JSON.parse(JSON.stringify(message)));
      assert.deepEqual(read(new MessageReader(1e6), ...chunks), expected);
    }),
  );
});

test('whatever bytes come, nothing is thrown, and a message after them is read', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (chunks) => {
      const reader = new MessageReader(100);
      read(reader, ...chunks.map((chunk) => Buffer.from(chunk)), '\n');
      assert.deepEqual(read(reader, '{"say":"pong"}\n'), [{ say: 'pong' }]);
    }),
  );
});

test('a line that is no JSON is no message', () => {
  assert.deepEqual(read(new MessageReader(100), 'not json\n{"say"\n\n{}\n'), [undefined, undefined, undefined, {}]);
});

test('a line longer than the bound is no message, and ends where it ends', () => {
  const reader = new MessageReader(10);
  assert.deepEqual(read(reader, '"12345678"\n'), ['12345678']);
  assert.deepEqual(read(reader, '"123456789"\n{}\n'), [undefined, {}]);
  assert.deepEqual(read(reader, ...Array.from({ length: 1_000 }, () => '"12345678'), '"\n{}\n'), [undefined, {}]);
});

test('a line without an end holds no more memory than its bound', () => {
  const reader = new MessageReader(1024 * 1024);
  const before = process.memoryUsage().arrayBuffers;
  const [one, many] = [Buffer.from('['), Buffer.alloc(1024 * 1024, '[')];
  for (let n = 0; n < 500_000; n++) for (const _ of reader.push(one)) assert.fail();
  for (let n = 0; n < 200; n++) for (const _ of reader.push(many)) assert.fail();
  assert.ok(process.memoryUsage().arrayBuffers - before < 16 * 1024 * 1024);
  assert.deepEqual(read(reader, '\n{}\n'), [undefined, {}]);
});
