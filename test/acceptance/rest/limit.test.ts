import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { missingTools } from '../harness/tools.ts';
import { ORDER } from '../harness/upstream.ts';
import { assertRefused, HTTP_VERSIONS, type RestGate, startRestGate } from './rest-gate.ts';
import { restService } from './service.ts';

/** Each test spends the budgets of a party of its own, so that they do not depend on each other. */
const PARTIES = {
  'parties/acme.yaml': party('acme', { 'acme-erp': 'limits: { rate: 50/1m }' }),
  'parties/globex.yaml': party('globex', { 'globex-reports': '' }),
  'parties/initech.yaml': party('initech', { 'initech-feed': 'limits: { concurrency: 1 }' }),
  'parties/umbrella.yaml': party('umbrella', { 'umbrella-a': '', 'umbrella-b': '' }),
  'parties/hooli.yaml': party('hooli', { 'hooli-bulk': 'limits: { rate: 1000/1s }' }),
};

const LIMITS = `    limits:
      body: 2KiB
`;

function party(name: string, machines: Record<string, string>): string {
  const lines = Object.entries(machines).map(
    ([id, limits]) =>
      `  ${id}:\n${limits && `    ${limits}\n`}    credentials: [{ trust: partner-ca, uri: "spiffe://${name}.example/${id}" }]\n`,
  );
  return `party: ${name}\ngroups: [suppliers]\nmachines:\n${lines.join('')}`;
}

async function issueAll({ issueClient }: RestGate['project']): Promise<void> {
  for (const [name, machine] of MACHINES) {
    await issueClient({ file: machine, uri: `spiffe://${name}.example/${machine}` });
  }
}

const MACHINES = [
  ['acme', 'acme-erp'],
  ['globex', 'globex-reports'],
  ['initech', 'initech-feed'],
  ['umbrella', 'umbrella-a'],
  ['umbrella', 'umbrella-b'],
  ['hooli', 'hooli-bulk'],
] as const;

const over = (code: string) => ({ status: 429, problem: 'too-many-requests', code, step: 'limit' });
const BIG = JSON.stringify({ item: 'x'.repeat(3000), quantity: 1 });

describe('limit', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate({
      upstream_more: LIMITS,
      more: 'limits:\n  machine: 3/1m\n  party: 5/1m\n  operation: 4/1m\n',
      files: PARTIES,
      prepare: issueAll,
    });
  });
  after(() => rest.close());

  async function passes(path: string, as: string): Promise<Record<string, string>> {
    const answer = await rest.call(path, { as });
    assert.equal(answer.status, 200, answer.body);
    rest.upstream.received.length = 0;
    return answer.headers;
  }

  it('a machine over its rate is refused with 429, told its budget and when to come back, and recorded', async () => {
    const first = await passes('/api/orders', 'globex-reports');
    assert.equal(first['ratelimit-policy'], '"machine";q=3;w=60');
    assert.match(first['ratelimit']!, /^"machine";r=2;t=\d+$/);
    await passes('/api/orders', 'globex-reports');
    await passes('/api/orders', 'globex-reports');
    const answer = await rest.call('/api/orders', { as: 'globex-reports' });
    const record = await assertRefused(rest, answer, over('LIMIT_MACHINE'));
    assert.equal(answer.headers['ratelimit-policy'], '"machine";q=3;w=60');
    assert.match(answer.headers['ratelimit']!, /^"machine";r=0;t=\d+$/);
    const retry_s = Number(answer.headers['retry-after']);
    assert.ok(retry_s >= 1 && retry_s <= 60, String(retry_s));
    assert.deepEqual([record.machine, record.operation], ['globex-reports', 'orders.listOrders']);
  });

  it('a machine with a budget of its own is held to that, and its party to the budget of parties', async () => {
    for (let round = 0; round < 4; round++) await passes(`/api/orders/${ORDER.id}`, 'acme-erp');
    await passes('/api/orders', 'acme-erp');
    const answer = await rest.call('/api/orders', { as: 'acme-erp' });
    const record = await assertRefused(rest, answer, over('LIMIT_PARTY'));
    assert.equal(record.party, 'acme');
    assert.match(answer.headers['ratelimit']!, /^"party";r=0;/);
  });

  it('an operation over its rate is refused for the next caller, who is not told of others', async () => {
    for (const as of ['umbrella-a', 'umbrella-a', 'umbrella-a', 'umbrella-b']) {
      assert.equal((await rest.call('/api/notes', { method: 'POST', as })).status, 204);
    }
    rest.upstream.received.length = 0;
    const answer = await rest.call('/api/notes', { method: 'POST', as: 'umbrella-b' });
    await assertRefused(rest, answer, over('LIMIT_OPERATION'));
    assert.doesNotMatch(answer.headers['ratelimit-policy']!, /operation/);
  });

  it('more exchanges under way than a machine may have are refused, and the place is given back', async () => {
    const held = Promise.withResolvers<ServerResponse>();
    rest.upstream.answer((_request, response) => held.resolve(response));
    const path = '/api/parties/initech/stock?warehouse=north';
    const call = { as: 'initech-feed', headers: ['X-Purpose: audit'] };
    const first = rest.call(path, call);
    const response = await held.promise;
    rest.upstream.received.length = 0;
    const second = await rest.call(path, call);
    await assertRefused(rest, second, over('LIMIT_CONCURRENCY'));
    assert.equal(second.headers['retry-after'], '1');
    rest.upstream.answer(restService);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(ORDER));
    assert.equal((await first).status, 200);
    assert.equal((await rest.call(path, call)).status, 200);
    rest.upstream.received.length = 0;
  });

  for (const http of HTTP_VERSIONS) {
    it(`a body over HTTP/${http} that says it is too large is refused with 413 before it is read`, async () => {
      const answer = await rest.call('/api/orders', { method: 'POST', as: 'hooli-bulk', http, body: BIG });
      const record = await assertRefused(rest, answer, {
        status: 413,
        problem: 'too-large',
        code: 'LIMIT_BODY',
        step: 'limit',
      });
      assert.equal(record.request_bytes, 0);
    });
  }

  it('a chunked body is refused with 413 once it has grown too large', async () => {
    const headers = ['transfer-encoding: chunked', 'content-type: application/json'];
    const answer = await rest.call('/api/orders', { method: 'POST', as: 'hooli-bulk', headers, body: BIG });
    const expected = { status: 413, problem: 'too-large', code: 'LIMIT_BODY', step: 'validate' };
    await assertRefused(rest, answer, expected);
  });
});

describe('limit of a source', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate({ more: 'limits:\n  source: 2/1m\n' });
  });
  after(() => rest.close());

  it('a source over its rate is refused before it is asked who it is, and other sources are not', async () => {
    for (let round = 0; round < 2; round++) {
      assert.equal((await rest.call('/api/orders', { as: null })).status, 401);
    }
    const answer = await rest.call('/api/orders');
    const record = await assertRefused(rest, answer, {
      status: 429,
      problem: 'too-many-requests',
      code: 'LIMIT_SOURCE',
      step: 'admit',
    });
    assert.deepEqual([record.machine, record.source.ip], [null, '127.0.0.1']);
    const elsewhere = await rest.call('/api/orders', { args: ['--interface', '127.0.0.2'] });
    assert.equal(elsewhere.status, 200, elsewhere.error);
    assert.equal((await rest.recordOf(elsewhere)).source.ip, '127.0.0.2');
  });
});
