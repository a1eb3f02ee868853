import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { curl } from '../harness/curl.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { ERP_URI, type Forged, forgeRoot, replaceServer } from '../harness/identities.ts';
import { type KeptClient, keptClient } from '../harness/kept-client.ts';
import { outcomeOf, untilOutcome } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { reload } from '../harness/reload.ts';
import { missingTools } from '../harness/tools.ts';
import { type FakeUpstream, startFakeUpstream } from '../harness/upstream.ts';

const READ_ONLY = `@id("suppliers-may-read")
permit (principal in Group::"suppliers", action == Action::"read", resource in Api::"orders");
`;

const acmeParty = (suspended: boolean) => `party: acme
groups: [suppliers]
machines:
  acme-erp:
    suspended: ${suspended}
    credentials:
      - { trust: partner-ca, uri: "${ERP_URI}" }
`;

let upstream: FakeUpstream;
let project: Project;
let gate: GateProcess;
let client: KeptClient;
let gate_root: Forged;

describe('a reload', { skip: missingTools('curl') }, () => {
  before(async () => {
    upstream = await startFakeUpstream();
    project = await makeProject({ upstream_url: upstream.url });
    gate_root = await forgeRoot('Gate Root');
    await replaceServer(project, { issuer: gate_root, chain: [gate_root] });
    project.write('pki/gate-ca.pem', gate_root.pem);
    gate = await startGateProcess(project);
    client = keptClient(project, gate.port, 'acme-erp');
  });
  after(async () => {
    client.end();
    await gate.stop();
    await upstream.close();
    project.remove();
  });

  const order = { method: 'POST', body: '{"item":"bolt","quantity":1}' };

  it('of a broken configuration says file, line and column, and the plan in force stays', async () => {
    const good = readFileSync(project.config, 'utf8');
    const { exchange_id } = await client.send();
    project.write('sallyport.yaml', good.replace('zones:\n', 'zonse:\n'));
    const said = await reload(gate, 'refused');
    assert.match(said, /sallyport\.yaml:\d+:\d+: CONFIG_/);
    assert.match(said, /zonse/);
    const answer = await client.send();
    assert.equal(answer.status, 200);
    assert.ok(answer.reused);
    const [earlier, later] = [await outcomeOf(project, exchange_id), await outcomeOf(project, answer.exchange_id)];
    assert.equal(earlier.plan, later.plan);
    const refused = await untilOutcome(project, ({ event }) => event === 'plan_refused');
    assert.equal(refused.plan, later.plan);
    assert.match(String(refused.data['codes']), /CONFIG_UNKNOWN_KEY/);
    project.write('sallyport.yaml', good);
  });

  it('of a broken contract, policy or trust bundle names the file, and the plan in force stays', async () => {
    for (const [path, text, named] of [
      ['contracts/orders.yaml', 'openapi: 3.1.0\npaths: [', /contracts\/orders\.yaml:\d+:\d+: CONTRACT_/],
      ['policies/orders.cedar', 'permit (principal', /policies\/orders\.cedar:\d+:\d+: POLICY_/],
      [
        'pki/partner-ca.pem',
        'nothing',
        /sallyport\.yaml:\d+:\d+: CERT_UNREADABLE zones\.partner\.trust\.partner-ca: \S*pki\/partner-ca\.pem:/,
      ],
    ] as const) {
      const good = readFileSync(`${project.folder}/${path}`, 'utf8');
      project.write(path, text);
      assert.match(await reload(gate, 'refused'), named);
      assert.equal((await client.send()).status, 200);
      project.write(path, good);
    }
  });

  it('is on record, with the plan before and after', async () => {
    project.write(
      'policies/orders.cedar',
      `// Reviewed.\n${readFileSync(`${project.folder}/policies/orders.cedar`, 'utf8')}`,
    );
    await reload(gate, 'switched');
    const { data } = await untilOutcome(project, ({ event }) => event === 'plan_switched');
    assert.notEqual(data['from'], data['to']);
    const { exchange_id } = await client.send();
    assert.equal((await outcomeOf(project, exchange_id)).plan, data['to']);
  });

  it('of a policy takes effect on connections that are open', async () => {
    assert.equal((await client.send(order)).status, 201);
    const policies = readFileSync(`${project.folder}/policies/orders.cedar`, 'utf8');
    project.write('policies/orders.cedar', READ_ONLY);
    await reload(gate, 'switched');
    const denied = await client.send(order);
    assert.equal(denied.status, 403);
    assert.ok(denied.reused);
    assert.equal((await outcomeOf(project, denied.exchange_id)).code, 'AUTHZ_DENIED');
    assert.equal((await client.send()).status, 200);
    project.write('policies/orders.cedar', policies);
    await reload(gate, 'switched');
    assert.equal((await client.send(order)).status, 201);
  });

  it('finishes an exchange whose body was still coming, under the plan it began with', async () => {
    const policies = readFileSync(`${project.folder}/policies/orders.cedar`, 'utf8');
    const answer = await client.send({
      ...order,
      async before_body() {
        project.write('policies/orders.cedar', READ_ONLY);
        await reload(gate, 'switched');
      },
    });
    assert.equal(answer.status, 201);
    project.write('policies/orders.cedar', policies);
    await reload(gate, 'switched');
  });

  it('that suspends a machine ends its open connection and refuses its next one', async () => {
    const other = keptClient(project, gate.port, 'globex-reports');
    assert.equal((await client.send()).status, 200);
    assert.equal((await other.send()).status, 200);
    project.write('parties/acme.yaml', acmeParty(true));
    await reload(gate, 'switched');
    await client.closed();
    const refused = await curl(project, gate.port, '/api/orders');
    assert.equal(refused.status, 401);
    const { code } = await outcomeOf(project, refused.headers['sallyport-exchange']);
    assert.equal(code, 'AUTHN_MACHINE_SUSPENDED');
    assert.ok((await other.send()).reused);
    other.end();
    project.write('parties/acme.yaml', acmeParty(false));
    await reload(gate, 'switched');
    assert.equal((await curl(project, gate.port, '/api/orders')).status, 200);
  });

  it('of the server certificate is seen by the next connection', async () => {
    const kept = keptClient(project, gate.port, 'acme-erp');
    await kept.send();
    const shown = kept.gate_certificate();
    await replaceServer(project, { issuer: gate_root, chain: [gate_root] });
    await reload(gate, 'switched');
    assert.ok((await kept.send()).reused);
    const next = keptClient(project, gate.port, 'acme-erp');
    await next.send();
    assert.notEqual(next.gate_certificate(), shown);
    kept.end();
    next.end();
  });
});
