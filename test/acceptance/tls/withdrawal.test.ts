import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ClientHttp2Session, connect } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { type Forged, forgeNow, forgeRoot, issue, trustOnly } from '../harness/identities.ts';
import { keptClient } from '../harness/kept-client.ts';
import { countOf, outcomeOf, untilOutcome } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { reload } from '../harness/reload.ts';
import { exchangeIn, getRequest, type SClientRun, sClient, statusIn } from '../harness/s-client.ts';
import { missingTools } from '../harness/tools.ts';
import { type FakeUpstream, startFakeUpstream, wellBehaved } from '../harness/upstream.ts';

const DAY_MS = 86_400_000;
const SHORT_LIFE_MS = 3_000;

let upstream: FakeUpstream;
let project: Project;
let gate: GateProcess;
let root: Forged;
let middle: Forged;

before(async () => {
  upstream = await startFakeUpstream();
  project = await makeProject({ upstream_url: upstream.url, zone_more: '    tls: intermediate' });
  root = await forgeRoot('Partner Root');
  middle = await forgeNow({ name: 'Partner Middle', issuer: root, ca: true });
  trustOnly(project, root);
  await issue(project, 'below-root', { issuer: root });
  await issue(project, 'below-middle', { issuer: middle, chain: [middle] });
  gate = await startGateProcess(project);
});
after(async () => {
  await gate.stop();
  await upstream.close();
  project.remove();
});

/** One GET by openssl that keeps its session in a file, or takes one up. */
function get(as: string | null, version: string, session: 'out' | 'in'): Promise<SClientRun> {
  const args = [version, `-sess_${session}`, 'session.pem'];
  return sClient(project, { port: gate.port, as, args, input: getRequest(gate.port) });
}

async function assertAllowed(run: SClientRun, resumed: boolean): Promise<void> {
  assert.equal(statusIn(run), 200, run.text);
  const outcome = await outcomeOf(project, exchangeIn(run));
  assert.equal(outcome.machine, 'acme-erp');
  assert.equal(outcome.tls?.resumed, resumed);
}

async function assertRefused(run: SClientRun, code: string, resumed: boolean): Promise<void> {
  assert.equal(statusIn(run), 401, run.text);
  const outcome = await outcomeOf(project, exchangeIn(run));
  assert.equal(outcome.code, code);
  assert.equal(outcome.tls?.resumed, resumed);
  assert.match(outcome.credential ?? '', /^[0-9a-f]{64}$/);
}

describe('after the trust of a client was withdrawn', { skip: missingTools('openssl') }, () => {
  for (const version of ['-tls1_2', '-tls1_3']) {
    for (const as of ['below-root', 'below-middle']) {
      it(`its session cannot be taken up again (${version.slice(1)}, ${as})`, async () => {
        await assertAllowed(await get(as, version, 'out'), false);
        await assertAllowed(await get(as, version, 'in'), true);

        const next = await forgeRoot('Next Root');
        trustOnly(project, next);
        await reload(gate, 'switched');
        await assertRefused(await get(as, version, 'in'), 'AUTHN_CERT_UNKNOWN_ISSUER', false);
        // The session alone, without the key of the certificate, is worth nothing either.
        const bare = await get(null, version, 'in');
        assert.equal(statusIn(bare), 401);
        assert.equal((await outcomeOf(project, exchangeIn(bare))).code, 'AUTHN_NONE');

        await issue(project, 'next', { issuer: next });
        await assertAllowed(await get('next', version, 'out'), false);
        trustOnly(project, root);
        await reload(gate, 'switched');
      });
    }
  }

  it('its open connection ends, and one of a client that is still trusted stays', async () => {
    const globex = await forgeRoot('Globex Root');
    project.write('pki/partner-ca.pem', root.pem + globex.pem);
    await issue(project, 'globex', { issuer: globex });
    await reload(gate, 'switched');
    const withdrawn = keptClient(project, gate.port, 'globex');
    const kept = keptClient(project, gate.port, 'below-middle');
    assert.equal((await withdrawn.send()).status, 200);
    assert.equal((await kept.send()).status, 200);
    trustOnly(project, root);
    await reload(gate, 'switched');
    await withdrawn.closed();
    const answer = await kept.send();
    assert.equal(answer.status, 200);
    assert.ok(answer.reused);
    const again = await withdrawn.send();
    assert.equal(again.status, 401);
    assert.equal((await outcomeOf(project, again.exchange_id)).code, 'AUTHN_CERT_UNKNOWN_ISSUER');
    withdrawn.end();
    kept.end();
  });
});

describe('an exchange under way when the trust of its client is withdrawn', () => {
  const path = '/api/orders';
  const ways: readonly (readonly [string, () => Promise<() => void>])[] = [
    [
      'waiting for the service, over HTTP/1.1',
      async () => {
        const client = keptClient(project, gate.port, 'below-root');
        client.send().catch(() => undefined);
        await held();
        return () => client.end();
      },
    ],
    [
      'waiting for the service, over HTTP/2',
      async () => {
        const session = await overHttp2();
        session
          .request({ ':path': path })
          .on('error', () => undefined)
          .end();
        await held();
        return () => session.destroy();
      },
    ],
    [
      'sending its body, over HTTP/1.1',
      async () => {
        const client = keptClient(project, gate.port, 'below-root');
        await new Promise<void>((resolve) => {
          const before_body = () => new Promise<void>(() => resolve());
          client.send({ method: 'POST', body: '{}', before_body }).catch(() => undefined);
        });
        return () => client.end();
      },
    ],
    [
      'sending its body, over HTTP/2',
      async () => {
        const session = await overHttp2();
        const fields = { ':method': 'POST', ':path': path, 'content-type': 'application/json', expect: '100-continue' };
        const stream = session.request(fields).on('error', () => undefined);
        await once(stream, 'continue');
        return () => session.destroy();
      },
    ],
  ];

  /** Resolves when a request is with the service, which keeps it. */
  async function held(): Promise<void> {
    const count = upstream.received.length;
    upstream.answer(() => undefined);
    while (upstream.received.length === count) await sleep(10);
  }

  async function overHttp2(): Promise<ClientHttp2Session> {
    const file = (name: string) => readFileSync(`${project.pki}/${name}`);
    const [ca, cert, key] = [file('gate-ca.pem'), file('below-root.pem'), file('below-root.key')];
    const session = connect(`https://localhost:${gate.port}`, { ca, cert, key });
    session.on('error', () => undefined);
    await once(session, 'connect');
    return session;
  }

  for (const [what, begin] of ways) {
    it(`is recorded as CALLER_WITHDRAWN (${what})`, async () => {
      const before_run = await countOf(project, 'CALLER_WITHDRAWN');
      const end = await begin();
      trustOnly(project, await forgeRoot('Next Root'));
      await reload(gate, 'switched');
      const outcome = await untilOutcome(project, ({ code }) => code === 'CALLER_WITHDRAWN', before_run + 1);
      assert.deepEqual([outcome.machine, outcome.status, outcome.verdict], ['acme-erp', null, 'refused']);
      assert.equal(await countOf(project, 'CLIENT_GONE'), 0);
      end();
      upstream.answer(wellBehaved);
      trustOnly(project, root);
      await reload(gate, 'switched');
    });
  }
});

describe('a resumed connection of a client with an intermediate', () => {
  it('stays open and proven when a reload changes nothing about its trust', async () => {
    const first = keptClient(project, gate.port, 'below-middle');
    await first.send();
    const session = first.session();
    assert.ok(session);
    // Nobody is left who showed the intermediate in a full handshake.
    first.end();
    const resumed = keptClient(project, gate.port, 'below-middle', { session });
    const before_reload = await resumed.send();
    assert.equal((await outcomeOf(project, before_reload.exchange_id)).tls?.resumed, true);
    await reload(gate, 'switched');
    const answer = await resumed.send();
    assert.equal(answer.status, 200);
    assert.ok(answer.reused);
    resumed.end();
  });
});

describe('a certificate that ends', { skip: missingTools('openssl') }, () => {
  it('is refused on the next request of an open connection, and when its session is taken up again', async () => {
    const to_days = SHORT_LIFE_MS / DAY_MS;
    await issue(project, 'short', { issuer: middle, chain: [middle], to_days });
    const ends_ms = Date.now() + SHORT_LIFE_MS;
    const client = keptClient(project, gate.port, 'short');
    assert.equal((await client.send()).status, 200);
    await assertAllowed(await get('short', '-tls1_3', 'out'), false);
    assert.equal((await client.send()).status, 200);
    await sleep(ends_ms - Date.now() + 50);
    const late = await client.send();
    assert.equal(late.status, 401);
    assert.ok(late.reused);
    assert.equal((await outcomeOf(project, late.exchange_id)).code, 'AUTHN_CERT_EXPIRED');
    await assertRefused(await get('short', '-tls1_3', 'in'), 'AUTHN_CERT_EXPIRED', true);
    client.end();
  });
});
