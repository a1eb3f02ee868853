import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ACME_ORDER_ID, GLOBEX_ORDER_ID } from '../../examples/orders/orders.ts';
import { type OrdersService, startOrdersService } from '../../examples/orders/service.ts';
import {
  checkParameters,
  checkResponseHeaders,
  loadContract,
  type Operation,
  responseContent,
  responseFor,
} from '../../src/channels/api/contract/index.ts';
import { Refusal } from '../../src/core/errors/refusal.ts';
import { parseJson, trim } from '../../src/protocol/json/index.ts';
import { jsonAnswer } from './json-answer.ts';

const path = join(import.meta.dirname, '../../examples/orders/contracts/orders.yaml');
const contract = loadContract({ api: 'orders', path, text: readFileSync(path, 'utf8') });
const viewers = {
  acme: new Set(['acme', 'preferred-suppliers', 'suppliers']),
  globex: new Set(['globex', 'suppliers']),
};
let service: OrdersService;

before(async () => {
  service = await startOrdersService({
    port: 0,
    now: () => new Date(0),
    newId: () => 'a3bb189e-8bf9-4888-9912-ace4e6543002',
  });
});
after(() => service.close());

function operation(id: string): Operation {
  return contract.operations.find((candidate) => candidate.id === `orders.${id}`) as Operation;
}

/** Calls the service as the gate does: parameters rebuilt, answer held to the contract and trimmed. */
async function call(party: 'acme' | 'globex', id: string, path: readonly string[] = [], query = '', body?: string) {
  const called = operation(id);
  const bindings = { 'principal.party': party, 'principal.machine': `${party}-1` };
  const judging = { bindings, max_steps: 1_000_000 };
  const sent = checkParameters(called, { path, query, headers: () => undefined }, judging);
  const url = `http://127.0.0.1:${service.port}${sent.path}${sent.query ? `?${sent.query}` : ''}`;
  const answer = await fetch(url, { method: called.method, ...(body === undefined ? {} : { body }) });
  const shape = responseFor(called.responses, answer.status);
  const headers = checkResponseHeaders(shape, { all: (name) => answer.headers.get(name) ?? undefined }, judging);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (bytes.length === 0 && shape.content.length === 0) return { status: answer.status, headers, json: null, sent };
  const content = jsonAnswer(responseContent(shape, answer.headers.get('content-type') ?? undefined));
  const tape = parseJson(bytes);
  const result = content.schemaFor(viewers[party]).check(tape, judging);
  if (!result.ok) throw new Refusal('FILTER_SCHEMA', { pointer: result.pointer, rule: result.keyword });
  const json: unknown = JSON.parse(trim(tape, result.undeclared, result.fills).toString());
  return { status: answer.status, headers, json, sent };
}

test('a list holds the caller`s own orders without a field nobody declared', async () => {
  const { json, sent } = await call('acme', 'listOrders');
  assert.equal(sent.query, 'supplierId=acme');
  const { orders, ...others } = json as { orders: Record<string, unknown>[] };
  assert.deepEqual(others, {});
  assert.deepEqual(orders[0], {
    id: ACME_ORDER_ID,
    supplierId: 'acme',
    status: 'placed',
    placedAt: '2026-03-02T09:30:00Z',
    reference: 'PO 2026/118',
    lines: [{ sku: 'A-100', quantity: 4 }],
    customer: { name: 'Ines Ruiz', city: 'Valencia' },
    rebatePercent: 2.5,
  });
  assert.equal(orders.length, 2);
});

test('a field for preferred suppliers does not reach another supplier', async () => {
  const { json } = await call('globex', 'getOrder', [GLOBEX_ORDER_ID]);
  assert.ok(!JSON.stringify(json).includes('rebatePercent'));
});

test('another supplier`s order breaks the binding of the answer', async () => {
  await assert.rejects(call('acme', 'getOrder', [GLOBEX_ORDER_ID]), (error) => {
    assert.ok(error instanceof Refusal);
    assert.deepEqual([error.code, error.detail], ['FILTER_SCHEMA', { pointer: '/supplierId', rule: 'x-bind' }]);
    return true;
  });
});

test('a stack trace is no declared answer', async () => {
  await assert.rejects(call('acme', 'getLabel', [ACME_ORDER_ID]), { code: 'FILTER_STATUS' });
});

test('a declared problem passes without its undeclared member', async () => {
  const { status, json } = await call('acme', 'getInvoice', ['a3bb189e-8bf9-4888-9912-000000000000']);
  assert.equal(status, 404);
  assert.deepEqual(json, { type: 'about:blank', title: 'No such order', status: 404 });
});

test('a created order comes back with its declared header', async () => {
  const body = JSON.stringify({ lines: [{ sku: 'A-100', quantity: 1 }], supplierId: 'acme' });
  const { status, headers } = await call('acme', 'createOrder', [], '', body);
  assert.equal(status, 201);
  assert.deepEqual(headers, ['location', '/orders/a3bb189e-8bf9-4888-9912-ace4e6543002']);
});

test('an answer without a body is one', async () => {
  const { status, json } = await call('acme', 'cancelOrder', [ACME_ORDER_ID]);
  assert.deepEqual([status, json], [204, null]);
});
