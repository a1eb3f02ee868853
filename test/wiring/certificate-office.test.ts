import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { loadConfig } from '../../src/config/load.ts';
import { CertificateOffice, type CertificateOfficeOptions, type Signed } from '../../src/wiring/certificate-office.ts';
import { makeProject } from '../acceptance/harness/project.ts';

const ISSUED: NonNullable<Signed> = {
  ok: true,
  certificate: 'PEM',
  serial: '4a',
  thumbprint: 'ab',
  not_before_ms: 1,
  not_after_ms: 2,
};
const ORDER = { machine: 'acme-erp', uri: null, key: { kty: 'EC' } };
const CA = 'ca: { certificate: pki/partner-ca.pem, key: "file:pki/ca.key" }';

async function office(context: TestContext, changes: Partial<CertificateOfficeOptions> = {}) {
  const project = await makeProject({ upstream_url: 'http://127.0.0.1:9', more: CA });
  context.after(() => project.remove());
  const config = await loadConfig(project.config);
  const told: string[] = [];
  const options: CertificateOfficeOptions = {
    config: () => config,
    trust: () => 'partner-ca',
    sign: () => Promise.resolve(ISSUED),
    event(event, data) {
      told.push(`${event} ${data['code'] ?? data['uri']} ${data['machine'] ?? '-'}`);
      return Promise.resolve();
    },
    ...changes,
  };
  return { config, told, office: new CertificateOffice(options) };
}

const REFUSED = (code: string, machine = 'acme-erp') => `certificate_refused ${code} ${machine}`;

test('a certificate is on record before anybody has it', async (context) => {
  const recorded = Promise.withResolvers<void>();
  const { office: one } = await office(context, { event: () => recorded.promise });
  let answered = false;
  const answer = one.issue(ORDER).then((result) => {
    answered = true;
    return result;
  });
  for (let turns = 0; turns < 10; turns++) await turn();
  assert.equal(answered, false);
  recorded.resolve();
  const result = await answer;
  assert.ok(result.ok);
  assert.deepEqual([result.party, result.uri, result.certificate], ['acme', 'spiffe://acme.example/erp', 'PEM']);
});

test('a log that takes nothing lets nothing out', async (context) => {
  const { office: one } = await office(context, { event: () => Promise.reject(new Error('ENOSPC')) });
  const result = await one.issue(ORDER);
  assert.deepEqual([result.ok, !result.ok && result.code], [false, 'ISSUE_UNRECORDED']);
});

test('a log that never answers lets nothing out, and others are served afterwards', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const events = [new Promise<void>(() => undefined)];
  const { office: one } = await office(context, { event: () => events.shift() ?? Promise.resolve() });
  const [first, second] = [one.issue(ORDER), one.issue(ORDER)];
  for (let turns = 0; turns < 10; turns++) await turn();
  context.mock.timers.tick(5_000);
  assert.equal((await first).ok, false);
  assert.equal((await second).ok, true);
});

test('one is served after the other, and of too many the last are refused', async (context) => {
  let under_way = 0;
  let most = 0;
  const sign = async () => {
    most = Math.max(most, ++under_way);
    await turn();
    under_way--;
    return ISSUED;
  };
  const { office: one, told } = await office(context, { sign });
  const results = await Promise.all(Array.from({ length: 20 }, () => one.issue(ORDER)));
  assert.equal(most, 1);
  assert.deepEqual(
    [results.filter(({ ok }) => ok).length, told.filter((event) => event === REFUSED('ISSUE_BUSY')).length],
    [9, 11],
  );
  assert.ok((await one.issue(ORDER)).ok, 'there is room again');
});

test('what another plan no longer grants is not issued, though it was signed', async (context) => {
  let gone = false;
  const one = await office(context, {
    config: () => (gone ? { ...one.config, machines: [] } : one.config),
    sign: () => {
      gone = true;
      return Promise.resolve(ISSUED);
    },
  });
  assert.equal((await one.office.issue(ORDER)).ok, false);
  assert.deepEqual(one.told, [REFUSED('ISSUE_MACHINE')]);
});

test('every refusal is on record with its code', async (context) => {
  const refusing = async (
    changes: Partial<CertificateOfficeOptions>,
    order: Parameters<CertificateOffice['issue']>[0],
  ) => {
    const { office: one, told } = await office(context, changes);
    const result = await one.issue(order);
    assert.equal(result.ok, false);
    return told.join();
  };
  assert.equal(await refusing({}, null), REFUSED('ISSUE_ORDER', '-'));
  assert.equal(await refusing({}, { machine: 'acme-erp', refused: 'ISSUE_PROOF' }), REFUSED('ISSUE_PROOF'));
  assert.equal(await refusing({}, { ...ORDER, machine: 'nobody' }), REFUSED('ISSUE_MACHINE', 'nobody'));
  assert.equal(await refusing({ trust: () => null }, ORDER), REFUSED('ISSUE_NO_CA'));
  assert.equal(await refusing({ sign: null }, ORDER), REFUSED('ISSUE_NO_SIGNER'));
  assert.equal(await refusing({ sign: () => Promise.resolve(null) }, ORDER), REFUSED('ISSUE_SIGNER_DOWN'));
  const weak = { ok: false, code: 'ISSUE_KEY', reason: 'weak' } as const;
  assert.equal(await refusing({ sign: () => Promise.resolve(weak) }, ORDER), REFUSED('ISSUE_KEY'));
});
