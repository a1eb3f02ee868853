/** What a gate does not certify, whoever asks and however. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Site } from '../durability/site.ts';
import type { CliRun } from '../harness/cli.ts';
import { outcomesOf } from '../harness/outcomes.ts';
import { missingTools } from '../harness/tools.ts';
import { aKey, order } from './ask.ts';
import { issue, makeIssuingSite, makeRequest, P256 } from './site.ts';

/** Events of refusals so far: code and machine. */
async function refusalsOf({ project }: Site): Promise<string[]> {
  const all = await outcomesOf(project);
  return all.flatMap(({ event, data }) =>
    event === 'certificate_refused' ? [`${data['code']} ${data['machine']}`] : [],
  );
}

test('a certificate is refused', { skip: missingTools('openssl') }, async (context) => {
  const site = await makeIssuingSite(context);
  await site.start();
  const { pki } = site.project;
  const request = makeRequest(site, 'sound', P256);

  /** The run is refused with this code, and that is on record. */
  async function refuses(run: Promise<CliRun>, code: string, machine: string): Promise<CliRun> {
    const before = (await refusalsOf(site)).length;
    const ended = await run;
    assert.equal(ended.exit_code, 1, ended.stderr);
    assert.match(ended.stderr, new RegExp(`^no certificate was issued \\(${code}\\): `));
    assert.equal(ended.stdout, '');
    assert.deepEqual((await refusalsOf(site)).slice(before), [`${code} ${machine}`]);
    return ended;
  }
  const asked = (machine: string, file = request, ...more: readonly string[]) =>
    issue(site, '--machine', machine, '--request', file, ...more);

  await context.test('to a machine that may not have it, and says what to add', async () => {
    await refuses(asked('nobody'), 'ISSUE_MACHINE', 'nobody');
    await refuses(asked('initech-gone'), 'ISSUE_SUSPENDED', 'initech-gone');
    await refuses(asked('initech-two'), 'ISSUE_AMBIGUOUS', 'initech-two');
    const other = asked('initech-erp', request, '--uri', 'spiffe://initech.example/two');
    await refuses(other, 'ISSUE_CREDENTIAL', 'initech-erp');
    const { stderr } = await refuses(asked('initech-dns'), 'ISSUE_CREDENTIAL', 'initech-dns');
    assert.match(stderr, /parties\/initech\.yaml, and reload: - \{ trust: machines, uri: /);
    await refuses(asked('acme-erp'), 'ISSUE_CREDENTIAL', 'acme-erp');
  });

  await context.test('for a request that proves nothing, or is none', async () => {
    const broken = readFileSync(makeRequest(site, 'broken', P256, ['-outform', 'DER']));
    broken[broken.length - 1]! ^= 1;
    writeFileSync(join(pki, 'broken.csr'), broken);
    await refuses(asked('initech-erp', join(pki, 'broken.csr')), 'ISSUE_PROOF', 'initech-erp');
    const weak = makeRequest(site, 'weak', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024']);
    await refuses(asked('initech-erp', weak), 'ISSUE_KEY', 'initech-erp');
    const large = join(pki, 'large.csr');
    writeFileSync(large, readFileSync(request));
    truncateSync(large, 10 * 1024 * 1024);
    for (const file of [large, join(pki, 'gate.pem'), join(pki, 'sound.key'), join(pki, 'gate.key')]) {
      await refuses(asked('initech-erp', file), 'ISSUE_REQUEST', 'initech-erp');
    }
  });

  await context.test('to a command line that is not right, with exit code 2', async () => {
    const { project } = site;
    for (const run of [
      await asked('initech-erp', join(pki, 'none.csr')),
      await asked('initech-erp', request, '--out', join(pki, 'gate.pem')),
      await asked('initech-erp', request, '--out', join(pki, 'none', 'new.pem')),
      await asked('../initech-erp'),
      await issue(site, '--machine', 'initech-erp'),
    ]) {
      assert.equal(run.exit_code, 2, run.stderr);
    }
    const nowhere = await asked('initech-erp', request, '--socket', join(project.folder, 'none.sock'));
    assert.equal(nowhere.exit_code, 3);
    assert.match(nowhere.stderr, /the gate cannot be reached at .*none\.sock: there is no such socket/);
    project.write('tcp.yaml', 'admin: { listen: ["127.0.0.1:9"] }\n');
    const tcp = await issue(site, '--machine', 'a', '--request', request, '--config', join(project.folder, 'tcp.yaml'));
    assert.equal(tcp.exit_code, 3);
    assert.match(tcp.stderr, /listens on no Unix socket \(admin\.listen\), and certifies nobody elsewhere/);
  });

  await context.test('to who sends lies straight to the socket', async () => {
    const lies: readonly (readonly [unknown, string])[] = [
      [{ ...aKey(), crv: 'P-384' }, 'ISSUE_KEY'],
      [{ ...aKey(), y: aKey().x }, 'ISSUE_KEY'],
      [{ kty: 'RSA', n: Buffer.alloc(5000, 255).toString('base64url'), e: 'AQAB' }, 'ISSUE_KEY'],
      [
        { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' }), e: 'AQ' },
        'ISSUE_KEY',
      ],
      [generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), 'ISSUE_KEY'],
      [{}, 'ISSUE_KEY'],
      ['PEM', 'ISSUE_ORDER'],
      [null, 'ISSUE_ORDER'],
    ];
    for (const [key, code] of lies) {
      const answer = await order(site, { machine: 'initech-erp', uri: null, key });
      assert.deepEqual([answer.status, answer.code], [422, code], JSON.stringify(key));
    }
    const key = aKey();
    for (const body of [
      '',
      '{',
      '[]',
      { machine: 'initech-erp', key },
      { machine: 'initech-erp', uri: null, key, validity_ms: 1 },
      { machine: 'Initech\u001b[31m', uri: null, key },
      { machine: 'initech-erp', refused: 'ISSUE_CHAIN' },
    ]) {
      assert.equal((await order(site, body)).code, 'ISSUE_ORDER', JSON.stringify(body));
    }
  });

  await context.test('where many ask at once, but to none that there is room for', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => order(site, { machine: 'initech-erp', uri: null, key: aKey() })),
    );
    const served = answers.filter(({ status }) => status === 200);
    assert.ok(served.length >= 9, JSON.stringify(answers));
    assert.equal(new Set(served.map(({ serial }) => serial)).size, served.length);
    assert.ok(answers.every(({ status, code }) => status === 200 || code === 'ISSUE_BUSY'));
  });

  await context.test('and no key of anybody stands in the log', () => nothingLeaks(context, site));
});

async function nothingLeaks(_context: TestContext, { project }: Site): Promise<void> {
  const log = JSON.stringify(await outcomesOf(project));
  for (const words of ['BEGIN', 'PRIVATE', '"kty"', '"AQAB"']) assert.equal(log.includes(words), false, words);
}
