import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sallyport } from '../harness/cli.ts';
import { missingTools } from '../harness/tools.ts';
import { ORDER } from '../harness/upstream.ts';
import { REST_POLICIES } from './contract.ts';
import { assertRefused, type Call, HTTP_VERSIONS, type RestGate, startRestGate } from './rest-gate.ts';

/** The product with the largest Long overflows, which Cedar's validator cannot foresee. */
const POLICIES = `${REST_POLICIES}
@id("nobody-deletes")
forbid (principal, action, resource == Operation::"orders.deleteOrder");

@id("broken-for-notes")
forbid (principal, action, resource == Operation::"orders.addNote")
when { context.certificate.key_bits * 9223372036854775807 > 0 };

@id("sensitive-needs-tls-1.3")
forbid (principal, action, resource)
when { resource.sensitivity == "high" && context.tls.version != "TLSv1.3" };
`;

const TABLE = `cases:
  - { machine: acme-erp, operation: orders.createOrder, expect: allow, policies: [suppliers-may-call] }
  - { machine: globex-reports, operation: orders.createOrder, expect: deny }
  - { machine: acme-erp, operation: orders.deleteOrder, expect: deny, policies: [nobody-deletes] }
`;

const refused = (code: string) => ({ status: 403, problem: 'denied', code, step: 'authorize' });
const POST: Call = { method: 'POST', body: JSON.stringify({ item: 'bolt', quantity: 1 }) };
const STOCK: Call = { headers: ['X-Purpose: audit'] };

describe('authorize', { skip: missingTools('curl') }, () => {
  let rest: RestGate;
  before(async () => {
    rest = await startRestGate({ policies: POLICIES, files: { 'table.yaml': TABLE } });
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

  const explain = (machine: string, operation: string, ...more: string[]) =>
    sallyport(rest.project.folder, ['policy', 'explain', machine, operation, ...more]);

  it('`policy explain` names the policy that permits, and ends with 0', async () => {
    const run = await explain('acme-erp', 'orders.createOrder');
    assert.equal(run.exit_code, 0, run.stderr);
    assert.match(run.stdout, /allowed[\s\S]*suppliers-may-call at policies\/orders\.cedar:1/);
  });

  it('`policy explain --json` names the policy that forbids, and ends with 1', async () => {
    const run = await explain('acme-erp', 'orders.deleteOrder', '--json');
    assert.equal(run.exit_code, 1, run.stderr);
    const view = JSON.parse(run.stdout);
    assert.equal(view.decision.allow, false);
    assert.deepEqual(view.decision.policies, ['nobody-deletes']);
    assert.equal(view.deciding[0].effect, 'forbid');
  });

  it('`policy explain` says what keeps the nearest permit from applying', async () => {
    const run = await explain('globex-reports', 'orders.createOrder');
    assert.equal(run.exit_code, 1, run.stderr);
    assert.match(run.stdout, /No policy permits this[\s\S]*globex-may-read[\s\S]*the action does not match/);
  });

  it('`policy explain` with a name nobody has ends with 2 and says so', async () => {
    const run = await explain('acme-epr', 'orders.createOrder');
    assert.equal(run.exit_code, 2, run.stdout);
    assert.match(run.stderr, /acme-epr[\s\S]*acme-erp/);
  });

  it('`policy test` ends with 0 when every case is as expected', async () => {
    const run = await sallyport(rest.project.folder, ['policy', 'test', 'table.yaml', '--json']);
    assert.equal(run.exit_code, 0, run.stderr);
    const report = JSON.parse(run.stdout);
    assert.deepEqual([report.ok, report.cases.length], [true, 3]);
  });

  it('`policy test` ends with 1 and shows the case that is not as expected, with its line', async () => {
    rest.project.write(
      'wrong.yaml',
      `${TABLE}  - { machine: globex-reports, operation: orders.listOrders, expect: deny }\n`,
    );
    const run = await sallyport(rest.project.folder, ['policy', 'test', 'wrong.yaml']);
    assert.equal(run.exit_code, 1, run.stderr);
    assert.match(run.stdout, /wrong\.yaml:5 globex-reports → orders\.listOrders: expected deny/);
    assert.match(run.stdout, /3 of 4 as expected/);
  });

  it('`policy test` with a table that cannot be read ends with 2', async () => {
    rest.project.write('bad.yaml', 'cases:\n  - { machine: acme-erp, operaton: orders.listOrders, expect: deny }\n');
    const run = await sallyport(rest.project.folder, ['policy', 'test', 'bad.yaml']);
    assert.equal(run.exit_code, 2, run.stdout);
    assert.match(run.stderr, /bad\.yaml:2:\d+[\s\S]*did you mean operation\?/);
  });
});
