/** The package, made from this clone: the same bytes twice, and a life on a machine where dpkg installed it. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { findTool, missingTools } from '../../acceptance/harness/tools.ts';
import { pasteSection, startUpstream } from './from-clone.ts';
import { bootMachine, type Machine, noMachine } from './machine.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const sh = promisify(execFile);
const CONFIG = '/etc/sallyport/sallyport.yaml';

const digestOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

async function release(out: string): Promise<void> {
  // A date that is not the commit's, so that a changed clone can be tested too.
  const env = { ...process.env, SOURCE_DATE_EPOCH: '1700000000' };
  await sh(process.execPath, [join(root, 'tools', 'release.ts'), '--out', out], { cwd: root, env });
}

suite('a release', { skip: missingTools('dpkg-deb', 'npm', 'tar') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-release-test-'));
  const out = join(folder, 'one');
  const made = (suffix: string) => join(out, readdirSync(out).find((name) => name.endsWith(suffix)) ?? 'none');
  before(() => release(out));
  after(() => rmSync(folder, { recursive: true, force: true }));

  test('is the same bytes when it is made again', async () => {
    const again = join(folder, 'two');
    await release(again);
    assert.deepEqual(readdirSync(again).sort(), readdirSync(out).sort());
    assert.equal(readdirSync(out).length, 2);
    for (const name of readdirSync(out)) assert.equal(digestOf(join(again, name)), digestOf(join(out, name)), name);
    rmSync(again, { recursive: true });
  });

  test('holds files of root alone, none that others may write, none that runs as its owner, and no key', async () => {
    const { stdout } = await sh('dpkg-deb', ['--contents', made('.deb')], { maxBuffer: 2 ** 26 });
    const lines = stdout.trimEnd().split('\n');
    assert.ok(lines.length > 500);
    const wrong = lines.filter((line) => !/^([d-]rwxr-xr-x|-rw-r--r--|lrwxrwxrwx) root\/root /.test(line));
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      lines.filter((line) => /\.(key|test\.ts)$|\/(test|bench|\.git)\//.test(line) && !line.includes('/node_modules/')),
      [],
    );
    assert.deepEqual(
      lines.filter((line) => / \.\/(?!usr\/)./.test(line)),
      [],
    );
  });

  test('of the tarball runs from anywhere, with nothing but its own Node.js', async () => {
    const place = join(folder, 'elsewhere');
    await sh('mkdir', [place]);
    await sh('tar', ['--extract', '--file', made('.tar.gz'), '--strip-components=1', '--directory', place]);
    const run = (...args: string[]) =>
      sh(join(place, 'runtime', 'sallyport'), args, { cwd: folder, env: { PATH: '/usr/bin:/bin' } });
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    assert.match((await run('--version')).stdout, new RegExp(version.replaceAll('.', '\\.')));
    await run('init', 'mine');
    await run('validate', '--config', join('mine', 'sallyport.yaml'));
  });

  test('pleases lintian where it is installed', {
    skip: findTool('lintian') ? false : 'not installed: lintian',
  }, async () => {
    const known = 'embedded-library,unstripped-binary-or-object';
    await sh('lintian', ['--fail-on', 'error', '--suppress-tags', known, made('.deb')]);
  });

  test('is installed, upgraded and removed by dpkg, and the gate lives through it', {
    skip: noMachine(),
  }, async (context) => {
    const machine = await bootMachine(context);
    copyFileSync(made('.deb'), `/proc/${machine.pid}/root/opt/sallyport.deb`);
    await machine.run('dpkg --install /opt/sallyport.deb');
    await startUpstream(machine);
    await machine.run('systemctl daemon-reload');
    assert.equal(await machine.run('dpkg --verify sallyport'), '');
    assert.match(await machine.run('getent passwd sallyport'), /:\/:\/usr\/sbin\/nologin$/m);
    await pasteSection(machine, 'Start');
    const first = await mainPid(machine);

    await context.test('the same package again restarts the gate', async () => {
      await machine.run('dpkg --install /opt/sallyport.deb');
      assert.notEqual(await mainPid(machine), first);
      assert.equal((await machine.run('systemctl is-active sallyport')).trim(), 'active');
    });

    await context.test(
      'an upgrade whose configuration does not load leaves the gate running and says why',
      async () => {
        const running = await mainPid(machine);
        await machine.run(`sed -i 's/^zones:/zoens:/' ${CONFIG}`);
        const { code, stderr } = await machine.try('dpkg --install /opt/sallyport.deb');
        assert.equal(code, 0);
        assert.match(stderr, /zoens/);
        assert.match(stderr, /not restarted/);
        assert.equal(await mainPid(machine), running);
        await machine.run(`sed -i 's/^zoens:/zones:/' ${CONFIG} && systemctl restart sallyport`);
      },
    );

    await context.test('removed, it stops; even purged, records and configuration stay', async () => {
      await machine.run('dpkg --remove sallyport');
      assert.notEqual((await machine.try('systemctl is-active sallyport')).code, 0);
      await machine.run('dpkg --purge sallyport');
      await machine.run(`ls ${CONFIG} /var/lib/sallyport/audit/audit-000001.ndjson`);
      assert.notEqual((await machine.try('ls /usr/lib/sallyport')).code, 0);
    });
  });
});

const mainPid = async (machine: Machine): Promise<string> =>
  (await machine.run('systemctl show sallyport --property=MainPID --value')).trim();
