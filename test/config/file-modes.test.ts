/** Whoever can write a policy or a trust bundle needs no certificate: the gate does not obey what everybody may write. */
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { loadConfig } from '../../src/config/load.ts';
import { edit, faultsOf, GATE, makeProject } from './project.ts';

const PKI = {
  'pki/gate.pem': 'a chain',
  'pki/acme-ca.pem': 'a bundle',
  'upstream/ca.pem': 'a bundle',
  'collector/ca.pem': 'a bundle',
  'machines/ca.pem': 'a certificate',
};
const CA = 'ca: { certificate: machines/ca.pem, key: "file:machines/ca.key" }\n';
const TRACES = 'traces: { collector: { url: "https://collector.internal", trust: collector/ca.pem } }\n';
const WITH_UPSTREAM = edit(
  `${GATE}${TRACES}${CA}`,
  'url: http://127.0.0.1:9000',
  'url: https://orders.internal\n      trust: upstream/ca.pem',
);

/** A project in which every file stands that a configuration can name. */
async function fullProject(context: TestContext): Promise<string> {
  const folder = await makeProject(context, { ...PKI, 'sallyport.yaml': WITH_UPSTREAM });
  await writeFile(join(folder, 'pki/gate.key'), 'a key', { mode: 0o600 });
  assert.deepEqual(await faultsOf(folder), []);
  return folder;
}

const FILES = [
  ['sallyport.yaml', 'sallyport.yaml: CONFIG_FILE_MODE '],
  ['parties/acme.yaml', 'parties/acme.yaml: CONFIG_FILE_MODE '],
  ['policies/orders.cedar', 'policies/orders.cedar: CONFIG_FILE_MODE '],
  ['contracts/orders.yaml', 'sallyport.yaml:22:15: CONFIG_FILE_MODE contracts/orders.yaml: '],
  ['pki/gate.pem', 'sallyport.yaml:10:31: CONFIG_FILE_MODE pki/gate.pem: '],
  ['pki/acme-ca.pem', 'sallyport.yaml:12:16: CONFIG_FILE_MODE pki/acme-ca.pem: '],
  ['upstream/ca.pem', 'sallyport.yaml:27:14: CONFIG_FILE_MODE upstream/ca.pem: '],
  ['collector/ca.pem', 'sallyport.yaml:30:66: CONFIG_FILE_MODE collector/ca.pem: '],
  ['machines/ca.pem', 'sallyport.yaml:31:20: CONFIG_FILE_MODE machines/ca.pem: '],
] as const;

for (const [file, begins] of FILES) {
  test(`${file} that everybody may write is refused, and the fault says how to mend it`, async (context) => {
    const folder = await fullProject(context);
    await chmod(join(folder, file), 0o646);
    const [fault = '', ...more] = await faultsOf(folder);
    assert.deepEqual(more, []);
    assert.equal(fault, `${begins}everybody on this host may write the file (mode 0646)\n  → Run: chmod o-w ${file}`);
    await chmod(join(folder, file), 0o664);
    assert.deepEqual(await faultsOf(folder), [], 'the group is the choice of the operator');
  });
}

for (const [name, files] of [
  ['.', 1],
  ['parties', 1],
  ['policies', 1],
  ['contracts', 1],
  ['pki', 1],
  ['upstream', 1],
  ['collector', 1],
] as const) {
  test(`the folder ${name} in which everybody may replace a file is refused, once`, async (context) => {
    const folder = await fullProject(context);
    await chmod(join(folder, name), 0o777);
    const faults = await faultsOf(folder);
    assert.equal(faults.length, files, faults.join('\n'));
    assert.match(faults[0] ?? '', /CONFIG_FILE_MODE .*everybody on this host may write the folder .* \(mode 0777\)/);
  });
}

test('a sticky folder protects a named file, and not a pattern that another file could match', async (context) => {
  const folder = await fullProject(context);
  await chmod(join(folder, 'contracts'), 0o1777);
  assert.deepEqual(await faultsOf(folder), []);
  await chmod(join(folder, 'policies'), 0o1777);
  const faults = await faultsOf(folder);
  assert.equal(faults.length, 1);
  assert.match(faults[0] ?? '', /^policies\/orders\.cedar: CONFIG_FILE_MODE .*\(mode 1777\)/);
});

test('a link is judged by what it leads to, and by the folders at both ends', async (context) => {
  const folder = await fullProject(context);
  const elsewhere = await mkdtemp(join(tmpdir(), 'sallyport-elsewhere-'));
  context.after(() => rm(elsewhere, { recursive: true }));
  await mkdir(join(elsewhere, 'ca'), { mode: 0o755 });
  await rename(join(folder, 'pki/acme-ca.pem'), join(elsewhere, 'ca/real.pem'));
  await symlink(join(elsewhere, 'ca/real.pem'), join(folder, 'pki/acme-ca.pem'));
  assert.deepEqual(await faultsOf(folder), []);
  for (const [path, open, closed] of [
    [join(elsewhere, 'ca/real.pem'), 0o666, 0o644],
    [join(elsewhere, 'ca'), 0o777, 0o755],
    [join(folder, 'pki'), 0o777, 0o755],
  ] as const) {
    await chmod(path, open);
    const faults = await faultsOf(folder);
    assert.equal(faults.length, 1, path);
    assert.match(faults[0] ?? '', /CONFIG_FILE_MODE/);
    await chmod(path, closed);
  }
  assert.deepEqual(await faultsOf(folder), []);
});

test('a data folder is judged as it is, and by what it will be made in', async (context) => {
  const folder = await fullProject(context);
  const at = await mkdtemp(join(tmpdir(), 'sallyport-data-'));
  context.after(() => rm(at, { recursive: true }));
  await writeFile(join(folder, 'sallyport.yaml'), edit(WITH_UPSTREAM, 'gate:\n', `gate:\n  data: ${at}/made/later\n`));
  assert.deepEqual(await faultsOf(folder), []);
  for (const [path, mode] of [
    [at, 0o777],
    [join(at, 'made'), 0o777],
    [join(at, 'made/later'), 0o777],
  ] as const) {
    await mkdir(path, { recursive: true, mode: 0o755 });
    await chmod(path, mode);
    const faults = await faultsOf(folder);
    assert.equal(faults.length, 1, `${path} ${mode.toString(8)}`);
    assert.match(faults[0] ?? '', /CONFIG_FILE_MODE everybody on this host may write the folder/);
    await chmod(path, 0o755);
  }
  for (const name of ['made', 'made/later']) await chmod(join(at, name), 0o1777);
  assert.deepEqual(await faultsOf(folder), [], 'a sticky folder keeps what stands in it');
});

test('an example may be loaded as its clone was made', async (context) => {
  const folder = await fullProject(context);
  await chmod(join(folder, 'sallyport.yaml'), 0o666);
  const config = await loadConfig(join(folder, 'sallyport.yaml'), { everybody_may_write: true });
  assert.equal(config.name, 'orders-gate');
});
