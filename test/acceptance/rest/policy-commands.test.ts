import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { sallyport } from '../harness/cli.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { REST_CONTRACT, STRICT_POLICIES } from './contract.ts';

const TABLE = `cases:
  - { machine: acme-erp, operation: orders.createOrder, expect: allow, policies: [suppliers-may-call] }
  - { machine: globex-reports, operation: orders.createOrder, expect: deny }
  - { machine: acme-erp, operation: orders.deleteOrder, expect: deny, policies: [nobody-deletes] }
`;

describe('policy commands', () => {
  let project: Project;
  before(async () => {
    const upstream_url = 'http://127.0.0.1:9';
    project = await makeProject({ upstream_url, contract: REST_CONTRACT, policies: STRICT_POLICIES });
    project.write('table.yaml', TABLE);
  });
  after(() => project.remove());

  const explain = (machine: string, operation: string, ...more: string[]) =>
    sallyport(project.folder, ['policy', 'explain', machine, operation, ...more]);

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
    const run = await sallyport(project.folder, ['policy', 'test', 'table.yaml', '--json']);
    assert.equal(run.exit_code, 0, run.stderr);
    const report = JSON.parse(run.stdout);
    assert.deepEqual([report.ok, report.cases.length], [true, 3]);
  });

  it('`policy test` ends with 1 and shows the case that is not as expected, with its line', async () => {
    project.write(
      'wrong.yaml',
      `${TABLE}  - { machine: globex-reports, operation: orders.listOrders, expect: deny }\n`,
    );
    const run = await sallyport(project.folder, ['policy', 'test', 'wrong.yaml']);
    assert.equal(run.exit_code, 1, run.stderr);
    assert.match(run.stdout, /wrong\.yaml:5 globex-reports → orders\.listOrders: expected deny/);
    assert.match(run.stdout, /3 of 4 as expected/);
  });

  it('`policy test` with a table that cannot be read ends with 2', async () => {
    project.write('bad.yaml', 'cases:\n  - { machine: acme-erp, operaton: orders.listOrders, expect: deny }\n');
    const run = await sallyport(project.folder, ['policy', 'test', 'bad.yaml']);
    assert.equal(run.exit_code, 2, run.stdout);
    assert.match(run.stderr, /bad\.yaml:2:\d+[\s\S]*did you mean operation\?/);
  });
});
