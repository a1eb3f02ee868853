/** What a collector may say, and what no collector says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { judgeAnswer } from '../../src/core/traces/index.ts';

const NOW_MS = Date.UTC(2026, 0, 1, 12);

function judge(status: number, body = '', retry_after: string | null = null) {
  return judgeAnswer({ status, retry_after, body: Buffer.from(body) }, 10, NOW_MS);
}

test('an export is taken with an empty answer, an empty message, or one that is partly successful', () => {
  for (const body of ['', '{}', '{"partialSuccess":{}}', '{"partialSuccess":null}', '{"future":[1]}']) {
    assert.deepEqual(judge(200, body), { taken: true, rejected: 0 }, body);
  }
});

test('spans that a collector rejects are counted, no more than were sent, and no nonsense', () => {
  const rejected = (count: string) => judge(200, `{"partialSuccess":{"rejectedSpans":${count},"errorMessage":"no"}}`);
  assert.deepEqual(rejected('"3"'), { taken: true, rejected: 3 });
  assert.deepEqual(rejected('3'), { taken: true, rejected: 3 });
  assert.deepEqual(rejected('"999999"'), { taken: true, rejected: 10 });
  for (const nonsense of ['-1', '"x"', '1e400', '[]', '{}', 'true', '0.5', '"9007199254740993"']) {
    const judged = rejected(nonsense);
    assert.ok(judged.taken && judged.rejected <= 1, nonsense);
  }
});

test('whoever says 200 and sends what is no answer of OTLP has taken nothing', () => {
  for (const body of ['<html>', '[]', 'null', '1', '"ok"', '{', '\u0000\u0001']) {
    const judged = judge(200, body);
    assert.deepEqual(judged, { taken: false, again: false, after_ms: 0, why: 'its answer is not one of OTLP' }, body);
  }
});

test('only what may pass is sent again, and not before the collector wants it', () => {
  for (const status of [429, 502, 503, 504]) assert.ok(!judge(status).taken && 'again' in judge(status));
  const after = (text: string | null, status = 429) => {
    const judged = judge(status, '', text);
    assert.ok(!judged.taken);
    return [judged.again, judged.after_ms];
  };
  assert.deepEqual(after(null), [true, 0]);
  assert.deepEqual(after('7'), [true, 7000]);
  assert.deepEqual(after('Thu, 01 Jan 2026 12:00:09 GMT', 503), [true, 9000]);
  assert.deepEqual(after('Thu, 01 Jan 2026 11:00:00 GMT'), [true, 0]);
  for (const nonsense of ['-1', '1.5', 'soon', '99999999999999999999', ''])
    assert.deepEqual(after(nonsense), [true, 0]);
  for (const status of [301, 400, 401, 403, 404, 405, 413, 500, 501]) assert.deepEqual(after('7', status), [false, 0]);
});

test('no answer escapes judgement, and none of its bytes is told', () => {
  fc.assert(
    fc.property(fc.integer({ min: 200, max: 599 }), fc.json(), fc.string(), (status, body, retry_after) => {
      const judged = judge(status, body, retry_after);
      if (judged.taken) assert.ok(judged.rejected >= 0 && judged.rejected <= 10);
      else assert.match(judged.why, /^(?:status \d{3}|its answer is not one of OTLP)$/);
    }),
  );
});
