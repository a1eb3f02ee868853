import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { PkiRequest } from '../../src/cli/actions.ts';
import { loadConfig } from '../../src/config/load.ts';
import { run } from './run.ts';

async function emptyFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-init-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Stands for the development CA: writes what it was asked for and keeps the request. */
function pki(requests: PkiRequest[]) {
  return async (request: PkiRequest) => {
    requests.push(request);
    await writeFile(join(request.folder, 'gate.pem'), 'a certificate');
    return ['gate.pem'];
  };
}

test('init makes a project that loads, with a development PKI', async (context) => {
  const cwd = await emptyFolder(context);
  const requests: PkiRequest[] = [];
  const { code, stdout } = await run(['init', 'gate'], { cwd, actions: { createPki: pki(requests) } });
  assert.equal(code, 0);
  assert.match(stdout, /^made gate\/sallyport\.yaml$/m);
  assert.match(stdout, /^made gate\/\.sallyport\/pki\/gate\.pem$/m);
  assert.match(stdout, /Next:\n\n(?: {2}export PATH=".*\/bin:\$PATH"\n)? {2}cd gate\n {2}sallyport validate\n$/);

  const config = await loadConfig(join(cwd, 'gate/sallyport.yaml'));
  assert.deepEqual(
    config.machines.map(({ id }) => id),
    ['acme-erp'],
  );
  const [request] = requests;
  assert.equal(request?.folder, join(cwd, 'gate/.sallyport/pki'));
  assert.equal((await stat(join(cwd, 'gate/.sallyport/pki'))).mode & 0o777, 0o700);
  const [client] = request?.clients ?? [];
  const [credential] = config.machines[0]?.credentials ?? [];
  assert.equal(credential?.kind === 'uri' && credential.uri, client?.uri);
  assert.equal(config.zones[0]?.trust[0]?.name, client?.trust);
  assert.equal(config.zones[0]?.trust[0]?.path, join(request?.folder ?? '', `${client?.trust}.pem`));
  assert.deepEqual(config.zones[0]?.listen[0]?.names, request?.gate_names);
});

test('init overwrites nothing, and says what it kept', async (context) => {
  const cwd = await emptyFolder(context);
  await mkdir(join(cwd, '.sallyport/pki'), { recursive: true });
  await writeFile(join(cwd, '.sallyport/pki/gate.key'), 'mine');
  await writeFile(join(cwd, 'sallyport.yaml'), 'mine');
  const { code, stdout } = await run(['init'], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /^kept sallyport\.yaml$/m);
  assert.match(stdout, /^kept \.sallyport\/pki$/m);
  assert.match(stdout, /^made parties\/acme\.yaml$/m);
  assert.equal(await readFile(join(cwd, 'sallyport.yaml'), 'utf8'), 'mine');
});

test('init where no folder can be made ends with exit code 3', async (context) => {
  const cwd = await emptyFolder(context);
  await writeFile(join(cwd, 'file'), '');
  const { code, stderr } = await run(['init', 'file/gate'], { cwd });
  assert.equal(code, 3);
  assert.match(stderr, /^sallyport could not finish: /);
});

test('init around a description that exists copies it and makes a project that loads', async (context) => {
  const cwd = await emptyFolder(context);
  const description = 'openapi: 3.1.0\ninfo: { title: Pets, version: "1" }\npaths: {}\n';
  await writeFile(join(cwd, 'Pet Store v1.0.yaml'), description);
  const made = await run(
    ['init', 'gate', '--openapi', 'Pet Store v1.0.yaml', '--upstream', 'https://pets.example.com/v1'],
    { cwd, actions: { createPki: pki([]) } },
  );
  assert.equal(made.code, 0, made.stderr);
  assert.equal(await readFile(join(cwd, 'gate/contracts/pet-store-v1-0.yaml'), 'utf8'), description);
  const config = await loadConfig(join(cwd, 'gate/sallyport.yaml'));
  assert.deepEqual(
    config.apis.map(({ id, upstream }) => [id, upstream.url.href]),
    [['pet-store-v1-0', 'https://pets.example.com/v1']],
  );
  assert.match(
    await readFile(join(cwd, 'gate/policies/pet-store-v1-0.cedar'), 'utf8'),
    /resource in Api::"pet-store-v1-0"/,
  );
});

test('init names what is wrong with the description, the address and the name it is given', async (context) => {
  const cwd = await emptyFolder(context);
  const missing = await run(['init', 'gate', '--openapi', 'nowhere.yaml'], { cwd });
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /CONFIG_FILE.*nowhere\.yaml/);
  await writeFile(join(cwd, 'api.yaml'), '');
  for (const wrong of [
    ['--upstream', 'pets.example.com'],
    ['--upstream', 'ftp://pets.example.com'],
    ['--upstream', 'https://pets.example.com/v1?x'],
    ['--name', '../x'],
  ]) {
    const { code } = await run(['init', 'gate', '--openapi', 'api.yaml', ...wrong], { cwd });
    assert.equal(code, 2, wrong.join(' '));
  }
});

test('init refuses an address that validate would refuse, with the same remedy, and makes nothing', async (context) => {
  const cwd = await emptyFolder(context);
  await writeFile(join(cwd, 'api.yaml'), '');
  for (const clear of ['http://pets.example.com', 'http://localhost:9000', 'http://10.0.0.5:9000']) {
    const { code, stderr } = await run(['init', 'gate', '--openapi', 'api.yaml', '--upstream', clear], { cwd });
    assert.equal(code, 2, clear);
    assert.match(stderr, /CONFIG_VALUE.*--upstream must be https; http is only for a literal loopback address/);
    assert.match(stderr, /serve it over https, or name 127\.0\.0\.1/);
  }
  const secret = 'https://gate:hunter2@pets.example.com';
  const { code, stderr } = await run(['init', 'gate', '--openapi', 'api.yaml', '--upstream', secret], { cwd });
  assert.equal(code, 2);
  assert.ok(!stderr.includes('hunter2'), stderr);
  assert.deepEqual(await readdir(cwd), ['api.yaml']);
});

test('init does not pass over an address or a name that belongs to no description', async (context) => {
  const cwd = await emptyFolder(context);
  for (const alone of [
    ['--upstream', 'https://pets.example.com'],
    ['--name', 'pets'],
  ]) {
    const { code, stderr } = await run(['init', 'gate', ...alone], { cwd });
    assert.equal(code, 2, alone.join(' '));
    assert.match(stderr, /name it with --openapi/);
  }
  assert.deepEqual(await readdir(cwd), []);
});

test('the overlay that init prepares a line for is applied once its comment sign is gone', async (context) => {
  const cwd = await emptyFolder(context);
  await writeFile(join(cwd, 'pets.yaml'), 'openapi: 3.1.0\ninfo: { title: Pets, version: "1" }\npaths: {}\n');
  await run(['init', 'gate', '--openapi', 'pets.yaml'], { cwd, actions: { createPki: pki([]) } });
  const file = join(cwd, 'gate/sallyport.yaml');
  const overlays = async () => (await loadConfig(file)).apis[0]?.overlays.map(({ path }) => path);
  assert.deepEqual(await overlays(), []);
  await writeFile(file, (await readFile(file, 'utf8')).replace('# overlays:', 'overlays:'));
  await writeFile(join(cwd, 'gate/contracts/pets.overlay.yaml'), '');
  assert.deepEqual(await overlays(), [join(cwd, 'gate/contracts/pets.overlay.yaml')]);
});
