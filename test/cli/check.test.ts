import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CheckListener } from '../../src/check/check-options.ts';
import { checkReportSchema } from '../../src/check/report/json-schema.ts';
import type { RuleVerdict } from '../../src/check/report/report.ts';
import type { CheckTlsOptions, FindTargetsOptions } from '../../src/cli/check-actions.ts';
import { answering, BASE, findTargets, report, reportOf, tell, unanswered } from '../check/a-report.ts';
import { run } from './run.ts';

test('a finding is one calm screen that says what to do, and exit code 1', async () => {
  const { code, stdout, stderr } = await run(['check', 'tls', 'api.example.org'], answering(report()));
  assert.deepEqual([code, stderr], [1, '']);
  assert.equal(
    stdout,
    `api.example.org  192.0.2.7, by sallyport-1, 31 connections, 0.42 s
1 failure

TLS 1.2  2 cipher suites, the server chooses; x25519
TLS 1.3  refused (protocol_version)

FAIL  TLS-2  the example is on

FAIL tls/example
  Wanted: the example is off.
    one
    two
  Else somebody reads what is sent.
  → Turn it off.
    nginx      example off;
  See RFC 9325 section 3.3.
`,
  );
});

test('failures come first, and what passes or is not applicable is one line for each control', async () => {
  const [result] = BASE.results;
  const saying = (rule: string, control: string, verdict: RuleVerdict) => ({ ...result!, rule, control, verdict });
  const results = [
    saying('tls/six', 'TLS-3', 'not-applicable'),
    saying('tls/one', 'TLS-2', 'pass'),
    saying('tls/two', 'TLS-1', 'pass'),
    saying('tls/three', 'TLS-2', 'pass'),
    saying('tls/four', 'TLS-2', 'warn'),
    saying('tls/five', 'TLS-3', 'fail'),
  ];
  const { stdout } = await run(['check', 'a'], answering(report({ results })));
  const lines = [
    'FAIL  TLS-3  the example is on',
    'warn  TLS-2  the example is on',
    '',
    'pass  TLS-1  two',
    '      TLS-2  one, three',
    '',
    'n/a   TLS-3  six',
    '',
    'FAIL tls/five',
  ];
  assert.ok(stdout.includes(`\n${lines.join('\n')}\n`), stdout);
});

test('the exit code is 0 for good and 3 where it could not finish', async () => {
  const good = await run(['check', 'tls', 'a'], answering(report({ verdict: 'good', results: [] })));
  assert.equal(good.code, 0);
  const silent = report({ verdict: 'unfinished', problem: 'no answer in time', results: [], tls: null });
  const unfinished = await run(['check', 'tls', 'a'], answering(silent));
  assert.equal(unfinished.code, 3);
  assert.match(unfinished.stdout, /^not finished: no answer in time$/m);
});

test('several targets are summed up', async () => {
  const both = reportOf(BASE, { ...BASE, verdict: 'good', results: [] });
  const { stdout } = await run(['check', 'tls', 'a', 'b'], answering(both));
  assert.match(stdout, /\n2 targets: 1 good, 1 with failures, 0 not finished\n$/);
});

test('what only several targets together show is told at the end', async () => {
  const targets = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const finding = { rule: 'tls/shared-key', control: 'TLS-8', verdict: 'warn', message: 'one key', targets } as const;
  const both = { ...reportOf(BASE, BASE), across: [{ ...finding, targets, known: false }] };
  const { stdout } = await run(['check', 'tls', 'a', 'b'], answering(both));
  assert.match(stdout, /\n\nwarn {2}TLS-8 {2}one key \(tls\/shared-key\): a, b, c, d, e, f and 1 more\n\n2 targets: /);
});

test('roots are named in files, as many as there are', async () => {
  const asked: (readonly string[])[] = [];
  const { actions } = answering(report());
  const finding = {
    ...actions,
    findTargets: (options: FindTargetsOptions) => {
      asked.push(options.ca);
      return actions.findTargets(options);
    },
  };
  for (const args of [['a'], ['tls', 'a', '--ca', 'x.pem', '--ca', 'y.pem']])
    await run(['check', ...args], { actions: finding });
  assert.deepEqual(asked, [[], ['x.pem', 'y.pem']]);
});

test('a further address that says the same is one line, one that differs is told in full', async () => {
  const other = { ...BASE, address: '2001:db8::7' };
  const third = { ...BASE, address: '192.0.2.8', verdict: 'good' as const, results: [] };
  const { stdout } = await run(['check', 'api.example.org'], answering(reportOf(BASE, other, third)));
  assert.match(
    stdout,
    /\n {4}nginx +example off;\n {2}See RFC 9325 section 3\.3\.\napi\.example\.org {2}2001:db8::7, the same, 31 connections, 0\.42 s\n\n/,
  );
  assert.match(stdout, /\napi\.example\.org {2}192\.0\.2\.8, by sallyport-1/);
});

test('what a configuration names and cannot be checked is told beside the report', async () => {
  const left_out = ['http://127.0.0.1:9: no TLS'];
  const actions = { ...answering(report()).actions, findTargets: async () => ({ targets: [], left_out }) };
  const { stderr } = await run(['check', '--config', 'x.yaml'], { actions });
  assert.equal(stderr, 'not checked: http://127.0.0.1:9: no TLS\n');
});

test('the configuration is asked where no target is given, and beside targets where it is named', async () => {
  const asked: (string | null)[] = [];
  const actions = {
    ...answering(report()).actions,
    findTargets: async ({ config, ...rest }: FindTargetsOptions) => {
      asked.push(config);
      return findTargets({ config, ...rest });
    },
  };
  for (const args of [[], ['a'], ['a', '-c', 'x.yaml'], ['tls', 'a']]) await run(['check', ...args], { actions });
  assert.deepEqual(asked, ['sallyport.yaml', null, 'x.yaml', null]);
});

test('with --json it is the report as published, and colour is for terminals alone', async () => {
  const { stdout } = await run(['check', 'tls', 'a', '--json'], answering(report()));
  assert.deepEqual(JSON.parse(stdout), report());
  const schema = readFileSync(join(import.meta.dirname, '../../schema/check-report-1.schema.json'), 'utf8');
  assert.deepEqual(JSON.parse(schema), JSON.parse(JSON.stringify(checkReportSchema())));
  const coloured = await run(['check', 'tls', 'a'], { ...answering(report()), terminal: true });
  assert.ok(coloured.stdout.includes('\u001b[31m'));
});

test('what a stranger wrote cannot play with the terminal', async () => {
  const { stdout } = await run(['check', 'tls', 'a'], answering(report({ problem: 'a\u001b[2Jb' })));
  assert.ok(!stdout.includes('\u001b'));
});

test('targets, time, connections and policy reach the check', async () => {
  let asked: CheckTlsOptions | null = null;
  const checkTls = async (options: CheckTlsOptions, listener: CheckListener) => {
    asked = options;
    return tell(report({ verdict: 'good' }), listener);
  };
  const flags = ['--timeout', '2m', '--parallel', '2', '--policy', 'sallyport-1'];
  await run(['check', 'tls', 'a:1', '[::1]:2', ...flags], { actions: { findTargets, checkTls } });
  const { targets, timeout_ms, parallel, policy } = asked as unknown as CheckTlsOptions;
  assert.deepEqual(
    targets.map(({ host, port }) => [host, port]),
    [
      ['a', 1],
      ['::1', 2],
    ],
  );
  assert.deepEqual([timeout_ms, parallel, policy.id], [120_000, 2, 'sallyport-1']);
});

test('what is no time, number or policy is a usage error', async () => {
  for (const args of [
    ['a', '--timeout', '5'],
    ['a', '--at-once', '0'],
    ['a', '--addresses', 'few'],
    ['a', '--parallel', '17'],
    ['a', '--policy', 'x'],
  ]) {
    const { code, stderr } = await run(['check', 'tls', ...args]);
    assert.equal(code, 2, args.join(' '));
    assert.notEqual(stderr, '');
  }
});

test('progress is one line on a terminal, gone at the end, and nothing elsewhere', async () => {
  const checkTls = async ({ targets, onProgress }: CheckTlsOptions, listener: CheckListener) => {
    const [target] = targets;
    onProgress(target!, 1);
    onProgress(target!, 2);
    return tell(report({ verdict: 'good', results: [], tls: null }), listener);
  };
  const { stderr } = await run(['check', 'tls', 'a'], { actions: { findTargets, checkTls }, terminal: true });
  const start = '\r\u001b[K';
  assert.equal(stderr, `${start}a: 1 connection${start}a: 2 connections${start}`);
  assert.equal((await run(['check', 'tls', 'a'], { actions: { findTargets, checkTls } })).stderr, '');
});

test('a target that nobody answers at is told once, with the reason and what to do; what was found is told', async () => {
  const { stdout } = await run(['check', 'a'], answering(reportOf(unanswered())));
  assert.ok(
    stdout.startsWith(`api.example.org  192.0.2.7, by sallyport-1, 31 connections, 0.42 s
1 failure, 3 could not be told
not finished: nobody listens there (ECONNREFUSED)
→ See that the server runs.

FAIL  TLS-2  port 80 serves in clear

FAIL tls/http-redirect
`),
    stdout,
  );
});

test('rules that could not tell for the same reason are one line', async () => {
  const [result] = BASE.results;
  const untold = (rule: string, message: string) => ({
    ...{ ...result!, rule, message, title: 'all is well' },
    verdict: 'could-not-tell' as const,
  });
  const results = [
    untold('tls/certificate-name', 'no certificate was seen'),
    untold('tls/tls13', 'TLS 1.3 was not answered'),
    untold('tls/chain-order', 'no certificate was seen'),
  ];
  const { stdout } = await run(['check', 'a'], answering(report({ results })));
  const lines = [
    '?            no certificate was seen: certificate-name, chain-order',
    '?     TLS-2  all is well: TLS 1.3 was not answered',
  ];
  assert.ok(stdout.endsWith(`\n\n${lines.join('\n')}\n`), stdout);
});

test('nothing but lines to set is wider than the terminal', async () => {
  const [result] = BASE.results;
  const target = `[2001:db8::${'1234:'.repeat(4)}7]:8443`;
  const facts = ['a fact of many words, '.repeat(9).trim()];
  const { stdout } = await run(
    ['check', 'a'],
    answering(report({ target, address: '2001:db8::7', results: [{ ...result!, facts }] })),
  );
  for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  assert.ok(stdout.startsWith(`${target}\n  2001:db8::7, by sallyport-1, 31 connections, 0.42 s\n`), stdout);
});

test('a list of suites that broke off is told as the least there is', async () => {
  const tls = structuredClone(BASE.tls!);
  tls.versions[0]!.cipher_suites.complete = false;
  const { stdout } = await run(['check', 'a'], answering(report({ tls })));
  assert.match(stdout, /^TLS 1\.2 {2}at least 2 cipher suites, /m);
});
