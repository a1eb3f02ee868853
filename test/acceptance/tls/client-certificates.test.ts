import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { SERVER_AUTH } from '../../trust/forge.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { ERP_URI, type Forged, forgeNow, forgeRoot, issue, trustOnly } from '../harness/identities.ts';
import { outcomeOf } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { answerIn, exchangeIn, getRequest, type SClientRun, sClient } from '../harness/s-client.ts';
import { missingTools } from '../harness/tools.ts';
import { type FakeUpstream, startFakeUpstream } from '../harness/upstream.ts';

const WMS_URI = 'spiffe://acme.example/wms';

const PARTY_ACME = `party: acme
groups: [suppliers]
machines:
  acme-erp:
    credentials:
      - { trust: partner-ca, uri: "${ERP_URI}" }
  acme-wms:
    credentials:
      - { trust: partner-ca, uri: "${WMS_URI}" }
  acme-old:
    suspended: true
    credentials:
      - { trust: partner-ca, uri: "spiffe://acme.example/old" }
`;

const PARTY_GLOBEX = `party: globex
machines:
  globex-reports:
    credentials:
      - { trust: globex-ca, uri: "spiffe://globex.example/reports" }
`;

/** RFC 5280 section 4.2.1.3: digitalSignature and keyCertSign. */
const SIGNS_DATA_AND_CERTIFICATES = 0x21;

/** What each refused client presents: the file in the PKI, and the code that must be on record. */
const CASES: readonly { readonly what: string; readonly file: string; readonly code: string }[] = [
  { what: 'an RSA key of 1024 bits', file: 'rsa-1024', code: 'AUTHN_CERT_WEAK_KEY' },
  { what: 'an RSA key with exponent 3', file: 'rsa-e3', code: 'AUTHN_CERT_WEAK_KEY' },
  { what: 'a SHA-1 signature', file: 'sha-1', code: 'AUTHN_CERT_WEAK_SIGNATURE' },
  { what: 'an expired certificate', file: 'expired', code: 'AUTHN_CERT_EXPIRED' },
  { what: 'a certificate of tomorrow', file: 'tomorrow', code: 'AUTHN_CERT_NOT_YET_VALID' },
  { what: 'an expired intermediate', file: 'expired-middle', code: 'AUTHN_CERT_EXPIRED' },
  { what: 'a certificate for servers only', file: 'server-only', code: 'AUTHN_CERT_USAGE' },
  { what: 'a certificate without extended key usage', file: 'no-usage', code: 'AUTHN_CERT_USAGE' },
  { what: 'a CA as its own client', file: 'ca-leaf', code: 'AUTHN_CERT_USAGE' },
  { what: 'a leaf that issued another', file: 'below-leaf', code: 'AUTHN_CERT_USAGE' },
  { what: 'an issuer of the right name with another key', file: 'false-ca', code: 'AUTHN_CERT_SIGNATURE' },
  { what: 'a self-signed certificate', file: 'self-signed', code: 'AUTHN_CERT_UNKNOWN_ISSUER' },
  { what: 'a CA nobody trusts', file: 'foreign', code: 'AUTHN_CERT_UNKNOWN_ISSUER' },
  { what: 'an intermediate that is not sent', file: 'no-middle', code: 'AUTHN_CERT_UNKNOWN_ISSUER' },
  { what: 'an intermediate below a path length of 0', file: 'too-long', code: 'AUTHN_CERT_CONSTRAINTS' },
  { what: 'a name no machine has', file: 'stranger', code: 'AUTHN_MACHINE_UNKNOWN' },
  { what: 'no name at all', file: 'nameless', code: 'AUTHN_MACHINE_UNKNOWN' },
  { what: "another partner's name", file: 'minted', code: 'AUTHN_MACHINE_UNKNOWN' },
  { what: 'the names of two machines', file: 'two-names', code: 'AUTHN_MACHINE_AMBIGUOUS' },
  { what: 'the name of a suspended machine', file: 'suspended', code: 'AUTHN_MACHINE_SUSPENDED' },
];

/** Answers differ in nothing but what names the exchange and the moment. */
function anonymous(run: SClientRun): string {
  return answerIn(run)
    .replaceAll(exchangeIn(run), 'ID')
    .replace(/\r\ndate: [^\r]+/i, '\r\ndate: NOW');
}

async function issueBadClients(project: Project, root: Forged, globex: Forged): Promise<void> {
  const false_ca = await forgeRoot(root.name);
  const foreign = await forgeRoot('Nobody');
  const middle = await forgeNow({ name: 'Middle', issuer: root, ca: true });
  const old_middle = await forgeNow({ name: 'Old Middle', issuer: root, ca: true, from_days: -9, to_days: -1 });
  const short = await forgeNow({ name: 'Short', issuer: root, ca: true, path_length: 0 });
  const long = await forgeNow({ name: 'Long', issuer: short, ca: true });
  const plain = await issue(project, 'plain', { issuer: root });
  const of_root = (file: string, order: Parameters<typeof issue>[2]) =>
    issue(project, file, { issuer: root, ...order });
  await of_root('rsa-1024', { kind: 'RSA-1024' });
  await of_root('rsa-e3', { kind: 'RSA-e3' });
  await of_root('sha-1', { hash: 'SHA-1' });
  await of_root('expired', { from_days: -9, to_days: -1 });
  await of_root('tomorrow', { from_days: 1 });
  await issue(project, 'expired-middle', { issuer: old_middle, chain: [old_middle] });
  await of_root('server-only', { extended_key_usage: [SERVER_AUTH] });
  await of_root('no-usage', { extended_key_usage: null });
  await of_root('ca-leaf', { ca: true, key_usage: SIGNS_DATA_AND_CERTIFICATES });
  await issue(project, 'below-leaf', { issuer: plain, chain: [plain] });
  await issue(project, 'false-ca', { issuer: false_ca });
  await issue(project, 'self-signed', {});
  await issue(project, 'foreign', { issuer: foreign, chain: [foreign] });
  await issue(project, 'no-middle', { issuer: middle });
  await issue(project, 'too-long', { issuer: long, chain: [long, short] });
  await of_root('stranger', { uris: ['spiffe://acme.example/nobody'] });
  await of_root('nameless', { uris: [] });
  await issue(project, 'minted', { issuer: globex, uris: [ERP_URI] });
  await of_root('two-names', { uris: [ERP_URI, WMS_URI] });
  await of_root('suspended', { uris: ['spiffe://acme.example/old'] });
  await issue(project, 'through-middle', { issuer: middle, chain: [middle] });
  await issue(project, 'reports', { issuer: globex, uris: ['spiffe://globex.example/reports'] });
}

describe('a client certificate', { skip: missingTools('openssl') }, () => {
  let upstream: FakeUpstream;
  let project: Project;
  let gate: GateProcess;
  const refusals = new Map<string, string>();

  before(async () => {
    upstream = await startFakeUpstream();
    // The line goes on with the zone's trust.
    project = await makeProject({ upstream_url: upstream.url, zone_more: '      globex-ca: pki/globex-ca.pem' });
    const root = await forgeRoot('Partner Root');
    const globex = await forgeRoot('Globex Root');
    trustOnly(project, root);
    project.write('pki/globex-ca.pem', globex.pem);
    project.write('parties/acme.yaml', PARTY_ACME);
    project.write('parties/globex.yaml', PARTY_GLOBEX);
    await issueBadClients(project, root, globex);
    gate = await startGateProcess(project);
  });
  after(async () => {
    await gate.stop();
    await upstream.close();
    project.remove();
  });

  /** As a client would that checks nothing of itself. */
  const call = (file: string) => {
    const args = ['-cipher', 'DEFAULT:@SECLEVEL=0'];
    return sClient(project, { port: gate.port, as: file, args, input: getRequest(gate.port) });
  };

  for (const { file, machine } of [
    { file: 'plain', machine: 'acme-erp' },
    { file: 'through-middle', machine: 'acme-erp' },
    { file: 'reports', machine: 'globex-reports' },
  ]) {
    it(`names ${machine} (${file})`, async () => {
      const run = await call(file);
      assert.match(answerIn(run), /^HTTP\/1\.1 200 /, run.text);
      assert.equal((await outcomeOf(project, exchangeIn(run))).machine, machine);
    });
  }

  for (const { what, file, code } of CASES) {
    it(`with ${what} is refused and recorded as ${code}`, async () => {
      const run = await call(file);
      assert.match(answerIn(run), /^HTTP\/1\.1 401 /, run.text);
      const outcome = await outcomeOf(project, exchangeIn(run));
      assert.equal(outcome.code, code);
      assert.equal(outcome.machine, null);
      assert.match(outcome.credential ?? '', /^[0-9a-f]{64}$/);
      refusals.set(what, anonymous(run));
    });
  }

  it('that is missing or refused, whatever for, gets the same answer byte for byte', async () => {
    const none = await sClient(project, { port: gate.port, as: null, input: getRequest(gate.port) });
    for (const [what, answer] of refusals) assert.equal(answer, anonymous(none), what);
    assert.equal(refusals.size, CASES.length);
  });

  it('that was refused let nothing through to the upstream', () => {
    assert.equal(upstream.received.length, 3);
  });
});
