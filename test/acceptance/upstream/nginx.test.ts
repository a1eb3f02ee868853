import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SERVER_AUTH } from '../../trust/forge.ts';
import { type CurlAnswer, curl } from '../harness/curl.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { type Forged, forgeNow, forgeRoot, writePair } from '../harness/identities.ts';
import { freePort, type Nginx, type NginxServer, startNginx } from '../harness/nginx.ts';
import { outcomeOf } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { reload } from '../harness/reload.ts';
import { missingTools } from '../harness/tools.ts';
import { ORDER } from '../harness/upstream.ts';

const NAME = 'orders.internal';
const BODY = '{"item":"bolt","quantity":3}';

const POLICIES = `permit (principal in Group::"suppliers", action, resource);
`;

/** One nginx server, and one api of the gate, for each way to prove a name or to fail at it. */
const SITES: readonly { readonly id: string; readonly what: string; readonly reason: string | null }[] = [
  { id: 'proven', what: 'proves its name', reason: null },
  { id: 'below-middle', what: 'proves its name by an intermediate it sends', reason: null },
  { id: 'wrong-name', what: 'has another name', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  { id: 'common-name', what: 'has its name in the subject alone', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  { id: 'untrusted', what: 'is certified by a CA that is not trusted', reason: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
  { id: 'self-signed', what: 'certified itself', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
  { id: 'expired', what: 'has an expired certificate', reason: 'CERT_HAS_EXPIRED' },
  { id: 'future', what: 'has a certificate of tomorrow', reason: 'CERT_NOT_YET_VALID' },
  { id: 'client-only', what: 'has a certificate for clients', reason: 'INVALID_PURPOSE' },
];

async function certify(project: Project): Promise<Forged> {
  const root = await forgeRoot('Upstream Root');
  const other = await forgeRoot('Other Root');
  const middle = await forgeNow({ name: 'Upstream Middle', issuer: root, ca: true });
  const names = [{ type: 'dns' as const, value: NAME }];
  const good = { name: NAME, issuer: root, names, extended_key_usage: [SERVER_AUTH] };
  const wrong = [{ type: 'dns' as const, value: 'other.internal' }];
  const { issuer: _, ...alone } = good;
  const { names: __, ...bare } = good;
  writePair(project, 'proven', await forgeNow(good), []);
  writePair(project, 'below-middle', await forgeNow({ ...good, issuer: middle }), [middle]);
  writePair(project, 'wrong-name', await forgeNow({ ...good, names: wrong }), []);
  writePair(project, 'common-name', await forgeNow(bare), []);
  writePair(project, 'untrusted', await forgeNow({ ...good, issuer: other }), []);
  writePair(project, 'self-signed', await forgeNow(alone), []);
  writePair(project, 'expired', await forgeNow({ ...good, from_days: -9, to_days: -1 }), []);
  writePair(project, 'future', await forgeNow({ ...good, from_days: 1 }), []);
  writePair(project, 'client-only', await forgeNow({ ...good, extended_key_usage: ['1.3.6.1.5.5.7.3.2'] }), []);
  return root;
}

/** Answers as the contract declares. */
const DIRECTIVES = `location = /orders {
      if ($request_method = POST) { return 201 '${JSON.stringify(ORDER)}'; }
      return 200 '${JSON.stringify({ orders: [ORDER] })}';
    }`;

describe('nginx as an upstream', { skip: missingTools('nginx', 'curl') }, () => {
  let project: Project;
  let nginx: Nginx;
  let gate: GateProcess;
  let servers: NginxServer[];

  before(async () => {
    const ports = new Map<string, number>();
    for (const { id } of SITES) ports.set(id, await freePort());
    const upstreamOf = (id: string) =>
      `url: https://127.0.0.1:${ports.get(id)}\n      server_name: ${NAME}\n      trust: pki/upstream-ca.pem`;
    const apis = SITES.map(
      ({ id }) => `  ${id}:
    contract: contracts/orders.yaml
    zones: [partner]
    path: /${id}
    upstream:
      ${upstreamOf(id)}`,
    );
    // The lines go on below `apis:`.
    project = await makeProject({
      upstream_url: 'http://127.0.0.1:9',
      more: apis.join('\n'),
      policies: POLICIES,
    });
    project.write('pki/upstream-ca.pem', (await certify(project)).pem);
    servers = SITES.map(({ id }) => ({
      name: id,
      port: ports.get(id)!,
      cert: join(project.pki, `${id}.pem`),
      key: join(project.pki, `${id}.key`),
      directives: DIRECTIVES,
    }));
    nginx = await startNginx(join(project.folder, 'nginx'), servers);
    gate = await startGateProcess(project);
  });
  after(async () => {
    await gate.stop();
    await nginx.stop();
    project.remove();
  });

  const post = (id: string): Promise<CurlAnswer> =>
    curl(project, gate.port, `/${id}/orders`, { args: ['-H', 'content-type: application/json', '--data', BODY] });

  for (const { id, what, reason } of SITES.filter((site) => site.reason === null)) {
    it(`that ${what} gets the calls, over TLS 1.3`, async () => {
      assert.equal(reason, null);
      assert.equal((await curl(project, gate.port, `/${id}/orders`)).status, 200);
      assert.equal((await post(id)).status, 201);
      assert.deepEqual(nginx.requestsOf(id), [
        `GET /orders?party=acme TLSv1.3 ${NAME}`,
        `POST /orders TLSv1.3 ${NAME}`,
      ]);
    });
  }

  for (const { id, what, reason } of SITES.filter((site) => site.reason !== null)) {
    it(`that ${what} gets nothing of the payload, and the gate records FORWARD_UNPROVEN`, async () => {
      for (const answer of [await curl(project, gate.port, `/${id}/orders`), await post(id)]) {
        assert.equal(answer.status, 502);
        assert.equal(answer.headers['content-type'], 'application/problem+json');
        const outcome = await outcomeOf(project, answer.headers['sallyport-exchange']);
        assert.equal(outcome.code, 'FORWARD_UNPROVEN');
        assert.equal(outcome.reason, reason);
      }
      assert.deepEqual(nginx.requestsOf(id), []);
    });
  }

  it('whose CA bundle cannot be read stops a reload, by the name of the file', async () => {
    const good = readFileSync(join(project.pki, 'upstream-ca.pem'), 'utf8');
    project.write('pki/upstream-ca.pem', 'nothing');
    assert.match(
      await reload(gate, 'refused'),
      /sallyport\.yaml:\d+:\d+: CERT_UNREADABLE apis\.\w+\.upstream\.trust: \S*pki\/upstream-ca\.pem:/,
    );
    project.write('pki/upstream-ca.pem', good);
    assert.equal((await post('proven')).status, 201);
  });

  it('that is no longer trusted after a reload gets nothing more, on open connections either', async () => {
    const good = readFileSync(join(project.pki, 'upstream-ca.pem'), 'utf8');
    const requests = nginx.requestsOf('proven').length;
    project.write('pki/upstream-ca.pem', (await forgeRoot('Next Root')).pem);
    await reload(gate, 'switched');
    const answer = await post('proven');
    assert.equal(answer.status, 502);
    const { code } = await outcomeOf(project, answer.headers['sallyport-exchange']);
    assert.equal(code, 'FORWARD_UNPROVEN');
    assert.equal(nginx.requestsOf('proven').length, requests);
    project.write('pki/upstream-ca.pem', good);
    await reload(gate, 'switched');
    assert.equal((await post('proven')).status, 201);
  });

  it('that is down is a 502, and gets the calls again when it is back', async () => {
    await nginx.stop();
    const down = await post('proven');
    assert.equal(down.status, 502);
    const { code } = await outcomeOf(project, down.headers['sallyport-exchange']);
    assert.equal(code, 'FORWARD_UNREACHABLE');
    nginx = await startNginx(join(project.folder, 'nginx-again'), servers);
    assert.equal((await post('proven')).status, 201);
    assert.equal((await curl(project, gate.port, '/proven/orders')).status, 200);
  });
});
