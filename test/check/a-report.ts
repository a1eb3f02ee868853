/** Reports put together by hand. */

import type { CheckListener } from '../../src/check/check-options.ts';
import type { CheckReport, ReportHead, ReportTail, ResultReport, TargetReport } from '../../src/check/report/report.ts';
import { parseTarget } from '../../src/check/target.ts';
import type { CheckTlsOptions, FindTargetsOptions, FoundTargets } from '../../src/cli/check-actions.ts';

/** One target with a failure. */
export const BASE: TargetReport = {
  target: 'api.example.org',
  place: null,
  host: 'api.example.org',
  port: 443,
  address: '192.0.2.7',
  addresses: 1,
  verdict: 'findings',
  problem: null,
  advice: null,
  connections: 31,
  elapsed_ms: 420,
  results: [
    {
      rule: 'tls/example',
      control: 'TLS-2',
      verdict: 'fail',
      title: 'the example is off',
      message: 'the example is on',
      facts: ['one', 'two'],
      why: 'somebody reads what is sent',
      advice: 'Turn it off',
      sources: [{ standard: 'RFC 9325', section: '3.3' }],
      remedies: [{ software: 'nginx', lines: ['example off;'] }],
      known: false,
    },
  ],
  tls: {
    versions: [
      {
        name: 'TLS 1.2',
        acceptance: 'accepted',
        reason: null,
        cipher_suites: { names: ['TLS_A', 'TLS_B'], complete: true },
        order: 'server',
        groups: { names: ['x25519'], complete: true },
      },
      {
        name: 'TLS 1.3',
        acceptance: 'refused',
        reason: 'protocol_version',
        cipher_suites: { names: [], complete: true },
        order: 'unknown',
        groups: { names: [], complete: true },
      },
    ],
    secure_renegotiation: true,
    extended_master_secret: true,
    encrypt_then_mac: false,
    session_ticket: true,
    compression: false,
    alpn: null,
    client_certificate: false,
    client_certificate_authorities: [],
    handshakes: {
      ssl2: 'no',
      ssl2_cipher_kinds: [],
      heartbleed: 'not-applicable',
      fallback_scsv: 'yes',
      client_renegotiation: 'no',
      resumption_session_id: 'yes',
      resumption_ticket: 'yes',
      resumption_tls13: 'yes',
      early_data: 'no',
    },
    http: 'yes',
    strict_transport_security: 'max-age=63072000',
    key_sizes: [],
    chains: [],
    unnamed: null,
  },
};

/** The report of one target that differs in these members. */
export const report = (target: Partial<TargetReport> = {}): CheckReport => {
  const whole = { ...BASE, ...target };
  return reportOf(whole);
};

/** The report of these targets. */
export const reportOf = (...targets: readonly TargetReport[]): CheckReport => {
  const counts = { good: 0, findings: 0, unfinished: 0 };
  for (const { verdict } of targets) counts[verdict]++;
  return {
    format: 'sallyport-check',
    version: 1,
    made_by: 'sallyport 1.2.3',
    made_at: '2026-11-29T03:00:00.000Z',
    policy: 'sallyport-1',
    targets: [...targets],
    across: [],
    counts,
    verdict: counts.findings > 0 ? 'findings' : counts.unfinished > 0 ? 'unfinished' : 'good',
  };
};

/** Tells a report piece by piece, as a check does. */
export async function tell(whole: CheckReport, { onBegin, onTarget }: CheckListener): Promise<ReportTail> {
  const { targets, across, counts, verdict, ...head } = whole;
  await onBegin(head satisfies ReportHead);
  for (const target of targets) await onTarget(target);
  return { across, counts, verdict };
}

/** Each word a target of its own, and nothing left out. */
export const findTargets = async ({ words }: FindTargetsOptions): Promise<FoundTargets> => ({
  targets: words.map((word) => parseTarget(word)!),
  left_out: [],
});

/** A command line whose checks say this, whatever they are asked. */
export const answering = (answer: CheckReport) => ({
  actions: { findTargets, checkTls: (_options: CheckTlsOptions, listener: CheckListener) => tell(answer, listener) },
});

/** A target that nobody answered at, and port 80 of it, which serves in clear. */
export function unanswered(): TargetReport {
  const [finding] = BASE.results;
  const saying = (rule: string, more: Partial<ResultReport>) => ({ ...finding!, rule: `tls/${rule}`, ...more });
  const untold = ['one', 'two', 'three'].map((rule) =>
    saying(rule, { verdict: 'could-not-tell', message: `${rule} was not answered` }),
  );
  const results = [...untold, saying('http-redirect', { message: 'port 80 serves in clear' })];
  const versions = BASE.tls!.versions.map((version) => ({ ...version, acceptance: 'unknown' as const, groups: NONE }));
  const tls = { ...BASE.tls!, versions: versions.map((version) => ({ ...version, cipher_suites: NONE })) };
  const problem = 'nobody listens there (ECONNREFUSED)';
  return { ...BASE, verdict: 'findings', problem, advice: 'See that the server runs', results, tls };
}

const NONE = { names: [], complete: false };
