import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { LoadError } from '../../src/core/errors/faults.ts';
import { createDevelopmentCa } from '../../src/core/trust/dev-ca.ts';
import { findTargets } from '../../src/wiring/find-targets.ts';
import { GATE, makeProject } from '../config/project.ts';

async function root(name: string): Promise<string> {
  const random = (size: number) => crypto.getRandomValues(Buffer.alloc(size));
  return (await createDevelopmentCa({ name, days: 9, now_ms: Date.now(), random })).cert;
}

async function found(context: TestContext, words: readonly string[], files: Record<string, string> = {}, config = '') {
  const folder = await makeProject(context, files);
  return findTargets({ words, config: config === '' ? null : join(folder, config), ca: [], cwd: folder });
}

async function faultsOf(finding: Promise<unknown>): Promise<readonly (string | number | undefined)[][]> {
  const error = await finding.then(
    () => assert.fail('nothing was wrong'),
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof LoadError);
  return error.faults.map(({ code, file, line }) => [code, file, line]);
}

test('words and lists are targets in the order given', async (context) => {
  const { targets } = await found(context, ['a:1', '@list', 'd'], { list: 'b # one\nc\n' });
  assert.deepEqual(
    targets.map(({ host, port, place }) => [host, port, place]),
    [
      ['a', 1, null],
      ['b', 443, { file: 'list', line: 1 }],
      ['c', 443, { file: 'list', line: 2 }],
      ['d', 443, null],
    ],
  );
});

test('every word and line that is no target is told, with its place, and nothing is checked', async (context) => {
  const finding = found(context, ['http://a', '@list', '@nowhere'], { list: 'b\nc d\n' });
  assert.deepEqual(await faultsOf(finding), [
    ['CHECK_TARGET', undefined, undefined],
    ['CHECK_TARGET', 'list', 2],
    ['CONFIG_FILE', 'nowhere', undefined],
  ]);
});

test('a list of more targets than are checked at once is refused', async (context) => {
  const list = Array.from({ length: 10_001 }, (_, index) => `host-${index}`).join('\n');
  assert.deepEqual(await faultsOf(found(context, ['@list'], { list })), [['CHECK_TARGET', 'list', undefined]]);
});

test('a thousand targets are found', async (context) => {
  const list = Array.from({ length: 1_000 }, (_, index) => `host-${index}`).join('\n');
  assert.equal((await found(context, ['@list'], { list })).targets.length, 1_000);
});

test('a configuration names where the gate listens and what it calls, with the roots it trusts there', async (context) => {
  const [gate_root, upstream_root] = await Promise.all([root('Gate CA'), root('Upstream CA')]);
  const gate = GATE.replace('address: 127.0.0.1', 'address: 0.0.0.0')
    .replace('names: [localhost]', 'names: [api.example.org, localhost]')
    .replace(
      'url: http://127.0.0.1:9000',
      'url: https://orders.internal:9443\n      trust: pki/upstream.pem\n      server_name: orders.example.org',
    );
  const files = {
    'sallyport.yaml': gate,
    'pki/gate.pem': gate_root,
    'pki/upstream.pem': upstream_root,
  };
  const { targets, left_out } = await found(context, [], files, 'sallyport.yaml');
  assert.deepEqual(
    targets.map(({ text, service, address, name, roots }) => [
      ...[text, service, address, name],
      roots.map((pem) => pem.trim()),
    ]),
    [
      ['api.example.org:8443', 'gate', '127.0.0.1', 'api.example.org', [gate_root.trim()]],
      ['localhost:8443', 'gate', '127.0.0.1', 'localhost', [gate_root.trim()]],
      ['orders.internal:9443', 'https', null, 'orders.example.org', [upstream_root.trim()]],
    ],
  );
  assert.ok(targets.every(({ place }) => place?.file.endsWith('sallyport.yaml') && place.line > 1));
  assert.deepEqual(left_out, []);
});

test('what has no TLS and stays on this machine is left out, and told', async (context) => {
  const files = { 'pki/gate.pem': await root('Gate CA') };
  const { targets, left_out } = await found(context, ['a'], files, 'sallyport.yaml');
  assert.deepEqual(
    targets.map(({ text }) => text),
    ['a', 'localhost:8443'],
  );
  assert.deepEqual(left_out, ['http://127.0.0.1:9000: no TLS, it stays on this machine']);
});

test('who names nothing at all is asked for a target where there is no configuration', async (context) => {
  const folder = await makeProject(context, {});
  const hints = (words: readonly string[]) =>
    findTargets({ words, config: join(folder, 'none.yaml'), ca: [], cwd: folder }).catch(({ faults }: LoadError) =>
      faults.map(({ suggestion }) => suggestion),
    );
  assert.deepEqual(await hints([]), ['name a target, such as api.example.org, or a configuration with --config']);
  assert.deepEqual(await hints(['a']), ['make one with "sallyport init", or name it with --config']);
});

test('a configuration that does not load is told as ever', async (context) => {
  const finding = found(context, [], { 'sallyport.yaml': 'version: 2\n' }, 'sallyport.yaml');
  assert.ok((await faultsOf(finding)).length > 0);
});

test('roots that are named on the command line are trusted for every target, beside those of the configuration', async (context) => {
  const [one, two] = [await root('One'), await root('Two')];
  const folder = await makeProject(context, { 'roots.pem': `# ours\n${one}${two}` });
  const { targets } = await findTargets({ words: ['a', 'b:1'], config: null, ca: ['roots.pem'], cwd: folder });
  for (const { roots } of targets) assert.deepEqual(roots.map(flat), [one, two].map(flat));
});

test('a file of roots that is not there, has no certificate or one that is none is told', async (context) => {
  const broken = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n';
  const folder = await makeProject(context, { empty: 'nothing', broken });
  const ca = ['nowhere', 'empty', 'broken'];
  assert.deepEqual(
    await faultsOf(findTargets({ words: ['a'], config: null, ca, cwd: folder })),
    ca.map((file) => ['CERT_UNREADABLE', file, undefined]),
  );
});

function flat(pem: string): string {
  return pem.replace(/\s/g, '');
}
