/** What reads a file that something else in the configuration names too is not the signer alone. */
import assert from 'node:assert/strict';
import { link, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { faultsOf, GATE, makeProject } from './project.ts';

const NAMED = {
  'the certificate of the CA': ['machines/ca.pem', 'sallyport.yaml:29:20'],
  'the key of a listener': ['pki/gate.key', 'sallyport.yaml:10:50'],
  'the chain of a listener': ['pki/gate.pem', 'sallyport.yaml:10:31'],
  'a trust bundle': ['pki/acme-ca.pem', 'sallyport.yaml:12:16'],
  'a contract': ['contracts/orders.yaml', 'sallyport.yaml:22:15'],
  'a policy': ['policies/orders.cedar', 'policies/orders.cedar'],
} as const;

const withKey = (key: string) => `${GATE}ca: { certificate: machines/ca.pem, key: "file:${key}" }\n`;

const said = (key: string, where: string) => [
  `sallyport.yaml:29:42: CONFIG_DUPLICATE ca.key: ${key} is the file at ${where} too, which others than the signer read\n` +
    '  → give the key of the CA a file that nothing else names',
];

for (const [what, [path, where]] of Object.entries(NAMED)) {
  test(`the key of a CA in the file of ${what} is refused`, async (context) => {
    const folder = await makeProject(context, { 'sallyport.yaml': withKey(path) });
    assert.deepEqual(await faultsOf(folder), said(path, where));
  });

  test(`the key of a CA that a link leads to ${what} is refused`, async (context) => {
    const folder = await makeProject(context, { 'sallyport.yaml': withKey('secret/ca.key') });
    assert.deepEqual(await faultsOf(folder), []);
    for (const name of ['secret', 'machines', 'pki']) await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, path), 'both', { flag: 'a', mode: 0o600 });
    await link(join(folder, path), join(folder, 'secret/ca.key'));
    assert.deepEqual(await faultsOf(folder), said('secret/ca.key', where));
  });
}

test('the certificate of a CA that a symbolic link leads to its key is refused', async (context) => {
  const folder = await makeProject(context, {
    'sallyport.yaml': withKey('secret/ca.key'),
    'secret/ca.key': 'both',
    'machines/ca.pem': '-> ../secret/ca.key',
  });
  assert.deepEqual(await faultsOf(folder), said('secret/ca.key', NAMED['the certificate of the CA'][1]));
});
