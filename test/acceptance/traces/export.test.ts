/** What reaches a collector of the calls of a running gate, and what never does. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { outcomesOf } from '../harness/outcomes.ts';
import { missingTools } from '../harness/tools.ts';
import { wellBehaved } from '../harness/upstream.ts';
import { exchangesOf, startCollector, type TestCollector } from './collector.ts';
import { startTracedGate, type TracedGate, tracesTo, until } from './traced-gate.ts';

const skip = missingTools('curl');
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
/** Of no share below 100%. */
const NEVER = `${'a'.repeat(18)}${'0'.repeat(14)}`;

describe('a gate whose every exchange is exported', { skip }, () => {
  let collector: TestCollector;
  let traced: TracedGate;

  before(async () => {
    collector = await startCollector();
    traced = await startTracedGate(tracesTo(`http://127.0.0.1:${collector.port}/otlp/`));
  });

  beforeEach(() => {
    collector.reset();
    traced.upstream.received.length = 0;
    traced.upstream.answer(wellBehaved);
  });

  after(async () => {
    await traced.close();
    await collector.close();
  });

  test('a call is a span below its caller’s and above the service’s, with a span for each step', async () => {
    const { call, upstream, metric } = traced;
    const before_ms = Date.now();
    const answer = await call('/api/orders?limit=5', ['--header', `traceparent: 00-${TRACE}-${PARENT}-01`]);
    assert.equal(answer.status, 200);
    const spans = await collector.until((all) => all.length > 0);
    const [exchange, ...steps] = spans;
    assert.deepEqual([exchange?.traceId, exchange?.parentSpanId, exchange?.kind], [TRACE, PARENT, 'SERVER']);
    assert.equal(upstream.received[0]?.headers['traceparent'], `00-${TRACE}-${exchange?.spanId}-01`);
    assert.deepEqual(
      steps.map(({ name }) => name),
      ['admit', 'authenticate', 'match', 'limit', 'authorize', 'validate', 'forward', 'filter'],
    );
    for (const step of steps) {
      assert.deepEqual([step.traceId, step.parentSpanId], [TRACE, exchange?.spanId]);
      assert.equal(step.kind, step.name === 'forward' ? 'CLIENT' : 'INTERNAL');
      assert.ok(step.start_ns >= exchange!.start_ns && step.end_ns <= exchange!.end_ns);
    }
    assert.ok(
      exchange!.start_ns >= BigInt(before_ms) * 1_000_000n && exchange!.end_ns <= BigInt(Date.now()) * 1_000_000n,
    );
    const { 'sallyport.exchange': id, 'http.response.body.size': size_bytes, ...known } = exchange!.attributes;
    assert.equal(id, answer.headers['sallyport-exchange']);
    assert.equal(size_bytes, answer.body.length);
    assert.deepEqual(known, {
      'sallyport.zone': 'partner',
      'sallyport.verdict': 'allowed',
      'sallyport.operation': 'orders.listOrders',
      'sallyport.party': 'acme',
      'sallyport.machine': 'acme-erp',
      'http.request.method': 'GET',
      'network.protocol.version': '2',
      'http.route': '/api/orders',
      'http.response.status_code': 200,
      'http.request.body.size': 0,
    });
    const { 'service.version': _version, ...resource } = exchange!.resource;
    assert.deepEqual(resource, {
      'service.name': 'sallyport',
      'service.instance.id': 'test-gate',
      'sallyport.worker': 1,
    });
    const { method, path, headers } = collector.exports[0]!;
    assert.deepEqual([method, path, headers['content-type']], ['POST', '/otlp/v1/traces', 'application/json']);
    await until('the spans are counted', async () => (await metric('sallyport_trace_spans_exported_total')) === 9);
  });

  test('a call without a trace begins one that is sampled, on record and told to the service', async () => {
    const { call, upstream, project } = traced;
    await call('/api/orders?limit=5');
    const [exchange] = await collector.until((all) => all.length > 0);
    assert.equal(exchange?.parentSpanId, null);
    assert.equal(upstream.received[0]?.headers['traceparent'], `00-${exchange?.traceId}-${exchange?.spanId}-01`);
    const recorded = (await outcomesOf(project)).filter(({ kind }) => kind === 'outcome');
    assert.deepEqual(
      recorded.slice(-1).map(({ exchange_id }) => exchange_id),
      [exchange?.attributes['sallyport.exchange']],
    );
  });

  test('a refusal is a span that says which step refused, and an error only where a service is to blame', async () => {
    const { call, upstream } = traced;
    await call('/api/orders?limit=500');
    await collector.until((all) => exchangesOf(all).length === 1);
    await call('/api/nowhere');
    await collector.until((all) => exchangesOf(all).length === 2);
    await call('/api/orders', [], null);
    await collector.until((all) => exchangesOf(all).length === 3);
    upstream.answer((_request, response) => void response.writeHead(500).end('oops'));
    await call('/api/orders?limit=5');
    const spans = await collector.until((all) => exchangesOf(all).length === 4);
    assert.deepEqual(
      exchangesOf(spans).map(({ name, is_error, attributes }) => [name, is_error, attributes['sallyport.code']]),
      [
        ['orders.listOrders', false, 'VALIDATE_PARAMETER'],
        ['GET', false, 'MATCH_PATH'],
        ['GET', false, 'AUTHN_NONE'],
        ['orders.listOrders', true, 'FILTER_STATUS'],
      ],
    );
    const refusing = spans.filter(({ kind, is_error }) => kind !== 'SERVER' && is_error);
    assert.deepEqual(
      refusing.map(({ name }) => name),
      ['validate', 'match', 'authenticate', 'filter'],
    );
    const reached = spans.find(({ kind, attributes }) => kind === 'CLIENT' && attributes['http.response.status_code']);
    assert.deepEqual(reached?.attributes, {
      'network.peer.address': '127.0.0.1',
      'http.response.status_code': 500,
      'sallyport.upstream.attempts': 1,
    });
  });

  test('nothing of path, query, fields, body, answer or the caller’s address reaches the collector', async () => {
    const { call, upstream, project } = traced;
    const canary = 'canary-4711';
    const fields = [`authorization: Bearer ${canary}`, `x-request-tag: ${canary}`, `tracestate: v=${canary}`].flatMap(
      (line) => ['--header', line],
    );
    const order = (body: object) => ['--json', JSON.stringify(body), ...fields];
    upstream.answer((_request, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'x-banner': canary });
      response.end(JSON.stringify({ id: '0190b8a0-0000-7000-8000-000000000001', item: canary, secret: canary }));
    });
    await call('/api/orders', order({ item: canary, quantity: 1 }));
    await call('/api/orders', order({ item: canary, quantity: 1, [canary]: canary }));
    await call(`/api/orders?limit=${canary}`, fields);
    await call(`/api/${canary}?${canary}`, [...fields, '--request', canary.toUpperCase()]);
    await collector.until((all) => exchangesOf(all).length === 4);
    const told = collector.exports.map(({ text, headers }) => text + JSON.stringify(headers)).join();
    assert.doesNotMatch(told, /canary/i);
    const thumbprints = (await outcomesOf(project)).map(({ credential }) => credential);
    for (const one of thumbprints) assert.ok(one === null || !told.includes(one));
    for (const { attributes, kind } of collector.spans()) {
      if (kind !== 'CLIENT') assert.ok(!JSON.stringify(attributes).includes('127.0.0.1'));
    }
  });
});

test('a flag of the caller brings a trace beyond the share only where that is configured, and hides none', {
  skip,
}, async (context) => {
  const collector = await startCollector();
  context.after(() => collector.close());
  const url = `http://127.0.0.1:${collector.port}`;
  const shared = tracesTo(url).replace('100%', '50%');
  const traced = (trace: string, flags: string) => ['--header', `traceparent: 00-${trace}-${PARENT}-${flags}`];
  const always = `${'a'.repeat(18)}${'f'.repeat(14)}`;
  const unasked = await startTracedGate(shared);
  context.after(() => unasked.close());
  await unasked.call('/api/orders', traced(NEVER, '01'));
  await unasked.call('/api/orders', traced(always, '00'));
  await collector.until((all) => exchangesOf(all).some(({ traceId }) => traceId === always));
  assert.deepEqual([...new Set(collector.spans().map(({ traceId }) => traceId))], [always]);
  assert.match(
    String(unasked.upstream.received[0]?.headers['traceparent']),
    /-01$/,
    'what the caller said is passed on',
  );
  const asked = await startTracedGate(`${shared}  asked: 2/1h\n`);
  context.after(() => asked.close());
  for (let n = 0; n < 4; n++) await asked.call('/api/orders', traced(NEVER, '01'));
  await asked.call('/api/orders', traced(NEVER, '01'), null);
  await asked.call('/api/orders', traced(always, '00'));
  await collector.until((all) => exchangesOf(all).filter(({ traceId }) => traceId === always).length === 2);
  assert.equal(exchangesOf(collector.spans()).filter(({ traceId }) => traceId === NEVER).length, 2);
});

test('without traces in the configuration there are no connections, no metrics and no sampled flag', {
  skip,
}, async (context) => {
  const untraced = await startTracedGate('');
  context.after(() => untraced.close());
  const { call, upstream, metric } = untraced;
  await call('/api/orders');
  assert.match(String(upstream.received[0]?.headers['traceparent']), /-00$/);
  assert.equal(await metric('sallyport_trace_spans_exported_total'), undefined);
  assert.equal(await metric('sallyport_trace_queue_bytes'), undefined);
});
