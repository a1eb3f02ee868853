import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clone, makeClone, pinRuntime, pretendOld, shown, startProcess } from './clone.ts';

const require = createRequire(import.meta.url);

interface InstallOptions {
  readonly folder: string;
  readonly what: string;
  readonly lock_file: string;
  readonly install?: (folder: string) => Promise<void>;
}

const { ensureInstalled } = require('../../tools/install.cjs') as {
  ensureInstalled(options: InstallOptions): Promise<boolean>;
};

function bootstrap(clone: Clone, args: readonly string[], env: NodeJS.ProcessEnv = {}, node: readonly string[] = []) {
  return startProcess(process.execPath, [...node, clone.path('tools/bootstrap.cjs'), ...args], clone.folder, env);
}

test('the first start installs, the second does not, and both run the demo with their arguments', async (t) => {
  const clone = makeClone(t);
  const first = await bootstrap(clone, ['start', '--port', '0', 'exit=1']).ended;
  assert.match(first.stderr, /^sallyport: installing dependencies/);
  assert.deepEqual(shown(first).args, ['demo', '--port', '0', 'exit=1']);
  assert.equal(first.code, 1);

  const second = await bootstrap(clone, ['start']).ended;
  assert.equal(second.stderr, '');
  assert.deepEqual(shown(second).args, ['demo']);
  assert.equal(second.code, 0);
});

test('an install that npm could not finish ends with what to do', async (t) => {
  const clone = makeClone(t);
  const manifest = { name: 'clone', version: '1.0.0', dependencies: { 'left-behind': '1.0.0' } };
  const entry = { version: '1.0.0', integrity: `sha512-${Buffer.alloc(64).toString('base64')}` };
  clone.write('package.json', JSON.stringify(manifest));
  const packages = { '': manifest, 'node_modules/left-behind': entry };
  clone.write('package-lock.json', JSON.stringify({ ...manifest, lockfileVersion: 3, requires: true, packages }));
  const result = await bootstrap(clone, ['start'], {
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
    npm_config_cache: clone.path('cache'),
  }).ended;
  assert.equal(result.code, 3);
  assert.match(result.stderr, /could not install dependencies.*Without a network, fill npm's cache first/);
  assert.equal(existsSync(clone.path('node_modules/.sallyport-lock')), false);
});

test('a signal to the bootstrap reaches what it runs', async (t) => {
  const clone = makeClone(t);
  const { child, ended, said } = bootstrap(clone, ['start', 'wait']);
  await said('"wait"');
  child.kill('SIGTERM');
  const result = await ended;
  assert.equal(result.code, 7);
  assert.match(result.stdout, /SIGTERM/);
});

test('a child ended by a signal ends the bootstrap by the same signal', async (t) => {
  const clone = makeClone(t);
  clone.write('src/main.ts', "process.kill(process.pid, 'SIGKILL');");
  const result = await bootstrap(clone, ['start']).ended;
  assert.equal(result.signal, 'SIGKILL');
});

test('on a Node.js that is too old everything runs on the pinned one', async (t) => {
  const clone = makeClone(t);
  pinRuntime(clone);
  const result = await bootstrap(clone, ['start'], {}, pretendOld(clone)).ended;
  assert.equal(shown(result).version, process.versions.node);
  assert.doesNotMatch(result.stderr, /installing a pinned/);
});

test('tests are chosen without fixtures and long ones, by folder or by file, and a failure fails the run', async (t) => {
  const clone = makeClone(t);
  const passing = "import { test } from 'node:test'; test('holds', () => {});";
  clone.write('test/a/one.test.ts', passing);
  clone.write(
    'test/b/two.test.ts',
    "import { test } from 'node:test'; test('breaks', () => { throw new Error('broken'); });",
  );
  clone.write('test/fixtures/three.test.ts', passing);
  clone.write('test/long/four.test.ts', passing);

  const all = await bootstrap(clone, ['test']).ended;
  assert.equal(all.code, 1);
  assert.match(all.stdout, /1 passed, 1 failed, 0 skipped in 2 files/);
  assert.match(all.stdout, /test\/b\/two\.test\.ts:1 {2}breaks\n {4}Error: broken/);

  const folder = await bootstrap(clone, ['test', 'test/a']).ended;
  assert.equal(folder.code, 0);
  assert.match(folder.stdout, /1 passed, 0 failed, 0 skipped in 1 files/);

  const long = await bootstrap(clone, ['test:long']).ended;
  assert.match(long.stdout, /✓ test\/long\/four\.test\.ts {2}1 {2}/);

  rmSync(clone.path('test'), { recursive: true });
  const none = await bootstrap(clone, ['test']).ended;
  assert.equal(none.code, 3);
  assert.match(none.stderr, /no test file was found/);
});

/** An install that only leaves npm's account behind. */
function fakeInstall(clone: Clone) {
  const calls: string[] = [];
  const install = async (folder: string) => {
    calls.push(folder);
    await sleep(50);
    clone.write('node_modules/.package-lock.json', JSON.stringify({ packages: {} }));
  };
  const options = { folder: clone.folder, what: 'parts', lock_file: clone.path('lock'), install };
  return { calls, options };
}

test('two installs at once become one', async (t) => {
  const { calls, options } = fakeInstall(makeClone(t));
  const done = await Promise.all([ensureInstalled(options), ensureInstalled(options), ensureInstalled(options)]);
  assert.equal(calls.length, 1);
  assert.deepEqual(done.sort(), [false, false, true]);
});

test('the lock of an installer that died is taken over', async (t) => {
  const clone = makeClone(t);
  const { calls, options } = fakeInstall(clone);
  // Above the largest process id Linux gives out.
  writeFileSync(options.lock_file, '99999999');
  await ensureInstalled(options);
  assert.equal(calls.length, 1);
  assert.equal(existsSync(options.lock_file), false);
});

test('a killed install and a changed lock file are installed again', async (t) => {
  const clone = makeClone(t);
  const { calls, options } = fakeInstall(clone);
  await ensureInstalled(options);
  await ensureInstalled(options);
  assert.equal(calls.length, 1);

  rmSync(clone.path('node_modules/.package-lock.json'));
  await ensureInstalled(options);
  assert.equal(calls.length, 2, 'npm’s account is missing');

  const lock = JSON.parse(readFileSync(clone.path('package-lock.json'), 'utf8')) as { packages: object };
  const packages = { ...lock.packages, 'node_modules/new': { version: '1.0.0', integrity: 'sha512-x' } };
  clone.write('package-lock.json', JSON.stringify({ ...lock, packages }));
  await ensureInstalled(options);
  assert.equal(calls.length, 3, 'the lock file names a package that is not there');
});

test('what somebody installed by hand is adopted when it is complete', async (t) => {
  const clone = makeClone(t);
  const { calls, options } = fakeInstall(clone);
  const lock = JSON.parse(readFileSync(clone.path('package-lock.json'), 'utf8')) as { packages: object };
  const entry = { version: '1.0.0', integrity: 'sha512-x' };
  const packages = {
    ...lock.packages,
    'node_modules/part': entry,
    'node_modules/other-os': { ...entry, optional: true },
  };
  clone.write('package-lock.json', JSON.stringify({ ...lock, packages }));
  clone.write('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/part': entry } }));
  clone.write('node_modules/part/package.json', '{}');
  assert.equal(await ensureInstalled(options), false);
  assert.equal(calls.length, 0);
});
