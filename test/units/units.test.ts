import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, MAX_DURATION_MS, parseDuration } from '../../src/protocol/units/duration.ts';
import { parsePercent } from '../../src/protocol/units/percent.ts';
import { formatByteRate, formatRate, parseByteRate, parseRate } from '../../src/protocol/units/rate.ts';
import { formatSize, MAX_SIZE_BYTES, parseSize } from '../../src/protocol/units/size.ts';

const DURATION_FORM = 'must be a duration such as 250ms, 10s, 5m, 2h or 30d';
const SIZE_FORM = 'must be a size such as 512B, 64KiB, 2MiB or 10MB';
const RATE_FORM = 'must be a rate such as 20/s, 100/1m or 5000/1h';
const BYTE_RATE_FORM = 'must be a byte rate such as 512KiB/s or 64MiB/1m';

test('a duration is a whole number with a unit', () => {
  for (const [text, ms] of [
    ['250ms', 250],
    ['10s', 10_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['30d', 2_592_000_000],
  ] as const) {
    assert.deepEqual(parseDuration(text), { ok: true, value: ms });
    assert.equal(formatDuration(ms), text);
  }
});

test('anything else is refused as a duration with its form', () => {
  for (const text of [
    '',
    '10',
    's',
    '10 s',
    ' 10s',
    '10s ',
    '10s\n',
    '0s',
    '010s',
    '1.5s',
    '-1s',
    '+1s',
    '1S',
    '1M',
    '1w',
    '1h30m',
    '1e3s',
    '١s',
    '9999999999s',
  ]) {
    assert.deepEqual(parseDuration(text), { ok: false, problem: DURATION_FORM }, text);
  }
});

test('a duration outside its bounds is refused with the bounds', () => {
  const bounds = { min_ms: 1000, max_ms: 300_000 };
  for (const text of ['999ms', '301s', '6m', '999999999d']) {
    assert.deepEqual(parseDuration(text, bounds), { ok: false, problem: 'must be between 1s and 5m' }, text);
  }
  assert.equal(parseDuration('1000ms', bounds).ok, true);
  assert.equal(parseDuration('5m', bounds).ok, true);
});

test('a size is a whole number with a binary or decimal unit', () => {
  for (const [text, bytes] of [
    ['512B', 512],
    ['64KiB', 65_536],
    ['2MiB', 2_097_152],
    ['10MB', 10_000_000],
    ['3kB', 3000],
    ['1GiB', 1_073_741_824],
    ['1GB', 1_000_000_000],
  ] as const) {
    assert.deepEqual(parseSize(text), { ok: true, value: bytes });
    assert.equal(formatSize(bytes), text);
  }
});

test('anything else is refused as a size with its form', () => {
  for (const text of [
    '',
    '10',
    '10KB',
    '10kb',
    '10mib',
    '10K',
    '10M',
    '1.5MiB',
    '0B',
    '-1B',
    '10 MiB',
    '1TiB',
    '10MiB/s',
  ]) {
    assert.deepEqual(parseSize(text), { ok: false, problem: SIZE_FORM }, text);
  }
  assert.deepEqual(parseSize('9999GiB'), { ok: false, problem: 'must be between 1B and 1024GiB' });
});

test('a rate is a quota in a window', () => {
  assert.deepEqual(parseRate('100/1m'), { ok: true, value: { quota: 100, window_ms: 60_000 } });
  assert.deepEqual(parseRate('20/s'), { ok: true, value: { quota: 20, window_ms: 1000 } });
  assert.deepEqual(parseRate('1/1d'), { ok: true, value: { quota: 1, window_ms: 86_400_000 } });
  assert.deepEqual(parseByteRate('64MiB/s'), { ok: true, value: { quota: 67_108_864, window_ms: 1000 } });
});

test('anything else is refused as a rate with its form', () => {
  for (const text of [
    '',
    '100',
    '100/',
    '/1m',
    '0/s',
    '100/1',
    '100 / 1m',
    '1.5/s',
    '100/100ms',
    '100/ms',
    '1/s/s',
    '10B/s',
  ]) {
    assert.deepEqual(parseRate(text), { ok: false, problem: RATE_FORM }, text);
  }
  for (const text of ['', '100/s', '1MiB', '1MiB/ms', '1KB/s']) {
    assert.deepEqual(parseByteRate(text), { ok: false, problem: BYTE_RATE_FORM }, text);
  }
  assert.deepEqual(parseRate('1/2d'), { ok: false, problem: 'must have a window between 1s and 1d' });
  assert.deepEqual(parseByteRate('2000GiB/s'), { ok: false, problem: 'must move at most 1024GiB in its window' });
});

test('what is written in the largest unit is read back as the same value', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), fc.constantFrom(1, 1000, 60_000), (count, unit_ms) => {
      const ms = Math.min(count * unit_ms, MAX_DURATION_MS);
      assert.deepEqual(parseDuration(formatDuration(ms)), { ok: true, value: ms });
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), fc.constantFrom(1, 1000, 1024), (count, unit_bytes) => {
      const bytes = Math.min(count * unit_bytes, MAX_SIZE_BYTES);
      assert.deepEqual(parseSize(formatSize(bytes)), { ok: true, value: bytes });
    }),
  );
});

test('a rate is read back as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), fc.integer({ min: 1, max: 86_400 }), (quota, seconds) => {
      const rate = { quota, window_ms: seconds * 1000 };
      assert.deepEqual(parseRate(formatRate(rate)), { ok: true, value: rate });
      assert.deepEqual(parseByteRate(formatByteRate(rate)), { ok: true, value: rate });
    }),
  );
});

test('any text is answered, and a problem never holds the text', () => {
  const canary = fc.string({ minLength: 12 });
  fc.assert(
    fc.property(canary, (text) => {
      for (const parse of [parseDuration, parseSize, parseRate, parseByteRate]) {
        const result = parse(text);
        if (!result.ok) assert.equal(result.problem.includes(text), false);
      }
    }),
  );
});

test('a percentage is a whole number from 0% to 100%', () => {
  for (const [text, share] of [
    ['0%', 0],
    ['7%', 0.07],
    ['20%', 0.2],
    ['100%', 1],
  ] as const) {
    assert.deepEqual(parsePercent(text), { ok: true, value: share });
  }
  for (const text of ['', '20', '%', '101%', '020%', '-1%', '1.5%', '20 %', ' 20%', '20%\n', '٢%', '1e1%']) {
    assert.equal(parsePercent(text).ok, false, text);
  }
  assert.deepEqual(parsePercent('0%', 1), { ok: false, problem: 'must be between 1% and 100%' });
});
