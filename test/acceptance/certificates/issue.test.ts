/** A machine of a partner gets its certificate from the gate, and is served with it. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { opensslVerifies } from '../../trust/openssl.ts';
import { curl } from '../harness/curl.ts';
import { outcomeOf, untilOutcome } from '../harness/outcomes.ts';
import { missingTools } from '../harness/tools.ts';
import { issue, makeIssuingSite, makeRequest, P256, runAsTold, textOf } from './site.ts';

const KEYS = {
  'EC P-256': P256,
  'EC P-384': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'],
  'EC P-521': ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-521'],
  'RSA 3072': ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:3072'],
  Ed25519: ['-algorithm', 'ED25519'],
} as const;

test('a machine is certified', { skip: missingTools('openssl', 'curl') }, async (context) => {
  const site = await makeIssuingSite(context);
  runAsTold(site, 'operations.md', 'openssl req -x509');
  const gate = await site.start();
  const { project } = site;

  await context.test('with a CA, a request and commands as the pages tell', async () => {
    runAsTold(site, 'partners.md', 'openssl req -new');
    const request = join(project.pki, 'my-machine.csr');
    const { exit_code, stdout, stderr } = await issue(site, '--machine', 'initech-erp', '--request', request);
    assert.equal(exit_code, 0, stderr);
    assert.match(
      stderr,
      /^certified initech-erp of initech as spiffe:\/\/initech\.example\/erp, serial [0-9a-f]{32}, until /,
    );
    project.write('pki/my-machine.pem', stdout);
    assert.equal((await curl(project, gate.port, '/api/orders', { as: 'my-machine' })).status, 200);
  });

  for (const [kind, key] of Object.entries(KEYS)) {
    await context.test(`with a key ${kind}, strictly verified, served and on record`, async () => {
      const name = kind.replace(/ /g, '-');
      const request = makeRequest(site, name, key);
      const out = join(project.pki, `${name}.pem`);
      const { exit_code, stderr, stdout } = await issue(
        site,
        '--machine',
        'initech-erp',
        '--request',
        request,
        '--out',
        out,
      );
      assert.equal(exit_code, 0, stderr);
      assert.equal(stdout, '');
      const pem = textOf(site, `${name}.pem`);
      const verified = opensslVerifies(pem, '', textOf(site, 'machines-ca.pem'), Date.now());
      assert.ok(verified.ok, verified.text);
      const answer = await curl(project, gate.port, '/api/orders', { as: name });
      assert.equal(answer.status, 200, answer.error);
      const outcome = await outcomeOf(project, answer.headers['sallyport-exchange']);
      assert.deepEqual([outcome.machine, outcome.party], ['initech-erp', 'initech']);
      const certificate = new X509Certificate(pem);
      const thumbprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
      const { data } = await untilOutcome(
        project,
        (one) => one.event === 'certificate_issued' && one.data['thumbprint'] === thumbprint,
      );
      assert.deepEqual(data, {
        party: 'initech',
        machine: 'initech-erp',
        uri: 'spiffe://initech.example/erp',
        serial: certificate.serialNumber.toLowerCase(),
        thumbprint,
        not_after_ms: certificate.validToDate.getTime(),
      });
    });
  }
});
