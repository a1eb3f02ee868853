import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { createIdSource, traceFrom, traceparent } from '../../src/core/exchange/index.ts';

const fill = (buffer: Buffer) => void randomFillSync(buffer);

test('an id is a UUIDv7 that carries the time, and no two are alike', () => {
  const at = 1_795_300_000_123;
  const ids = createIdSource(() => at, fill);
  const made = Array.from({ length: 5000 }, () => ids.uuid7());
  for (const id of made) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16), at);
  }
  assert.equal(new Set(made).size, made.length);
});

const never = () => false;

test('a trace that begins here says to others whether it is exported, one of a caller what its caller said', () => {
  const ids = createIdSource(() => 0, fill);
  const asked: string[] = [];
  const always = (trace_id: string) => asked.push(trace_id) > 0;
  const begun = traceFrom(undefined, ids, always);
  assert.equal(begun.flags, '01');
  assert.equal(traceFrom(undefined, ids, never).flags, '00');
  const carried = traceFrom('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00', ids, always);
  assert.equal(carried.flags, '00');
  assert.deepEqual(asked, [begun.trace_id]);
});

test('a valid traceparent is carried on with a span of our own', () => {
  const ids = createIdSource(() => 0, fill);
  const trace = traceFrom('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', ids, never);
  assert.equal(trace.trace_id, '4bf92f3577b34da6a3ce929d0e0e4736');
  assert.equal(trace.parent_id, '00f067aa0ba902b7');
  assert.match(traceparent(trace), /^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
  assert.notEqual(trace.span_id, '00f067aa0ba902b7');
});

// W3C Trace Context section 3.2.2.
const BROKEN = [
  '',
  'x',
  'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
  '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7',
];

for (const broken of BROKEN) {
  test(`the traceparent ${JSON.stringify(broken)} starts a new trace`, () => {
    const trace = traceFrom(
      broken,
      createIdSource(() => 0, fill),
      never,
    );
    assert.equal(trace.parent_id, null);
    assert.match(trace.trace_id, /^[0-9a-f]{32}$/);
    assert.notEqual(trace.trace_id, '4bf92f3577b34da6a3ce929d0e0e4736');
  });
}

test('no text a client sends as traceparent makes the outgoing one malformed', () => {
  const ids = createIdSource(() => 0, fill);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.match(traceparent(traceFrom(text, ids, never)), /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/);
    }),
  );
});
