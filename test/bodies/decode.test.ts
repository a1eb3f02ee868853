import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { CODINGS, type Coding, codingOf } from '../../src/channels/api/bodies/codings.ts';
import { collect } from '../../src/channels/api/bodies/collect.ts';
import { decoded, decodeWhole } from '../../src/channels/api/bodies/decode.ts';
import { checkTextBody, REQUEST_TEXT } from '../../src/channels/api/bodies/text.ts';
import { Refusal } from '../../src/core/errors/index.ts';
import { SchemaCompiler } from '../../src/protocol/jsonschema/index.ts';

const ENCODE: Readonly<Record<Coding, (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
  br: brotliCompressSync,
  zstd: zstdCompressSync,
};
const MAX_BYTES = 200_000;
const BOUNDS = {
  min_bytes: 2,
  max_bytes: MAX_BYTES,
  ratio: 100,
  broken: 'VALIDATE_DECOMPRESSION',
  tooSmall: () => new Refusal('VALIDATE_SCHEMA', { rule: 'minLength' }),
  tooLarge: () => new Refusal('LIMIT_BODY'),
} as const;

/** `CODE rule` of the refusal, or the length of what was decoded. */
async function told(bytes: Buffer, coding: Coding, bounds = BOUNDS): Promise<string | number> {
  try {
    return (await decodeWhole(bytes, coding, bounds)).length;
  } catch (error) {
    assert.ok(error instanceof Refusal, String(error));
    return `${error.code} ${error.detail.rule ?? ''}`.trim();
  }
}

for (const coding of CODINGS) {
  const encode = ENCODE[coding];

  test(`${coding}: output at its bound passes, one byte more or less does not`, async () => {
    const bytes = Buffer.from(Array.from({ length: MAX_BYTES + 1 }, (_, at) => (at * 7919) % 251));
    const wide = { ...BOUNDS, ratio: 1_000_000 } as unknown as typeof BOUNDS;
    assert.equal(await told(encode(bytes.subarray(0, MAX_BYTES)), coding, wide), MAX_BYTES);
    assert.equal(await told(encode(bytes), coding, wide), 'LIMIT_BODY');
    assert.equal(await told(encode(bytes.subarray(0, 2)), coding), 2);
    assert.equal(await told(encode(bytes.subarray(0, 1)), coding), 'VALIDATE_SCHEMA minLength');
  });

  test(`${coding}: 64 KiB of one letter are honest, more are a bomb`, async () => {
    assert.equal(await told(encode(Buffer.alloc(64 * 1024)), coding), 64 * 1024);
    assert.equal(await told(encode(Buffer.alloc(MAX_BYTES)), coding), 'VALIDATE_DECOMPRESSION ratio');
  });

  test(`${coding}: what is cut, empty or goes on after its end is refused`, async () => {
    const bytes = encode(Buffer.from('some text that is long enough to be cut'));
    for (const broken of [Buffer.alloc(0), bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.from('x')])]) {
      assert.equal(await told(broken, coding), 'VALIDATE_DECOMPRESSION coding');
    }
  });

  test(`${coding}: what goes on after its end is refused however it arrives`, async () => {
    const bytes = encode(Buffer.from('a text'));
    for (const more of ['\0', 'x', 'more than one byte']) {
      const whole = Buffer.concat([bytes, Buffer.from(more)]);
      for (let at = 0; at <= whole.length; at++) {
        const source = Readable.from([whole.subarray(0, at), whole.subarray(at)], { objectMode: false });
        const outcome = await collect(decoded(source, coding, BOUNDS)).then(String, (error) => error.detail.rule);
        assert.equal(outcome, 'coding', `${more} split at ${at}`);
      }
    }
  });

  test(`${coding}: any bytes, and coded ones with a byte changed, decode within bounds or are refused`, async () => {
    const changed = fc
      .tuple(fc.uint8Array({ minLength: 2, maxLength: 300 }), fc.nat(), fc.nat(255))
      .map(([given, at, value]) => {
        const bytes = encode(Buffer.from(given));
        bytes[at % bytes.length] = value;
        return bytes;
      });
    const noise = fc.uint8Array({ maxLength: 200 }).map((given) => Buffer.from(given));
    await fc.assert(
      fc.asyncProperty(fc.oneof(changed, noise), async (bytes) => {
        const outcome = await told(bytes, coding);
        assert.ok(typeof outcome === 'string' || outcome <= MAX_BYTES);
      }),
      { numRuns: 200 },
    );
  });
}

test('one known coding is taken off; any other, and a list, is unknown', () => {
  assert.deepEqual(['gzip', 'GZIP', 'x-gzip', 'br', 'zstd', 'deflate'].map(codingOf), [
    'gzip',
    'gzip',
    'gzip',
    'br',
    'zstd',
    'deflate',
  ]);
  assert.deepEqual([undefined, 'identity', 'Identity'].map(codingOf), [null, null, null]);
  for (const other of ['', 'gzip, gzip', 'gzip,br', 'compress', 'aws-chunked', 'identity, gzip', ' gzip']) {
    assert.equal(codingOf(other), 'unknown', other);
  }
});

test('any bytes are text that keeps its schema, or are refused', () => {
  const schema = new SchemaCompiler({ dialect: '2020-12', document: {}, direction: 'request', visible: () => true });
  const content = {
    format: 'text',
    media_type: 'text/plain',
    schema: schema.compile({ type: 'string', maxLength: 5 }, ''),
  } as const;
  const bindings = { 'principal.party': 'acme', 'principal.machine': 'acme-erp' };
  const judging = { bindings, max_steps: 100_000 };
  const texts = fc.string({ unit: 'binary', maxLength: 12 }).map((text) => Buffer.from(text));
  fc.assert(
    fc.property(
      fc.oneof(
        texts,
        fc.uint8Array({ maxLength: 12 }).map((given) => Buffer.from(given)),
      ),
      (bytes) => {
        try {
          checkTextBody(bytes, content, judging, REQUEST_TEXT);
        } catch (error) {
          assert.ok(error instanceof Refusal);
          return;
        }
        const text = bytes.toString('utf8');
        assert.ok(Buffer.from(text).equals(bytes) && [...text].length <= 5);
        assert.doesNotMatch(text, /[^\P{Cc}\t\n\r\x7f-\x9f]/u);
      },
    ),
  );
});
