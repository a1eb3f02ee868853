import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { judgeTls } from '../../src/check/judge.ts';
import { DEFAULT_POLICY, POLICIES } from '../../src/check/policies/index.ts';
import type { Policy } from '../../src/check/policy.ts';
import { TLS_RULES } from '../../src/check/registry.ts';
import type { RuleVerdict } from '../../src/check/report/report.ts';
import type { TlsEvidence } from '../../src/check/tls/evidence.ts';
import { SILENT } from './evidence.ts';
import type { RuleFixture } from './rule-fixture.ts';

const folder = join(import.meta.dirname, 'fixtures/tls');

/** Every rule counts here, whatever a released policy makes of it. */
const EVERYTHING: Policy = {
  ...DEFAULT_POLICY,
  tls: Object.fromEntries(TLS_RULES.map(({ id }) => [id, 'fail'])),
};

function verdictOf(rule: string, seen: TlsEvidence): RuleVerdict | undefined {
  return judgeTls(seen, EVERYTHING).find((result) => result.rule === rule)?.verdict;
}

describe('each rule', () => {
  for (const { id } of TLS_RULES) {
    it(`${id} passes what is good, finds what is bad, and knows what it is not about and what it does not know`, async () => {
      const { fixture } = (await import(join(folder, `${id.slice('tls/'.length)}.ts`))) as { fixture: RuleFixture };
      const { good, bad, none, unknown } = fixture;
      assert.ok(good.length > 0 && bad.length > 0);
      for (const seen of good) assert.equal(verdictOf(id, seen), 'pass');
      for (const seen of bad) assert.equal(verdictOf(id, seen), 'fail');
      for (const seen of none) assert.equal(verdictOf(id, seen), 'not-applicable');
      for (const seen of [...unknown, SILENT]) assert.equal(verdictOf(id, seen), 'could-not-tell');
    });
  }

  it('has its fixture, and every fixture its rule', () => {
    const rules = TLS_RULES.map(({ id }) => `${id.slice('tls/'.length)}.ts`);
    assert.deepEqual(readdirSync(folder).toSorted(), rules.toSorted());
  });

  it('has a control of the guidance, a source, and lines for software or none', () => {
    const controls = readFileSync(join(import.meta.dirname, '../../docs/controls.md'), 'utf8');
    for (const { id, control, sources, title, why, advice } of TLS_RULES) {
      assert.match(controls, new RegExp(`^\\| (\\[)?${control}\\b`, 'm'), id);
      assert.ok(sources.length > 0, id);
      for (const text of [title, why, advice]) assert.doesNotMatch(text, /\.$/, id);
    }
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
        'tls/certificate-trust': 'fail',
        'tls/certificate-name': 'fail',
        'tls/certificate-validity': 'fail',
        'tls/certificate-expiry-soon': 'warn',
        'tls/certificate-lifetime': 'fail',
        'tls/certificate-transparency': 'fail',
        'tls/certificate-usage': 'fail',
        'tls/ocsp-staple': 'warn',
        'tls/chain-complete': 'fail',
        'tls/chain-order': 'warn',
        'tls/certificate-key': 'fail',
        'tls/certificate-signature': 'fail',
      },
      settings: { min_dh_bits: 2048, min_rsa_bits: 2048 },
    });
  });
});
