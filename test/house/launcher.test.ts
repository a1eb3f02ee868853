import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeClone, pinRuntime, pretendOld, shown, startProcess } from './clone.ts';

const require = createRequire(import.meta.url);
const { privateFolder } = require('../../bin/compile-cache.cjs') as { privateFolder(folder: string): string | null };

test('the launcher runs the source of a clone in its own process and passes arguments and exit code', async (t) => {
  const clone = makeClone(t);
  const { child, ended } = startProcess(
    process.execPath,
    [clone.path('bin/sallyport'), 'validate', 'exit=2'],
    clone.folder,
  );
  const result = await ended;
  assert.equal(result.code, 2);
  assert.deepEqual(shown(result).args, ['validate', 'exit=2']);
  assert.equal(shown(result).pid, child.pid);
});

test('the launcher works through a chain of symbolic links from another folder', async (t) => {
  const clone = makeClone(t);
  mkdirSync(clone.path('elsewhere'));
  symlinkSync('../bin/sallyport', clone.path('elsewhere/first'));
  symlinkSync('first', clone.path('elsewhere/sallyport'));
  const result = await startProcess(clone.path('elsewhere/sallyport'), ['--version'], '/').ended;
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(shown(result).args, ['--version']);
});

test('without source the compiled form is run', async (t) => {
  const clone = makeClone(t);
  rmSync(clone.path('src'), { recursive: true });
  clone.write('dist/main.js', 'console.log(JSON.stringify({ from: import.meta.url }));');
  const result = await startProcess(process.execPath, [clone.path('bin/sallyport')], clone.folder, {
    XDG_CACHE_HOME: clone.path('cache'),
  }).ended;
  assert.match(shown(result).from, /dist\/main\.js$/);
  assert.ok(statSync(clone.path('cache/sallyport')).isDirectory());
});

test('a package without its compiled form says so', async (t) => {
  const clone = makeClone(t);
  rmSync(clone.path('src'), { recursive: true });
  const result = await startProcess(process.execPath, [clone.path('bin/sallyport')], clone.folder).ended;
  assert.equal(result.code, 3);
  assert.match(result.stderr, /the package is incomplete/);
});

test('a missing dependency in a clone is explained', async (t) => {
  const clone = makeClone(t);
  clone.write('src/main.ts', "import 'commander';");
  const result = await startProcess(process.execPath, [clone.path('bin/sallyport')], clone.folder).ended;
  assert.equal(result.code, 3);
  assert.equal(result.stderr, 'sallyport: the dependencies are not installed; run: npm ci --ignore-scripts\n');
});

test('a Node.js that is too old is replaced by the pinned one, with signals and exit code passed on', async (t) => {
  const clone = makeClone(t);
  pinRuntime(clone);
  const args = [...pretendOld(clone), clone.path('bin/sallyport'), 'run', 'wait'];
  const { child, ended, said } = startProcess(process.execPath, args, clone.folder);
  await said('"wait"');
  child.kill('SIGTERM');
  const result = await ended;
  assert.equal(shown(result).version, process.versions.node);
  assert.equal(result.code, 7);
  assert.match(result.stdout, /SIGTERM/);
});

test('a Node.js that is too old, with none pinned, is told what to do', async (t) => {
  const clone = makeClone(t);
  const result = await startProcess(process.execPath, [...pretendOld(clone), clone.path('bin/sallyport')], clone.folder)
    .ended;
  assert.equal(result.code, 3);
  assert.equal(
    result.stderr,
    'sallyport: needs Node.js 24.22+ or 26.9+, this is 20.0.0.\n' +
      '  Install a newer one from your package manager or nodejs.org\n' +
      '  or, in this clone, run: npm ci --prefix tools/runtime --ignore-scripts\n',
  );
});

test('a Node.js of a line that lacks what another has is too old, whatever its number', () => {
  const { isNewEnough } = require('../../bin/platform.cjs') as {
    isNewEnough: (version: string) => boolean;
  };
  const judged = (...versions: string[]) => versions.filter((version) => isNewEnough(version));
  assert.deepEqual(judged('20.20.2', '24.12.0', '24.21.0', '24.22.1', '24.30.0'), ['24.22.1', '24.30.0']);
  assert.deepEqual(judged('25.9.0', '26.0.0', '26.8.2', '26.9.0', '26.12.1', '27.0.0'), [
    '26.9.0',
    '26.12.1',
    '27.0.0',
  ]);
});

test('compiled code is not kept in a folder that others can write to', (t) => {
  const clone = makeClone(t);
  assert.equal(privateFolder(clone.path('fresh')), clone.path('fresh'));
  assert.equal(statSync(clone.path('fresh')).mode & 0o777, 0o700);
  mkdirSync(clone.path('open'));
  chmodSync(clone.path('open'), 0o777);
  assert.equal(privateFolder(clone.path('open')), null);
  assert.equal(privateFolder(join(clone.path('bin/sallyport'), 'below-a-file')), null);
});
