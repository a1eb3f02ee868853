import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BAD_CONFIGS } from './bad-configs/index.ts';
import { edit, faultsOf, GATE, makeProject, PARTY } from './project.ts';

const FILES = {
  gate: { path: 'sallyport.yaml', text: GATE },
  party: { path: 'parties/acme.yaml', text: PARTY },
} as const;

test('the sound project has no faults', async (context) => {
  assert.deepEqual(await faultsOf(await makeProject(context)), []);
});

for (const { name, file, from, to, faults } of BAD_CONFIGS) {
  test(`${name} is refused with its place and what to do`, async (context) => {
    const { path, text } = FILES[file];
    const folder = await makeProject(context, { [path]: from === null ? to : edit(text, from, to) });
    assert.deepEqual(await faultsOf(folder), faults);
  });
}

test('a configuration that is not there is one fault', async (context) => {
  const folder = await makeProject(context, { 'sallyport.yaml': null });
  assert.deepEqual(await faultsOf(folder), [
    'sallyport.yaml: CONFIG_FILE the file does not exist\n  → make one with "sallyport init", or name it with --config',
  ]);
});

test('a configuration that is not UTF-8 is refused', async (context) => {
  const folder = await makeProject(context, { 'sallyport.yaml': new Uint8Array([0x76, 0xff, 0xfe]) });
  assert.deepEqual(await faultsOf(folder), ['sallyport.yaml: CONFIG_FILE the file is not UTF-8 text']);
});

test('a configuration of more than 1 MiB is refused', async (context) => {
  const folder = await makeProject(context, { 'sallyport.yaml': `${GATE}${'#'.repeat(1024 * 1024)}` });
  assert.deepEqual(await faultsOf(folder), ['sallyport.yaml: CONFIG_FILE the file is larger than 1MiB']);
});

test('a party file that leads out of the project is refused', async (context) => {
  const folder = await makeProject(context, { 'parties/other.yaml': '-> /etc/hostname' });
  assert.deepEqual(await faultsOf(folder), [
    'sallyport.yaml:18:10: CONFIG_FILE parties: "parties/other.yaml" leads out of the project folder through a symbolic link\n' +
      '  → copy the file into the project folder',
  ]);
});

test('a folder that leads out of the project is refused', async (context) => {
  const outside = await makeProject(context);
  const folder = await makeProject(context, { 'parties/acme.yaml': null, parties: `-> ${outside}/parties` });
  assert.equal((await faultsOf(folder))[0]?.includes('leads out of the project folder'), true);
});

test('a symbolic link that leads nowhere is refused', async (context) => {
  const folder = await makeProject(context, { 'parties/other.yaml': '-> ./nowhere.yaml' });
  assert.deepEqual(await faultsOf(folder), ['parties/other.yaml: CONFIG_FILE the file does not exist']);
});

test('a party and a machine that stand in two files are refused in the second', async (context) => {
  const folder = await makeProject(context, { 'parties/globex.yaml': PARTY });
  assert.deepEqual(await faultsOf(folder), [
    'parties/globex.yaml:1:8: CONFIG_DUPLICATE party: the id "acme" already names a party at parties/acme.yaml:1:8\n  → give one of them another id',
    'parties/globex.yaml:4:3: CONFIG_DUPLICATE machines.acme-erp: the id "acme-erp" already names a machine at parties/acme.yaml:4:3\n  → give one of them another id',
  ]);
});

test('a credential that no zone of its machine trusts is refused', async (context) => {
  const internal = `  internal:
    listen: [{ port: 0, names: [localhost], certificate: { chain: a.pem, key: "file:a.key" } }]
`;
  const folder = await makeProject(context, {
    'sallyport.yaml': edit(GATE, 'groups:\n', `${internal}groups:\n`),
    'parties/acme.yaml': edit(PARTY, 'zones: [partner]', 'zones: [internal]'),
  });
  assert.deepEqual(await faultsOf(folder), [
    'parties/acme.yaml:7:18: CONFIG_REFERENCE machines.acme-erp.credentials[0].trust: no zone of this machine trusts "acme-ca"\n' +
      '  → trusted in "partner"',
  ]);
});

test('all faults of a load are told at once, in the order of the files', async (context) => {
  const gate = [
    ['port: 8443', 'prot: 8443'],
    ['headers: 10s', 'headers: 10'],
    ['zones: [partner]', 'zones: [partners]'],
    ['contracts/orders.yaml', 'contracts/missing.yaml'],
  ].reduce((text, [from = '', to = '']) => edit(text, from, to), GATE);
  const folder = await makeProject(context, {
    'sallyport.yaml': gate,
    'parties/acme.yaml': edit(PARTY, 'groups: [suppliers]', 'groups: [supplier]'),
    'parties/globex.yaml': 'party: [globex]\n',
  });
  const heads = (await faultsOf(folder)).map((fault) => fault.split(': ').slice(0, 2).join(': '));
  assert.deepEqual(heads, [
    'sallyport.yaml:7:9: CONFIG_MISSING zones.partner.listen[0].port',
    'sallyport.yaml:8:9: CONFIG_UNKNOWN_KEY zones.partner.listen[0].prot',
    'sallyport.yaml:14:26: CONFIG_TYPE zones.partner.timeouts.headers',
    'sallyport.yaml:22:15: CONFIG_FILE apis.orders.contract',
    'sallyport.yaml:23:13: CONFIG_REFERENCE apis.orders.zones[0]',
    'parties/acme.yaml:2:10: CONFIG_REFERENCE groups[0]',
    'parties/globex.yaml:1:1: CONFIG_MISSING machines',
    'parties/globex.yaml:1:8: CONFIG_TYPE party',
  ]);
});

test('of very many faults the first 200 are told and the rest counted', async (context) => {
  const unknown = Array.from({ length: 500 }, (_, index) => `unknown${index}: 1\n`).join('');
  const folder = await makeProject(context, { 'sallyport.yaml': `${GATE}${unknown}` });
  const faults = await faultsOf(folder);
  assert.equal(faults.length, 201);
  assert.equal(faults.at(-1), 'sallyport.yaml: CONFIG_VALUE 300 more faults are not shown');
});
