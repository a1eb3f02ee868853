/** Orders for certificates, as the admin listener takes them: over the socket alone, within a length told first. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { IssueOrder } from '../../src/admin/issue.ts';
import { MAX_BODY_BYTES } from '../../src/admin/read-body.ts';
import { ANY_PORT, ask, opened, raw } from './world.ts';

const ORDER = { machine: 'acme-erp', uri: null, key: { kty: 'EC' } };
const ISSUED = {
  ok: true,
  party: 'acme',
  machine: 'acme-erp',
  uri: 'spiffe://acme.example/erp',
  serial: '4a',
  thumbprint: 'ab',
  not_before_ms: 1,
  not_after_ms: 2,
  certificate: 'PEM',
} as const;

async function listening(context: TestContext) {
  const orders: (IssueOrder | null)[] = [];
  const issue = (order: IssueOrder | null) => {
    orders.push(order);
    return Promise.resolve(order === null ? ({ ok: false, code: 'ISSUE_ORDER', reason: 'none' } as const) : ISSUED);
  };
  const at = await opened(context, { ports: { issue }, listen: [{ kind: 'unix' }, ANY_PORT] });
  const sent = (body: string, headers: Record<string, string> = {}, where: { socket?: string; port?: number } = at) =>
    ask(where, '/certificates', {
      method: 'POST',
      body,
      headers: { 'content-length': String(Buffer.byteLength(body)), ...headers },
    });
  return { at, orders, sent };
}

test('an order is answered with what came of it', async (context) => {
  const { orders, sent } = await listening(context);
  const answer = await sent(JSON.stringify(ORDER));
  assert.deepEqual([answer.status, JSON.parse(answer.body)], [200, ISSUED]);
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.equal((await sent('nonsense')).status, 422);
  assert.deepEqual(orders, [ORDER, null]);
});

test('a loopback port takes no order', async (context) => {
  const { at, orders, sent } = await listening(context);
  const answer = await sent(JSON.stringify(ORDER), {}, { port: at.port });
  assert.equal(answer.status, 403);
  assert.match(answer.body, /over its Unix socket/);
  assert.deepEqual(orders, []);
});

test('an order whose length is not told, too long or awaited is not read', async (context) => {
  const { at, orders, sent } = await listening(context);
  assert.equal((await sent(' '.repeat(MAX_BODY_BYTES + 1))).status, 413);
  assert.equal((await sent(JSON.stringify(ORDER), { expect: '100-continue' })).status, 417);
  const head = 'POST /certificates HTTP/1.1\r\nhost: localhost\r\n';
  assert.match(await raw(at.socket, `${head}transfer-encoding: chunked\r\n\r\n0\r\n\r\n`), /^HTTP\/1\.1 411 /);
  assert.match(await raw(at.socket, `${head}connection: close\r\n\r\n`), /^HTTP\/1\.1 411 /);
  assert.equal((await ask(at, '/certificates')).status, 405);
  assert.deepEqual(orders, []);
});

test('an order that ends in the middle is none', async (context) => {
  const { at, orders } = await listening(context);
  const head = 'POST /certificates HTTP/1.1\r\nhost: localhost\r\ncontent-length: 50\r\n\r\n{"machine"';
  const said = await raw(at.socket, head);
  assert.match(said, /^$|^HTTP\/1\.1 40[08] /);
  assert.deepEqual(orders, []);
  assert.equal((await ask(at, '/live')).status, 200);
});
