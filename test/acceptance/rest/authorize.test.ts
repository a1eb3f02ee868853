import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { missingTools } from '../harness/tools.ts';
import { ORDER } from '../harness/upstream.ts';
import { STRICT_POLICIES } from './contract.ts';
import { assertRefused, type Call, HTTP_VERSIONS, type RestGate, startRestGate } from './rest-gate.ts';

const refused = (code: string) => ({ status: 403, problem: 'denied', code, step: 'authorize' });
const POST: Call = { method: 'POST', body: JSON.stringify({ item: 'bolt', quantity: 1 }) };
const STOCK: Call = { headers: ['X-Purpose: audit'] };

describe('authorize', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate({
      zone_more: '    tls: intermediate\n',
      policies: STRICT_POLICIES,
    });
  });
  after(() => rest.close());

  for (const http of HTTP_VERSIONS) {
    it(`a call that a policy permits goes through over HTTP/${http}, and the policy stands on the record`, async () => {
      const answer = await rest.call('/api/orders', { http, as: 'globex-reports' });
      assert.equal(answer.status, 200, answer.body);
      rest.onlyReceived();
      assert.deepEqual((await rest.recordOf(answer)).policies, ['globex-may-read']);
    });

    it(`a call that no policy permits is refused with 403 over HTTP/${http} and recorded as AUTHZ_DENIED`, async () => {
      const answer = await rest.call('/api/orders', { ...POST, http, as: 'globex-reports' });
      const record = await assertRefused(rest, answer, refused('AUTHZ_DENIED'));
      assert.deepEqual([record.machine, record.operation], ['globex-reports', 'orders.createOrder']);
      assert.deepEqual([record.policies, record.request_bytes], [[], 0]);
    });

    it(`a forbid wins over a permit over HTTP/${http} and stands on the record`, async () => {
      const answer = await rest.call(`/api/orders/${ORDER.id}`, { method: 'DELETE', http });
      const record = await assertRefused(rest, answer, refused('AUTHZ_DENIED'));
      assert.deepEqual(record.policies, ['nobody-deletes']);
    });

    it(`a forbid that cannot be evaluated refuses over HTTP/${http} and is recorded as AUTHZ_ERROR`, async () => {
      const answer = await rest.call('/api/notes', { method: 'POST', http });
      await assertRefused(rest, answer, refused('AUTHZ_ERROR'));
    });
  }

  it('a denial and a policy that breaks are told alike, and neither names a policy', async () => {
    const answers = await Promise.all([
      rest.call(`/api/orders/${ORDER.id}`, { method: 'DELETE' }),
      rest.call('/api/notes', { method: 'POST' }),
    ]);
    const told = answers.map(({ body, headers }) => body.replaceAll(headers['sallyport-exchange']!, 'ID'));
    assert.equal(told[0], told[1]);
    assert.doesNotMatch(told[0]!, /nobody|policy|forbid/);
  });

  it('facts of the connection decide: TLS 1.2 is refused where a policy asks for 1.3', async () => {
    const path = '/api/parties/acme/stock?warehouse=north';
    assert.equal((await rest.call(path, STOCK)).status, 200);
    rest.upstream.received.length = 0;
    const answer = await rest.call(path, { ...STOCK, args: ['--tls-max', '1.2'] });
    const record = await assertRefused(rest, answer, refused('AUTHZ_DENIED'));
    assert.deepEqual(record.policies, ['sensitive-needs-tls-1.3']);
    assert.equal(record.tls.version, 'TLSv1.2');
  });

  it('the body of a call that is denied is never looked at', async () => {
    const answer = await rest.call('/api/orders', { method: 'POST', as: 'globex-reports', body: '{"broken' });
    await assertRefused(rest, answer, refused('AUTHZ_DENIED'));
  });
});
