import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { type Forged, forgeNow, forgeRoot, issue, replaceServer, trustOnly } from '../harness/identities.ts';
import { countOf, outcomeOf, untilOutcome } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { reload } from '../harness/reload.ts';
import { answerIn, exchangeIn, getRequest, type SClientRun, sClient, statusIn } from '../harness/s-client.ts';
import { missingTools } from '../harness/tools.ts';
import { type FakeUpstream, startFakeUpstream } from '../harness/upstream.ts';

const WEAKEST = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';

let upstream: FakeUpstream;
let project: Project;
let gate: GateProcess;
let root: Forged;
let middle: Forged;

/** The gate's certificate is RSA, so that a suite is refused for what it is and not for want of a key. */
async function startGate(profile: 'modern' | 'intermediate'): Promise<void> {
  upstream = await startFakeUpstream();
  project = await makeProject({ upstream_url: upstream.url, zone_more: `    tls: ${profile}` });
  root = await forgeRoot('One Root');
  middle = await forgeNow({ name: 'One Middle', issuer: root, ca: true });
  await replaceServer(project, { issuer: middle, chain: [middle, root], kind: 'RSA-2048' });
  project.write('pki/gate-ca.pem', root.pem);
  // The same root stands behind the gate and its clients, as in many a private PKI.
  trustOnly(project, root);
  await issue(project, 'acme-erp', { issuer: root });
  gate = await startGateProcess(project);
}

async function stopGate(): Promise<void> {
  await gate.stop();
  await upstream.close();
  project.remove();
}

/** Refused before any request, and on record as such. */
async function assertHandshakeRefused(args: readonly string[]): Promise<void> {
  const refused_before = await countOf(project, 'ADMIT_TLS');
  const run = await sClient(project, { port: gate.port, args, input: getRequest(gate.port) });
  assert.equal(statusIn(run), 0, run.text);
  assert.match(run.text, /Cipher is \(NONE\)/);
  const { reason } = await untilOutcome(project, ({ code }) => code === 'ADMIT_TLS', refused_before + 1);
  // Our own verdict, not a client that gave up by itself.
  assert.match(reason ?? '', /^ERR_SSL_/);
}

/** Subjects of the certificates the gate sent, in their order. */
function chainIn({ text }: SClientRun): string[] {
  const chain = text.slice(0, text.indexOf('Server certificate'));
  const sent = [...chain.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)];
  return sent.map(([pem]) => new X509Certificate(pem).subject);
}

describe('a zone with the profile intermediate', { skip: missingTools('openssl') }, () => {
  before(() => startGate('intermediate'));
  after(stopGate);

  for (const version of ['-tls1', '-tls1_1']) {
    it(`refuses a client that speaks ${version.slice(1)} only, also at security level 0, and records ADMIT_TLS`, () =>
      assertHandshakeRefused([version, '-cipher', WEAKEST]));
  }

  for (const suite of [
    'AES128-GCM-SHA256',
    'AES256-SHA',
    'DHE-RSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES128-SHA',
    'ECDHE-RSA-AES256-SHA384',
    'ADH-AES256-GCM-SHA384',
    'NULL-SHA256',
  ]) {
    it(`refuses a client that offers ${suite} only, and records ADMIT_TLS`, () =>
      assertHandshakeRefused(['-tls1_2', '-cipher', `${suite}:@SECLEVEL=0`]));
  }

  it('accepts TLS 1.2 with ECDHE and AEAD and puts both on record', async () => {
    const args = ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'];
    const run = await sClient(project, { port: gate.port, args, input: getRequest(gate.port) });
    assert.equal(statusIn(run), 200, run.text);
    const { tls: evidence } = await outcomeOf(project, exchangeIn(run));
    assert.equal(evidence?.version, 'TLSv1.2');
    assert.equal(evidence.cipher, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256');
  });

  it('refuses renegotiation by the client of a TLS 1.2 connection, and never carries what follows it', async () => {
    const before_run = upstream.received.length;
    const run = await sClient(project, {
      port: gate.port,
      args: ['-tls1_2'],
      interactive: true,
      input: 'R\n',
      until: /no renegotiation/i,
    });
    assert.match(run.text, /RENEGOTIATING/);
    assert.match(run.text, /no renegotiation/i);
    assert.equal(upstream.received.length, before_run);
  });

  it('sends the whole chain without the root, also where clients are of the same root', async () => {
    const run = await sClient(project, { port: gate.port, args: ['-showcerts'], input: getRequest(gate.port) });
    assert.deepEqual(chainIn(run), ['CN=gate', 'CN=One Middle']);
    assert.match(run.text, /Verify return code: 0 \(ok\)/);
  });

  it('refuses a name in SNI that is not the one in Host with 421', async () => {
    const run = await sClient(project, { port: gate.port, servername: 'other.example', input: getRequest(gate.port) });
    assert.equal(statusIn(run), 421, run.text);
    const outcome = await outcomeOf(project, exchangeIn(run));
    assert.equal(outcome.code, 'ADMIT_MISDIRECTED');
    assert.equal(outcome.tls?.sni, 'other.example');
  });

  it('answers a client without certificate with a 401 problem and records AUTHN_NONE', async () => {
    const run = await sClient(project, { port: gate.port, as: null, input: getRequest(gate.port) });
    assert.equal(statusIn(run), 401, run.text);
    assert.match(answerIn(run), /content-type: application\/problem\+json/i);
    // Who the partners are is told to nobody.
    assert.match(run.text, /No client certificate CA names sent/);
    const outcome = await outcomeOf(project, exchangeIn(run));
    assert.equal(outcome.code, 'AUTHN_NONE');
    assert.equal(outcome.credential, null);
  });
});

describe('a zone with the profile modern', { skip: missingTools('openssl') }, () => {
  before(() => startGate('modern'));
  after(stopGate);

  it('refuses a client that speaks TLS 1.2 only, and records ADMIT_TLS', () =>
    assertHandshakeRefused(['-tls1_2', '-cipher', WEAKEST]));

  it('agrees on the hybrid post-quantum group with a client that guessed another, and records the offer', async () => {
    const socket = tls.connect({
      port: gate.port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: root.pem,
      cert: readFileSync(`${project.pki}/acme-erp.pem`),
      key: readFileSync(`${project.pki}/acme-erp.key`),
      ecdhCurve: 'X25519:X25519MLKEM768',
    });
    await once(socket, 'secureConnect');
    const group = (socket.getEphemeralKeyInfo() as { name?: string }).name;
    socket.write(getRequest(gate.port));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    assert.equal(group, 'X25519MLKEM768');
    const outcome = await outcomeOf(
      project,
      exchangeIn({ text: Buffer.concat(chunks).toString('latin1'), exit_code: 0 }),
    );
    assert.equal(outcome.verdict, 'allowed');
    assert.deepEqual(outcome.tls?.offered_groups.slice(0, 2), ['x25519', 'X25519MLKEM768']);
    assert.match(outcome.tls.ja4 ?? '', /^t13d/);
  });

  it('sends its certificate alone where the root issued it, also where clients are of the same root', async () => {
    const kept = ['gate.pem', 'gate.key'].map(
      (name) => [name, readFileSync(`${project.pki}/${name}`, 'utf8')] as const,
    );
    await replaceServer(project, { issuer: root, chain: [root] });
    await reload(gate, 'switched');
    const run = await sClient(project, { port: gate.port, args: ['-showcerts'], input: getRequest(gate.port) });
    assert.deepEqual(chainIn(run), ['CN=gate']);
    for (const [name, text] of kept) project.write(`pki/${name}`, text);
    await reload(gate, 'switched');
  });

  it('serves a client that knows classical groups only', async () => {
    const args = ['-groups', 'P-256'];
    const run = await sClient(project, { port: gate.port, args, input: getRequest(gate.port) });
    assert.equal(statusIn(run), 200, run.text);
  });
});
