import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ExchangeRecord } from '../../src/core/audit/record.ts';
import { STEPS } from '../../src/core/errors/index.ts';
import { exportFrame, spanCount, spansOf as spansOfExchange } from '../../src/core/traces/otlp.ts';
import { outcome } from '../audit/records.ts';

const RESOURCE = { gate: 'orders-gate', version: '1.2.3', worker: 2 };
const ID = '01900000-0000-7000-8000-000000000001';

function spansOf(changes: Partial<ExchangeRecord> = {}, parent_id: string | null = null) {
  return spansOfExchange({ outcome: outcome(ID, changes), parent_id });
}

test('an exchange is a span of the caller’s trace, with its steps as children one after the other', () => {
  const [exchange, ...steps] = spansOf({}, 'b7ad6b7169203331');
  assert.deepEqual(
    { ...exchange, attributes: null },
    {
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      spanId: '00f067aa0ba902b7',
      parentSpanId: 'b7ad6b7169203331',
      name: 'orders.createOrder',
      kind: 2,
      startTimeUnixNano: '1790000000000000000',
      endTimeUnixNano: '1790000000007000000',
      attributes: null,
      status: {},
    },
  );
  assert.deepEqual(
    steps.map((step) => [step.name, step.parentSpanId, step.kind, step.startTimeUnixNano, step.endTimeUnixNano]),
    [
      ['admit', '00f067aa0ba902b7', 1, '1790000000000000000', '1790000000000005000'],
      ['authorize', '00f067aa0ba902b7', 1, '1790000000000005000', '1790000000000009000'],
    ],
  );
});

test('a trace that begins at the gate has no parent, not an empty one', () => {
  assert.equal('parentSpanId' in spansOf()[0]!, false);
});

test('values are encoded as OTLP’s JSON has them', () => {
  const attributes = new Map(spansOf()[0]!.attributes.map(({ key, value }) => [key, value]));
  assert.deepEqual(attributes.get('http.response.status_code'), { intValue: '201' });
  assert.deepEqual(attributes.get('http.route'), { stringValue: '/orders/{order_id}' });
  assert.deepEqual(attributes.get('sallyport.verdict'), { stringValue: 'allowed' });
});

test('an export says which gate it is of, and is JSON whatever the gate is called', () => {
  for (const gate of ['orders-gate', '[]', '"', '\ud800']) {
    const frame = exportFrame({ ...RESOURCE, gate });
    const { resourceSpans } = JSON.parse(frame.join('{"name":"a"},{"name":"b"}'));
    assert.deepEqual(resourceSpans, [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'sallyport' } },
            { key: 'service.instance.id', value: { stringValue: gate.toWellFormed() } },
            { key: 'service.version', value: { stringValue: '1.2.3' } },
            { key: 'sallyport.worker', value: { intValue: '2' } },
          ],
        },
        scopeSpans: [{ scope: { name: 'sallyport', version: '1.2.3' }, spans: [{ name: 'a' }, { name: 'b' }] }],
      },
    ]);
  }
});

test('the step that calls the service is a client, and says whom it reached', () => {
  const steps_us = { admit: 5, forward: 900, filter: 3 };
  const forward = (changes: Partial<ExchangeRecord>) =>
    spansOf({ steps_us, ...changes }).find(({ name }) => name === 'forward');
  assert.equal(forward({})?.kind, 3);
  assert.deepEqual(forward({})?.attributes, [
    { key: 'network.peer.address', value: { stringValue: '10.0.0.7:8443' } },
    { key: 'http.response.status_code', value: { intValue: '201' } },
    { key: 'sallyport.upstream.attempts', value: { intValue: '1' } },
  ]);
  const unanswered = { address: null, status: null, attempts: 0, trimmed: 0 };
  const late = forward({ upstream: unanswered, verdict: 'refused', code: 'FORWARD_LATE', step: 'forward' });
  assert.deepEqual(late?.attributes, [{ key: 'sallyport.code', value: { stringValue: 'FORWARD_LATE' } }]);
  assert.equal(forward({ upstream: null })?.kind, 1, 'refused before it was sent');
});

test('no value is longer than a record has it, and none breaks the encoding of the whole export', () => {
  const [exchange] = spansOf({ operation: `${'a'.repeat(127)}\u{1f600}${'b'.repeat(9999)}`, request_bytes: 0.25 });
  assert.equal(exchange?.name, `${'a'.repeat(127)}\ufffd\u2026`);
  const sizes = exchange.attributes.filter(({ key }) => key.endsWith('body.size'));
  assert.deepEqual(
    sizes.map(({ value }) => value),
    [{ intValue: '0' }, { intValue: '1024' }],
  );
});

test('a refusal marks its step, and the exchange only where the gate or the service failed', () => {
  const denied = spansOf({ verdict: 'refused', code: 'AUTHZ_DENIED', step: 'authorize', status: 403 });
  assert.deepEqual(
    denied.map(({ name, status }) => [name, status]),
    [
      ['orders.createOrder', {}],
      ['admit', {}],
      ['authorize', { code: 2 }],
    ],
  );
  const late = spansOf({ verdict: 'refused', code: 'FORWARD_LATE', step: 'forward', status: 504 });
  assert.deepEqual(late[0]?.status, { code: 2 });
});

test('what never was a request belongs to no trace', () => {
  const { span_id: _, ...refused } = outcome(ID, { http: null });
  assert.deepEqual(spansOfExchange({ outcome: refused, parent_id: null }), []);
  assert.equal(spanCount(refused), 0);
});

test('ids are unique, of the right length and the same each time; no child outlives its parent', () => {
  const steps_us = fc.record(Object.fromEntries(STEPS.map((step) => [step, fc.nat(5_000_000)])), { requiredKeys: [] });
  fc.assert(
    fc.property(steps_us, fc.integer({ min: -5, max: 10_000 }), (steps, took_ms) => {
      const changes = { steps_us: steps, ended_ms: 1_790_000_000_000 + took_ms };
      const spans = spansOf(changes);
      assert.deepEqual(spansOf(changes), spans);
      assert.equal(spanCount(outcome(ID, changes)), spans.length);
      assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length);
      const [exchange, ...children] = spans;
      for (const { traceId, spanId, startTimeUnixNano, endTimeUnixNano } of spans) {
        assert.match(traceId, /^[0-9a-f]{32}$/);
        assert.match(spanId, /^[0-9a-f]{16}$/);
        assert.ok(BigInt(startTimeUnixNano) <= BigInt(endTimeUnixNano));
      }
      for (const child of children) assert.ok(BigInt(child.endTimeUnixNano) <= BigInt(exchange!.endTimeUnixNano));
    }),
  );
});

test('numbers that are no times do not break an export', () => {
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1e300, 0.5]) {
    const spans = spansOf({ started_ms: odd, ended_ms: odd, steps_us: { admit: odd } });
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
      assert.match(startTimeUnixNano, /^[0-9]{1,20}$/);
      assert.ok(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano));
    }
  }
});

test('spans hold nothing of what callers sent but what the record has', () => {
  const source = { address: 'canary', port: 1 };
  const changes = { pointer: '/canary', reason: 'canary', rule: 'canary', credential: 'canary', source };
  assert.doesNotMatch(JSON.stringify(spansOf(changes)), /canary/);
});
