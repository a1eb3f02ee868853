import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createOplog } from '../../src/core/oplog/oplog.ts';

function oplog(format: 'text' | 'json') {
  let written = '';
  const notify = createOplog({ format, write: (text) => (written += text), now: () => 1_790_000_000_000, pid: 4711 });
  return { notify, written: () => written };
}

test('for machines an event is one JSON object a line, with time, level, process and text', () => {
  const { notify, written } = oplog('json');
  notify('the log is back', 'info', { failed_ms: 20 });
  notify('two\nlines');
  const [first, second] = written()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  const common = { time: '2026-09-21T14:13:20.000Z', pid: 4711 };
  assert.deepEqual(first, { ...common, level: 'info', msg: 'the log is back', failed_ms: 20 });
  assert.deepEqual(second, { ...common, level: 'warn', msg: 'two\nlines' });
});

test('for people an event is a sentence after the name of the program', () => {
  const { notify, written } = oplog('text');
  notify('cannot record', 'error', { os_code: 'ENOSPC' });
  assert.equal(written(), 'sallyport: cannot record\n');
});

test('no text can forge a line, a field or a colour', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const machines = oplog('json');
      machines.notify(text, 'error', { time: 'x', level: 'info', pid: 0, msg: text, other: text });
      const lines = machines.written().split('\n');
      assert.deepEqual([lines.length, lines[1]], [2, '']);
      const { time, level, pid } = JSON.parse(lines[0]!) as Record<string, unknown>;
      assert.deepEqual([time, level, pid], ['2026-09-21T14:13:20.000Z', 'error', 4711]);
      const people = oplog('text');
      people.notify(text);
      assert.doesNotMatch(people.written().replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
    }),
  );
});

const CANARY = 'c4n4ryc4n4ryc4n4ry';

test('what looks like a secret is redacted wherever it stands', () => {
  for (const text of [
    `found "-----BEGIN PRIVATE KEY-----\n${CANARY}\n-----END PRIVATE KEY-----"`,
    `-----BEGIN EC PRIVATE KEY-----\n${CANARY}`,
    `Authorization: Bearer ${CANARY}`,
    `basic ${CANARY}`,
    `eyJhbGciOiJFUzI1NiJ9.${CANARY}.${CANARY}`,
    `connects to https://user:${CANARY}@orders.internal/`,
  ]) {
    for (const format of ['json', 'text'] as const) {
      const { notify, written } = oplog(format);
      notify(text, 'warn', { text });
      assert.doesNotMatch(written(), new RegExp(CANARY), text);
      assert.match(written(), /\[redacted\]/);
    }
  }
});

test('a fact whose key names a secret is redacted whatever it holds', () => {
  for (const key of [
    'password',
    'Authorization',
    'client_secret',
    'api-key',
    'set-cookie',
    'accessToken',
    'private_key',
  ]) {
    const { notify, written } = oplog('json');
    notify('told', 'warn', { [key]: CANARY, port: 8443 });
    assert.equal((JSON.parse(written()) as Record<string, unknown>)[key], '[redacted]');
    assert.match(written(), /"port":8443/);
  }
});

test('a text is bounded, and redacting it takes no longer than reading it', () => {
  const { notify, written } = oplog('json');
  for (const part of ['-----BEGIN PRIVATE KEY-----', 'a://b:', 'Bearer ', 'eyJ']) notify(part.repeat(100_000));
  assert.ok(written().length < 4 * 70_000);
});
