import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { CheckListener } from '../../src/check/check-options.ts';
import type { CheckReport, TargetReport } from '../../src/check/report/report.ts';
import type { CheckTlsOptions } from '../../src/cli/check-actions.ts';
import { createReport, readReport } from '../../src/wiring/check-report-files.ts';
import { BASE, findTargets, report, tell } from '../check/a-report.ts';
import { run } from './run.ts';

const cwd = mkdtempSync(join(tmpdir(), 'sallyport-report-'));
after(() => rmSync(cwd, { recursive: true, force: true }));

const files = { readReport, createReport: (path: string) => createReport(path, 7) };

const check = (answer: CheckReport, ...flags: string[]) => {
  const checkTls = (_options: CheckTlsOptions, listener: CheckListener) => tell(answer, listener);
  return run(['check', 'tls', 'a', ...flags], { actions: { findTargets, checkTls, ...files }, cwd });
};

const verdicts = (verdict: TargetReport['results'][number]['verdict']) =>
  report({ verdict: 'good', results: [{ ...BASE.results[0]!, verdict }] });

test('each format can be asked for, and json is --json', async () => {
  assert.match((await check(report(), '--format', 'junit')).stdout, /^<\?xml/);
  assert.match((await check(report(), '--format', 'html')).stdout, /^<!doctype html>/);
  assert.equal((await check(report(), '--format', 'json')).stdout, (await check(report(), '--json')).stdout);
  assert.equal((await check(report(), '--json', '--format', 'html')).code, 2);
});

test('SARIF of targets that no file names is refused before anything is opened', async () => {
  const { code, stderr } = await run(['check', 'tls', 'a', '--format', 'sarif'], { actions: { findTargets } });
  assert.equal(code, 2);
  assert.match(stderr, /no file names a; put the targets into a file/);
});

test('a report in a file is whole, can be read by all, and takes the place of an older one', async () => {
  const path = join(cwd, 'r.json');
  writeFileSync(path, 'old', { mode: 0o600 });
  const { code, stdout, stderr } = await check(report(), '--json', '--output', 'r.json');
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /1 with failures, 0 not finished; written to r.json/);
  assert.deepEqual(JSON.parse(readFileSync(path, 'utf8')), report());
  assert.equal(statSync(path).mode & 0o777, 0o644);
});

test('a check that breaks off leaves the older report as it was, and nothing beside it', async () => {
  const path = join(cwd, 'kept.json');
  writeFileSync(path, 'old');
  const checkTls = async (_options: CheckTlsOptions, { onBegin }: CheckListener) => {
    await onBegin({ format: 'sallyport-check', version: 1, made_by: 'x', made_at: 'x', policy: 'x' });
    throw new Error('broken off');
  };
  const { code } = await run(['check', 'tls', 'a', '--output', 'kept.json'], {
    actions: { findTargets, checkTls, ...files },
    cwd,
  });
  assert.equal(code, 3);
  assert.equal(readFileSync(path, 'utf8'), 'old');
  assert.deepEqual(
    readdirSync(cwd).filter((name) => name.endsWith('.new')),
    [],
  );
});

test('what is no file is not written over, nor what is in no folder', async () => {
  mkdirSync(join(cwd, 'folder'));
  for (const output of ['folder', '/dev/null', 'nowhere/r.json']) {
    const { code, stderr } = await check(report(), '--output', output);
    assert.equal(code, 2, output);
    assert.match(stderr, /^error: /);
  }
});

test('--fail-on says what makes the exit code 1', async () => {
  const codes = async (verdict: Parameters<typeof verdicts>[0]) => {
    const levels = ['never', 'fail', 'warn', 'could-not-tell'];
    return Promise.all(levels.map(async (level) => (await check(verdicts(verdict), '--fail-on', level)).code));
  };
  assert.deepEqual(await codes('fail'), [0, 1, 1, 1]);
  assert.deepEqual(await codes('warn'), [0, 0, 1, 1]);
  assert.deepEqual(await codes('could-not-tell'), [0, 3, 3, 1]);
  assert.deepEqual(await codes('pass'), [0, 0, 0, 0]);
});

test('what the baseline has is hidden and does not count, and how much that is is said', async () => {
  writeFileSync(join(cwd, 'baseline.json'), JSON.stringify(report()));
  const { code, stdout, stderr } = await check(report(), '--baseline', 'baseline.json');
  assert.equal(code, 0);
  assert.match(stdout, /^1 known from the baseline$/m);
  assert.doesNotMatch(stdout, /Wanted/);
  assert.equal(stderr, '1 known from the baseline, not counted\n');
  const json = await check(report(), '--baseline', 'baseline.json', '--json');
  assert.equal((JSON.parse(json.stdout) as CheckReport).targets[0]?.results[0]?.known, true);
});

test('a baseline that is none is a usage error before anything is opened', async () => {
  writeFileSync(join(cwd, 'none.json'), '{}');
  for (const name of ['none.json', 'missing.json']) {
    const { code, stderr } = await run(['check', 'tls', 'a', '--baseline', name], {
      actions: { findTargets, ...files },
      cwd,
    });
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`^error: .*${name}`));
  }
});

test('a baseline that is a pipe or a device is a usage error, and nobody waits for it', async () => {
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
  for (const name of ['pipe', '/dev/zero']) {
    const actions = { findTargets, ...files };
    const { code, stderr } = await run(['check', 'tls', 'a', '--baseline', name], { actions, cwd });
    assert.equal(code, 2);
    assert.match(stderr, /is not a regular file/);
  }
});

test('an option of a check is refused by a comparison, which has none of them, in its help neither', async () => {
  for (const option of ['--output=x', '--fail-on=never', '--format=json', '--timeout=5s']) {
    const { code, stdout, stderr } = await run(['check', 'compare', 'a', 'b', option], { actions: files, cwd });
    assert.deepEqual([code, stdout], [2, ''], option);
    assert.equal(stderr, `error: ${option.split('=')[0]} is no option of check compare\n`);
  }
  const { stdout } = await run(['check', 'compare', '--help']);
  assert.match(stdout, /--json/);
  assert.doesNotMatch(stdout, /--timeout/);
});

test('two reports are compared, and exit code 1 says that the later is worse', async () => {
  writeFileSync(join(cwd, 'bad.json'), JSON.stringify(report()));
  writeFileSync(join(cwd, 'good.json'), JSON.stringify(report({ verdict: 'good', results: [] })));
  const compare = (...names: string[]) => run(['check', 'compare', ...names], { actions: files, cwd });
  const worse = await compare('good.json', 'bad.json');
  assert.equal(worse.code, 1);
  assert.match(worse.stdout, /^1 worse\n {2}api.example.org {2}tls\/example: not judged → fail\n/);
  assert.deepEqual(await compare('bad.json', 'good.json').then(({ code }) => code), 0);
  assert.equal((await compare('bad.json', 'bad.json')).stdout, 'nothing changed\n');
  assert.equal(
    (JSON.parse((await compare('good.json', 'bad.json', '--json')).stdout) as { worse: [] }).worse.length,
    1,
  );
  assert.equal((await compare('good.json', 'missing.json')).code, 2);
});

test('a comparison fits the terminal', async () => {
  const [failure] = BASE.results;
  const long = { ...failure!, message: 'many words '.repeat(12).trim(), facts: ['a long fact '.repeat(12).trim()] };
  writeFileSync(join(cwd, 'none.report.json'), JSON.stringify(report({ results: [] })));
  writeFileSync(join(cwd, 'long.report.json'), JSON.stringify(report({ results: [long] })));
  const { stdout } = await run(['check', 'compare', 'none.report.json', 'long.report.json'], { actions: files, cwd });
  assert.match(stdout, /many words/);
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
});
