import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baselineOf } from '../../../src/check/report/baseline.ts';
import { chainReport } from '../../../src/check/report/chain-report.ts';
import { compareReports } from '../../../src/check/report/compare.ts';
import { parseReport } from '../../../src/check/report/read-report.ts';
import type { ResultReport, TargetReport, TlsReport } from '../../../src/check/report/report.ts';
import { ReportFileError } from '../../../src/check/report/report-file-error.ts';
import { stapleReport } from '../../../src/check/report/staple-report.ts';
import { BASE, report, reportOf, unanswered } from '../a-report.ts';
import { DAY_MS, staple } from '../chains.ts';
import { NOW_MS } from '../evidence.ts';

const NOTHING_SENT = {
  certificates: [],
  version: 0,
  server_name: null,
  proves_key: true,
  ocsp_responses: [],
  sct_list: null,
};
const [failure] = BASE.results as [ResultReport];
const marked = (was: TargetReport, now: TargetReport) =>
  baselineOf(reportOf(was), 'sallyport-1', 'b.json')
    .mark(now)
    .results.map(({ known }) => known);

test('a report of an earlier release, which had no advice about a target, is read', () => {
  const { advice: _advice, ...earlier } = BASE;
  const whole = JSON.stringify({ ...report(), targets: [earlier] });
  assert.equal(parseReport(whole, 'before.json').targets[0]?.advice, null);
});

test('what the baseline had is known, with fewer facts too, and however the target is written', () => {
  assert.deepEqual(marked(BASE, BASE), [true]);
  assert.deepEqual(marked(BASE, { ...BASE, results: [{ ...failure, facts: ['two'] }] }), [true]);
  assert.deepEqual(marked(BASE, { ...BASE, target: 'https://api.example.org/' }), [true]);
});

test('a new fact, a rule that counts for more, and another endpoint are news', () => {
  assert.deepEqual(marked(BASE, { ...BASE, results: [{ ...failure, facts: ['one', 'three'] }] }), [false]);
  assert.deepEqual(marked({ ...BASE, results: [{ ...failure, verdict: 'warn' }] }, BASE), [false]);
  assert.deepEqual(marked(BASE, { ...BASE, port: 444 }), [false]);
});

test('a baseline by another policy, of another version, and what is no report are refused', () => {
  const says = (message: RegExp) => (error: unknown) => error instanceof ReportFileError && message.test(error.message);
  assert.throws(() => baselineOf(report(), 'other-1', 'b.json'), says(/made by the policy sallyport-1/));
  const text = (more: object) => JSON.stringify({ ...report(), ...more });
  assert.throws(() => parseReport(text({ version: 2 }), 'b.json'), says(/version 2/));
  assert.throws(() => parseReport(text({ targets: 1 }), 'b.json'), says(/\(targets\)/));
  assert.throws(() => parseReport('[]', 'b.json'), says(/not a JSON report/));
  assert.throws(() => parseReport('{', 'b.json'), says(/not JSON/));
  assert.deepEqual(parseReport(text({}), 'b.json'), report());
});

const compared = (was: Partial<TargetReport>, now: Partial<TargetReport>) => compareReports(report(was), report(now));

test('findings that are new or have new facts are worse, those that are gone are better', () => {
  const none = { worse: [], better: [], other: [], silenced: [], answering: [], evidence: [], added: [], removed: [] };
  assert.deepEqual(compared({}, {}), none);
  const { worse } = compared({}, { results: [{ ...failure, facts: ['one', 'three'] }] });
  assert.deepEqual(
    worse.map(({ rule, before, after, facts }) => [rule, before, after, facts]),
    [['tls/example', 'fail', 'fail', ['three']]],
  );
  const mended = { results: [{ ...failure, verdict: 'pass' as const, facts: [] }] };
  assert.deepEqual(compared({}, mended).better[0]?.facts, ['one', 'two']);
  assert.equal(compared(mended, {}).worse.length, 1);
});

test('a finding that can be told no longer is not better', () => {
  const silent = { results: [{ ...failure, verdict: 'could-not-tell' as const, facts: [] }] };
  const { better, other } = compared({}, silent);
  assert.deepEqual([better.length, other.length], [0, 1]);
});

test('what came and went of the evidence is told by its place', () => {
  const tls = structuredClone(BASE.tls!);
  tls.versions[0]!.groups.names = ['x448'];
  const leaf = { sha256: 'aa', size_bytes: 1, subject: 'CN=new', issuer: null, not_after: null, details: null };
  tls.chains = [{ ...chainReport(NOTHING_SENT, undefined), certificates: [leaf] }];
  const { evidence } = compared({}, { tls });
  assert.deepEqual(
    evidence
      .filter(({ what }) => /^(versions|chains\.certificates)\./.test(what))
      .map(({ what, added, removed }) => [what, added, removed]),
    [
      ['versions.TLS 1.2.groups.names', ['x448'], ['x25519']],
      ['chains.certificates.sha256', ['aa'], []],
      ['chains.certificates.size_bytes', ['1'], []],
      ['chains.certificates.subject', ['CN=new'], []],
    ],
  );
});

test('targets of one report alone are named', () => {
  const other = { ...BASE, target: 'b', host: 'b' };
  const { added, removed, worse } = compareReports(reportOf(BASE), reportOf(other));
  assert.deepEqual([added, removed, worse], [['b'], ['api.example.org'], []]);
});

test('a new OCSP response is no change, and one that says something else is', () => {
  const withStaple = (parts: Parameters<typeof staple>[0]) => {
    const tls = structuredClone(BASE.tls!);
    tls.chains = [{ ...chainReport(NOTHING_SENT, undefined), staples: [stapleReport(staple(parts))] }];
    return { tls };
  };
  const day_after = { this_update_ms: NOW_MS + DAY_MS, next_update_ms: NOW_MS + 7 * DAY_MS };
  assert.deepEqual(compared(withStaple({}), withStaple({ answer: day_after })).evidence, []);
  const revoked = { cert_status: 'revoked', revocation: { at_ms: NOW_MS, reason: null } } as const;
  assert.deepEqual(
    compared(withStaple({}), withStaple({ answer: revoked })).evidence.map(({ what }) => what),
    ['chains.staples.cert_status', 'chains.staples.revoked_at'],
  );
});

/** Evidence that differs in this. */
function changed(change: (tls: TlsReport) => void): TlsReport {
  const tls = structuredClone(BASE.tls!);
  change(tls);
  return tls;
}

test('words in which a version is refused, and the order of a list that has none, are no change', () => {
  const noise = changed(({ versions: [older, newer] }) => {
    newer!.reason = 'hung up without an answer';
    older!.groups.names = ['x448', 'x25519'];
  });
  const before = changed(({ versions: [older] }) => {
    older!.groups.names = ['x25519', 'x448'];
  });
  assert.deepEqual(compared({ tls: before }, { tls: noise }).evidence, []);
  const ours = changed(({ versions: [older] }) => {
    older!.order = 'client';
  });
  const theirs = changed(({ versions: [older] }) => {
    older!.order = 'client';
    older!.cipher_suites.names.reverse();
  });
  assert.deepEqual(compared({ tls: ours }, { tls: theirs }).evidence, []);
});

test('what the server prefers is told where it changed', () => {
  const before = changed(({ versions: [older] }) => {
    older!.cipher_suites.names = ['TLS_A', 'TLS_B', 'TLS_C', 'TLS_D'];
  });
  const after = changed(({ versions: [older] }) => {
    older!.cipher_suites.names = ['TLS_A', 'TLS_C', 'TLS_B', 'TLS_D'];
  });
  assert.deepEqual(compared({ tls: before }, { tls: after }).evidence, [
    {
      target: 'api.example.org',
      what: 'versions.TLS 1.2.cipher_suites.preference',
      added: ['TLS_C, TLS_B'],
      removed: ['TLS_B, TLS_C'],
    },
  ]);
});

test('what was not answered, or not in full, is no change of the endpoint; what was seen is', () => {
  const cut = changed((tls) => {
    tls.handshakes.heartbleed = 'unknown';
    tls.versions[0]!.cipher_suites = { names: ['TLS_A', 'TLS_NEW'], complete: false };
  });
  const places = ({ evidence }: ReturnType<typeof compared>) =>
    evidence.map(({ what, added, removed }) => [what, added, removed]);
  assert.deepEqual(places(compared({}, { tls: cut })), [
    ['versions.TLS 1.2.cipher_suites.names', ['TLS_NEW'], []],
    ['versions.TLS 1.2.cipher_suites.complete', ['false'], ['true']],
  ]);
  assert.deepEqual(places(compared({ tls: cut }, {})), [
    ['versions.TLS 1.2.cipher_suites.names', [], ['TLS_NEW']],
    ['versions.TLS 1.2.cipher_suites.complete', ['true'], ['false']],
  ]);
});

test('a target that no longer answers is told once, and so is one that answers again', () => {
  const passed = BASE.results.map((result) => ({ ...result, rule: 'tls/one', verdict: 'pass' as const }));
  const { problem, tls, results } = unanswered();
  const silent = { problem, tls, results: results.slice(0, 3) };
  const went = compared({ results: passed }, silent);
  assert.deepEqual(went.silenced, [{ target: 'api.example.org', problem: 'nobody listens there (ECONNREFUSED)' }]);
  assert.deepEqual([went.worse, went.other, went.evidence, went.answering], [[], [], [], []]);
  const came = compared(silent, { results: passed });
  assert.deepEqual(came.answering, ['api.example.org']);
  assert.deepEqual([came.worse, came.other, came.evidence, came.silenced], [[], [], [], []]);
  assert.equal(compared({}, { ...silent, results }).worse.length, 1);
});

test('a finding at the second address of a name alone is worse, in whichever order DNS gives them', () => {
  const [one, two] = ['192.0.2.7', '192.0.2.8'].map((address) => ({ ...BASE, address, addresses: 2, results: [] }));
  const finding = { ...two!, results: BASE.results };
  assert.equal(compareReports(reportOf(one!, two!), reportOf(one!, finding)).worse.length, 1);
  assert.equal(compareReports(reportOf(one!, two!), reportOf(finding, one!)).worse.length, 1);
  assert.equal(compareReports(reportOf(one!, finding), reportOf(finding, one!)).worse.length, 0);
  const more = { ...one!, results: [{ ...failure, verdict: 'warn' as const, facts: ['three'] }] };
  const { worse } = compareReports(reportOf(one!, finding), reportOf(more, finding));
  assert.deepEqual(
    worse.map(({ after, facts }) => [after, facts]),
    [['fail', ['three']]],
  );
});

test('what was found at the second address of a name is compared, and of one that is silent nothing', () => {
  const other = { ...BASE.tls!, alpn: 'h2' };
  const places = (...now: readonly TargetReport[]) =>
    compareReports(reportOf(BASE, BASE), reportOf(...now)).evidence.map(({ what }) => what);
  assert.deepEqual(places(BASE, { ...BASE, tls: other }), ['alpn']);
  assert.deepEqual(places(BASE, unanswered()), []);
});

test('reports with more in them than any check writes are compared all the same, in bounded time', () => {
  const names = (count: number, of: string) => Array.from({ length: count }, (_, index) => `${of}${index}`);
  const [version] = BASE.tls!.versions;
  const tls = (of: string) => ({ ...BASE.tls!, versions: names(30_000, of).map((name) => ({ ...version!, name })) });
  const results = (of: string) => names(3_000, of).map((rule) => ({ ...failure, rule, facts: names(5, of) }));
  const facts = (of: string) => ({ ...failure, rule: 'tls/much', facts: names(30_000, of) });
  const before_ms = performance.now();
  const made = (of: string) => ({ tls: tls(of), results: [...results(of), facts(of)] });
  const { evidence, worse } = compared(made('a'), made('b'));
  assert.ok(evidence.length > 120_000);
  assert.equal(worse.length, 3_001);
  assert.ok(performance.now() - before_ms < 20_000);
});
