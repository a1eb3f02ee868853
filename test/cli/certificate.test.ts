import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CertificateActions, IssueView } from '../../src/cli/certificate-actions.ts';
import { run } from './run.ts';

const ISSUED: IssueView = {
  ok: true,
  party: 'acme',
  machine: 'acme-erp',
  uri: 'spiffe://acme.example/erp',
  serial: '4a01',
  thumbprint: 'ab'.repeat(32),
  not_before_ms: 1_790_000_000_000,
  not_after_ms: 1_797_776_000_000,
  certificate: '-----BEGIN CERTIFICATE-----\n',
  file: null,
  ignored: ['subject', 'attributes'],
};
const WORDS = ['certificate', 'issue', '--machine', 'acme-erp', '--request', 'erp.csr'];

const issuing = (view: IssueView) => ({ certificateIssue: () => Promise.resolve(view) });

test('a certificate is printed alone, and what is said of it beside it', async () => {
  const { code, stdout, stderr } = await run(WORDS, { actions: issuing(ISSUED) });
  assert.deepEqual([code, stdout], [0, '-----BEGIN CERTIFICATE-----\n']);
  assert.equal(
    stderr,
    'what the request says of itself was passed over: subject, attributes\n' +
      'certified acme-erp of acme as spiffe://acme.example/erp, serial 4a01, until 2026-12-20 14:13 UTC\n',
  );
});

test('a certificate that was written to a file is not printed', async () => {
  const { stdout, stderr } = await run(WORDS, { actions: issuing({ ...ISSUED, file: '/pki/erp.pem', ignored: [] }) });
  assert.equal(stdout, '');
  assert.match(stderr, /\nwritten to \/pki\/erp\.pem\n$/);
});

test('a refusal says why, and the exit code whether asking again may help', async () => {
  const refused = { ok: false, code: 'ISSUE_MACHINE', reason: 'there is \u001b[31mnone', again: false } as const;
  const once = await run(WORDS, { actions: issuing(refused) });
  assert.deepEqual([once.code, once.stdout], [1, '']);
  assert.equal(once.stderr, 'no certificate was issued (ISSUE_MACHINE): there is \\u{1b}[31mnone\n');
  const again = await run([...WORDS, '--json'], { actions: issuing({ ...refused, again: true }) });
  assert.equal(again.code, 3);
  assert.deepEqual(JSON.parse(again.stdout), { ok: false, code: 'ISSUE_MACHINE', reason: refused.reason });
});

test('nothing in JSON can play with a terminal', async () => {
  const reason = 'x\u202e\u001b[2J\u009b\u007f\u2028\u{e0041} \\u202e é \u{1f600}';
  const view = { ok: false, code: 'ISSUE_MACHINE', reason, again: false } as const;
  const { stdout } = await run([...WORDS, '--json'], { actions: issuing(view) });
  assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  assert.match(stdout, /"x\\u202e\\u001b\[2J\\u009b\\u007f\\u2028\\udb40\\udc41 \\\\u202e é 😀"/);
  assert.deepEqual(JSON.parse(stdout), { ok: false, code: 'ISSUE_MACHINE', reason });
});

test('the command is told what was asked', async () => {
  let told: Parameters<CertificateActions['certificateIssue']>[0] | undefined;
  const certificateIssue: CertificateActions['certificateIssue'] = (options) => {
    told = options;
    return Promise.resolve(ISSUED);
  };
  await run([...WORDS, '--uri', 'spiffe://acme.example/erp', '--out', 'erp.pem'], { actions: { certificateIssue } });
  const { machine, request, uri, out, socket } = told!;
  assert.deepEqual(
    [machine, request, uri, out, socket],
    ['acme-erp', 'erp.csr', 'spiffe://acme.example/erp', 'erp.pem', null],
  );
  for (const words of [WORDS.slice(0, 4), [...WORDS, '--machine', 'Acme']]) assert.equal((await run(words)).code, 2);
});
