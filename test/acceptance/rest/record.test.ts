import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { STEPS } from '../../../src/core/errors/index.ts';
import type { CurlAnswer } from '../harness/curl.ts';
import { recordsOf } from '../harness/gate-process.ts';
import { missingTools } from '../harness/tools.ts';
import { ORDER } from '../harness/upstream.ts';
import { type Call, HTTP_VERSIONS, type RestGate, startRestGate } from './rest-gate.ts';
import { answering, restService } from './service.ts';

/** RFC 9562 section 5.7. */
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const SECRET = 'canary5d20';
const GOOD = { item: 'bolt', quantity: 1 };
const POST: Call = { method: 'POST', body: JSON.stringify(GOOD) };

/** One call for each step that can refuse, and one for none. */
const CALLS: readonly { what: string; path: string; call: Call; step: string | null }[] = [
  { what: 'an allowed GET', path: '/api/orders', call: {}, step: null },
  { what: 'an allowed POST', path: '/api/orders', call: POST, step: null },
  { what: 'a refusal by admit', path: '/api/x/../orders', call: {}, step: 'admit' },
  { what: 'a refusal by authenticate', path: '/api/orders', call: { as: null }, step: 'authenticate' },
  { what: 'a refusal by match', path: '/api/nothing', call: {}, step: 'match' },
  { what: 'a refusal by limit', path: '/api/orders', call: { method: 'POST', body: ' '.repeat(3000) }, step: 'limit' },
  { what: 'a refusal by authorize', path: '/api/orders', call: { ...POST, as: 'globex-reports' }, step: 'authorize' },
  { what: 'a refusal by validate', path: '/api/orders?limit=0', call: {}, step: 'validate' },
  {
    what: 'a refusal by filter',
    path: '/api/notes',
    call: { method: 'POST', headers: ['X-Break: 1'], body: '{"text":"break"}' },
    step: 'filter',
  },
];

describe('record', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate({ upstream_more: '    limits:\n      body: 2KiB\n' });
    rest.upstream.answer((request, response) => {
      if (request.body.includes('break')) return answering(500, {}, SECRET)(request, response);
      restService(request, response);
    });
  });
  after(() => rest.close());

  const idOf = (answer: CurlAnswer) => answer.headers['sallyport-exchange']!;

  for (const http of HTTP_VERSIONS) {
    for (const { what, path, call, step } of CALLS) {
      it(`${what} over HTTP/${http} leaves one outcome, with plan, trace, sizes and the time of each step it reached`, async () => {
        const answer = await rest.call(path, { ...call, http });
        const record = await rest.recordOf(answer);
        assert.equal(record.verdict, step === null ? 'allowed' : 'refused');
        assert.equal(record.step, step);
        assert.equal(record.status, answer.status);
        assert.equal(record.response_bytes, Buffer.byteLength(answer.body));
        assert.equal(record.request_bytes, reached(step, 'validate') ? bodyLength(call) : 0);
        assert.match(record.plan, /^[0-9a-f]{64}$/);
        assert.match(record.trace_id, /^[0-9a-f]{32}$/);
        assert.deepEqual([record.zone, record.source.ip, record.http_version], ['partner', '127.0.0.1', http]);
        const walked = STEPS.filter((name) => name !== 'record' && reached(step, name));
        assert.deepEqual(Object.keys(record.steps_us), walked);
        for (const spent_us of Object.values(record.steps_us)) assert.ok(spent_us >= 0 && spent_us < 20_000_000);
      });
    }
  }

  it('the same plan stands in every record, and a gate with another configuration has another', async () => {
    const plan = (await rest.recordOf(await rest.call('/api/orders'))).plan;
    assert.equal((await rest.recordOf(await rest.call('/api/nothing'))).plan, plan);
    const other = await startRestGate({ more: 'limits:\n  machine: 599/1m\n' });
    try {
      assert.notEqual((await other.recordOf(await other.call('/api/orders'))).plan, plan);
    } finally {
      await other.close();
    }
  });

  it('no body, query value, path value, header value or token is in the log or in what the gate prints', async () => {
    const headers = [
      `Authorization: Bearer ${SECRET}`,
      `Cookie: session=${SECRET}`,
      `X-Request-Tag: ${SECRET}`,
      `X-Other: ${SECRET}`,
      `User-Agent: ${SECRET}`,
      `Referer: https://x.example/${SECRET}`,
    ];
    const json = [...headers, 'content-type: application/json'];
    const body = (value: object): Call => ({ method: 'POST', headers: json, body: JSON.stringify(value) });
    const calls: [string, Call][] = [
      [`/api/orders?item=${SECRET}`, { headers }],
      [`/api/orders?limit=${SECRET}`, { headers }],
      [`/api/orders?${SECRET}=1`, { headers }],
      [`/api/orders/${SECRET}`, { headers }],
      [`/api/${SECRET}/%2e%2e/`, { headers }],
      [`/${SECRET}`, { headers }],
      [`/api/orders`, { headers, method: SECRET.toUpperCase() }],
      [`/api/orders`, { headers: [...headers, `traceparent: ${SECRET}`], as: null }],
      ['/api/orders', body({ ...GOOD, item: SECRET })],
      ['/api/orders', body({ ...GOOD, quantity: SECRET })],
      ['/api/orders', body({ ...GOOD, party: SECRET })],
      ['/api/orders', body({ ...GOOD, [SECRET]: 1 })],
      ['/api/notes', body({ labels: { [SECRET]: 1 } })],
      ['/api/notes', { ...body({}), body: `{"text":"${SECRET}` }],
      ['/api/notes', body({ text: `break ${SECRET}` })],
    ];
    for (const http of HTTP_VERSIONS) {
      for (const [path, call] of calls) {
        const answer = await rest.call(path, { ...call, http });
        assert.notEqual(answer.status, 0, answer.error);
      }
    }
    const audit = join(rest.project.folder, 'data', 'audit');
    const log = readdirSync(audit).map((name) => readFileSync(join(audit, name), 'utf8'));
    const found = log
      .join('')
      .split('\n')
      .filter((line) => line.toLowerCase().includes(SECRET));
    assert.deepEqual(found, []);
    assert.ok(!rest.gate.output().toLowerCase().includes(SECRET), rest.gate.output());
  });

  it('200 exchanges get 200 different UUIDv7, in the record, at the service and in the answers alike', async () => {
    rest.upstream.received.length = 0;
    const before = (await recordsOf(rest.project)).length;
    const runs = await Promise.all([
      rest.call('/api/orders?limit=[1-100]', { http: '1.1' }),
      rest.call('/api/orders?limit=[1-100]', { http: '2' }),
    ]);
    const minted = (await recordsOf(rest.project)).slice(before).map(({ exchange_id }) => exchange_id!);
    assert.equal(minted.length, 200);
    assert.equal(new Set(minted).size, 200);
    for (const id of minted) assert.match(id, UUID7);
    const served = rest.upstream.received.map(({ headers }) => String(headers['sallyport-exchange']));
    assert.deepEqual(served.toSorted(), minted.toSorted());
    for (const answer of runs) assert.ok(minted.includes(idOf(answer)));
    // The 74 random bits behind the time: none of them stands still, so no id tells the next.
    const random = new Set(minted.map((id) => id.slice(-12)));
    assert.equal(random.size, 200);
    rest.upstream.received.length = 0;
  });

  it('an exchange id that the caller sends is never taken for one', async () => {
    const answer = await rest.call('/api/orders', { headers: [`Sallyport-Exchange: ${ORDER.id}`] });
    assert.notEqual(idOf(answer), ORDER.id);
    assert.match(idOf(answer), UUID7);
    rest.upstream.received.length = 0;
  });
});

/** Whether an exchange that `step` refused came as far as `name`; null refuses nowhere. */
function reached(step: string | null, name: string): boolean {
  const order: readonly string[] = STEPS;
  return step === null || order.indexOf(name) <= order.indexOf(step);
}

function bodyLength({ body = '' }: Call): number {
  return Buffer.byteLength(body);
}
