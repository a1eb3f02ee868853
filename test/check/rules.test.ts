import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { judgeTls } from '../../src/check/judge.ts';
import { DEFAULT_POLICY, POLICIES } from '../../src/check/policies/index.ts';
import { TLS_RULES, type TlsRuleId } from '../../src/check/registry.ts';
import type { RuleVerdict } from '../../src/check/report/report.ts';
import type { TlsEvidence } from '../../src/check/tls/evidence.ts';
import { evidence, suites } from './evidence.ts';

const GCM = suites('ECDHE_RSA_WITH_AES_128_GCM_SHA256');
const TLS13 = { suites: suites('AES_128_GCM_SHA256'), groups: [0x11ec, 0x001d] };
const SOUND = evidence({ 771: { suites: GCM, groups: [0x001d] }, 772: TLS13 });
const ONLY_TLS13 = evidence({ 772: TLS13 }, { extensions: new Set(), compression: null, client_certificate: null });
const SILENT = evidence(
  Object.fromEntries([0x0300, 0x0301, 0x0302, 0x0303, 0x0304].map((v) => [v, { unknown: true }])),
  {
    extensions: new Set(),
    compression: null,
  },
);

const with12 = (...names: string[]) => evidence({ 771: { suites: suites(...names) }, 772: TLS13 });

/** For each rule: what holds, what breaks it, and what it is not about. */
const CASES: Readonly<Record<TlsRuleId, { good: TlsEvidence[]; bad: TlsEvidence[]; none?: TlsEvidence[] }>> = {
  'tls/old-protocols': {
    good: [SOUND, ONLY_TLS13],
    bad: [0x0300, 0x0301, 0x0302].map((old) => evidence({ [old]: { suites: suites('RSA_WITH_AES_128_CBC_SHA') } })),
  },
  'tls/modern-protocols': {
    good: [SOUND, ONLY_TLS13, evidence({ 771: { suites: GCM } })],
    bad: [evidence({ 769: { suites: suites('RSA_WITH_AES_128_CBC_SHA') } })],
  },
  'tls/tls13': { good: [SOUND], bad: [evidence({ 771: { suites: GCM } })] },
  'tls/broken-ciphers': {
    good: [SOUND, with12('RSA_WITH_AES_128_CBC_SHA')],
    bad: [
      'RSA_WITH_NULL_SHA',
      'ECDH_anon_WITH_AES_128_CBC_SHA',
      'RSA_EXPORT_WITH_DES40_CBC_SHA',
      'ECDHE_RSA_WITH_RC4_128_SHA',
      'DHE_RSA_WITH_DES_CBC_SHA',
      'ECDHE_RSA_WITH_3DES_EDE_CBC_SHA',
    ].map((name) => with12('ECDHE_RSA_WITH_AES_128_GCM_SHA256', name)),
  },
  'tls/forward-secrecy': {
    good: [SOUND, with12('DHE_RSA_WITH_AES_128_CBC_SHA')],
    bad: ['RSA_WITH_AES_128_GCM_SHA256', 'ECDH_RSA_WITH_AES_128_GCM_SHA256', 'PSK_WITH_AES_128_GCM_SHA256'].map(
      (name) => with12(name),
    ),
  },
  'tls/aead': { good: [SOUND], bad: [with12('ECDHE_RSA_WITH_AES_128_CBC_SHA256')] },
  'tls/dh-size': {
    good: [{ ...with12('DHE_RSA_WITH_AES_128_GCM_SHA256'), sizes: new Map([[0x009e, 2048]]) }],
    bad: [
      { ...with12('DHE_RSA_WITH_AES_128_GCM_SHA256'), sizes: new Map([[0x009e, 2047]]) },
      { ...with12('RSA_EXPORT_WITH_RC4_40_MD5'), sizes: new Map([[0x0003, 512]]) },
    ],
    none: [SOUND, ONLY_TLS13],
  },
  'tls/post-quantum-group': {
    good: [SOUND],
    bad: [evidence({ 772: { ...TLS13, groups: [0x001d, 0x0017] } })],
    none: [evidence({ 771: { suites: GCM } })],
  },
  'tls/secure-renegotiation': {
    good: [SOUND],
    bad: [{ ...SOUND, extensions: new Set([0x0017]) }],
    none: [ONLY_TLS13],
  },
  'tls/compression': { good: [SOUND], bad: [{ ...SOUND, compression: true }], none: [ONLY_TLS13] },
};

function verdictOf(rule: string, seen: TlsEvidence): RuleVerdict | undefined {
  return judgeTls(seen, DEFAULT_POLICY).find((result) => result.rule === rule)?.verdict;
}

describe('each rule', () => {
  for (const [rule, { good, bad, none = [] }] of Object.entries(CASES)) {
    it(`${rule} passes what is good, finds what is bad, and knows what it is not about`, () => {
      const level = DEFAULT_POLICY.tls[rule as TlsRuleId];
      for (const seen of good) assert.equal(verdictOf(rule, seen), 'pass');
      for (const seen of bad) assert.equal(verdictOf(rule, seen), level);
      for (const seen of none) assert.equal(verdictOf(rule, seen), 'not-applicable');
      assert.equal(verdictOf(rule, SILENT), 'could-not-tell');
    });
  }

  it('has a control of the guidance, a source, and lines for software or none', () => {
    const controls = readFileSync(join(import.meta.dirname, '../../docs/controls.md'), 'utf8');
    assert.deepEqual(TLS_RULES.map(({ id }) => id).toSorted(), Object.keys(CASES).toSorted());
    for (const { id, control, sources, title, why, advice } of TLS_RULES) {
      assert.match(controls, new RegExp(`^\\| (\\[)?${control}\\b`, 'm'), id);
      assert.ok(sources.length > 0, id);
      for (const text of [title, why, advice]) assert.doesNotMatch(text, /\.$/, id);
    }
  });

  it('stands in docs/check.md, with its control', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/check.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(tls\/[a-z0-9-]+)` \| ([A-Z]+-\d+) \|/gm)].map(([, id, control]) => [
      id,
      control,
    ]);
    assert.deepEqual(
      rows,
      TLS_RULES.map(({ id, control }) => [id, control]),
    );
  });
});

describe('evidence that is not whole', () => {
  it('is never a pass, and a violation in what is there counts', () => {
    const cut = evidence({ 771: { suites: GCM, complete: false }, 772: TLS13 });
    assert.equal(verdictOf('tls/broken-ciphers', cut), 'could-not-tell');
    assert.equal(verdictOf('tls/forward-secrecy', cut), 'could-not-tell');
    const bad = evidence({ 771: { suites: suites('RSA_WITH_NULL_SHA'), complete: false } });
    assert.equal(verdictOf('tls/broken-ciphers', bad), 'fail');
    const unseen = evidence({ 772: { ...TLS13, groups: [0x001d], complete: false } });
    assert.equal(verdictOf('tls/post-quantum-group', unseen), 'could-not-tell');
    const unsized = with12('DHE_RSA_WITH_AES_128_GCM_SHA256');
    assert.equal(verdictOf('tls/dh-size', unsized), 'could-not-tell');
  });
});

describe('a released policy', () => {
  it('is what it was when it was released', () => {
    assert.deepEqual([...POLICIES.keys()], ['sallyport-1']);
    assert.deepEqual(POLICIES.get('sallyport-1'), {
      id: 'sallyport-1',
      title: 'TLS 1.2 and 1.3 with forward secrecy; post-quantum groups wanted',
      tls: {
        'tls/old-protocols': 'fail',
        'tls/modern-protocols': 'fail',
        'tls/tls13': 'warn',
        'tls/broken-ciphers': 'fail',
        'tls/forward-secrecy': 'fail',
        'tls/aead': 'warn',
        'tls/post-quantum-group': 'warn',
        'tls/secure-renegotiation': 'fail',
        'tls/compression': 'fail',
        'tls/dh-size': 'fail',
      },
      settings: { min_dh_bits: 2048 },
    });
  });
});
