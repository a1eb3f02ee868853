import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { judgeTls } from '../../src/check/judge.ts';
import { DEFAULT_POLICY, POLICIES } from '../../src/check/policies/index.ts';
import type { Listed, Policy, PolicySettings } from '../../src/check/policy.ts';
import { TLS_RULES } from '../../src/check/registry.ts';
import type { RuleVerdict } from '../../src/check/report/report.ts';
import type { TlsEvidence } from '../../src/check/tls/evidence.ts';
import { CIPHER_SUITES } from '../../src/protocol/tls/cipher-suites.ts';
import { GROUPS, groupName } from '../../src/protocol/tls/groups.ts';
import { staple, withChain } from './chains.ts';
import { SILENT, SOUND, with12, withGroups } from './evidence.ts';
import type { RuleFixture } from './rule-fixture.ts';

const folder = join(import.meta.dirname, 'fixtures/tls');

/** Every rule counts here, whatever a released policy makes of it. */
const EVERYTHING: Policy = {
  ...DEFAULT_POLICY,
  tls: Object.fromEntries(TLS_RULES.map(({ id }) => [id, 'fail'])),
};

function verdictOf(rule: string, seen: TlsEvidence, settings: PolicySettings = {}): RuleVerdict | undefined {
  const policy = { ...EVERYTHING, settings: { ...EVERYTHING.settings, ...settings } };
  return judgeTls(seen, policy, 'https').find((result) => result.rule === rule)?.verdict;
}

describe('each rule', () => {
  for (const { id } of TLS_RULES) {
    it(`${id} passes what is good, finds what is bad, and knows what it is not about and what it does not know`, async () => {
      const { fixture } = (await import(join(folder, `${id.slice('tls/'.length)}.ts`))) as { fixture: RuleFixture };
      const { good, bad, none, unknown, settings } = fixture;
      assert.ok(good.length > 0 && bad.length > 0);
      for (const seen of good) assert.equal(verdictOf(id, seen, settings), 'pass');
      for (const seen of bad) assert.equal(verdictOf(id, seen, settings), 'fail');
      for (const seen of none) assert.equal(verdictOf(id, seen, settings), 'not-applicable');
      for (const seen of [...unknown, SILENT]) assert.equal(verdictOf(id, seen, settings), 'could-not-tell');
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

it('a certificate for other names is the same fact however many they are', () => {
  const factsOf = (...dns_names: string[]) => {
    const seen = withChain({ leaf_extensions: { dns_names } });
    return judgeTls(seen, EVERYTHING, 'https').find(({ rule }) => rule === 'tls/certificate-name')?.facts;
  };
  assert.deepEqual(factsOf('a.example'), ['no DNS name and no address of it is api.example.org']);
  assert.deepEqual(factsOf('a.example', 'b.example'), factsOf('a.example'));
});

it('a certificate is the subject of what is wrong with it, a name it is not for is told as it is', () => {
  const messageOf = (rule: string, chain: Parameters<typeof withChain>[0]) =>
    judgeTls(withChain(chain), EVERYTHING, 'https').find((result) => result.rule === rule)?.message;
  assert.equal(
    messageOf('tls/certificate-name', { leaf_extensions: { dns_names: [] } }),
    'the certificate is not for api.example.org',
  );
  const revoked = { cert_status: 'revoked', revocation: { at_ms: 0, reason: null } } as const;
  assert.equal(
    messageOf('tls/ocsp-response', { staples: [staple({ answer: revoked })] }),
    'an OCSP response says that the certificate is revoked',
  );
  assert.equal(
    messageOf('tls/ocsp-response', { staples: [staple({ answer: null })] }),
    'the OCSP response does not prove that the certificate is good',
  );
});

it('one cipher suite is told as one, and more as many', () => {
  const messageOf = (...names: readonly string[]) =>
    judgeTls(with12(...names), EVERYTHING, 'https').find(({ rule }) => rule === 'tls/aead')?.message;
  const [one, other] = ['RSA_WITH_AES_128_CBC_SHA', 'RSA_WITH_AES_256_CBC_SHA'];
  assert.equal(messageOf(one), '1 cipher suite without AEAD is accepted');
  assert.equal(messageOf(one, other), '2 cipher suites without AEAD are accepted');
});

describe('a policy', () => {
  for (const [id, policy] of POLICIES) {
    it(`${id} is what stands on record for its releases`, () => {
      const on_record = readFileSync(join(import.meta.dirname, `policies/${id}.json`), 'utf8');
      assert.deepEqual(policy, JSON.parse(on_record));
    });
  }

  it('stays', () => {
    const ids = readdirSync(join(import.meta.dirname, 'policies')).map((file) => file.slice(0, -'.json'.length));
    assert.deepEqual([...POLICIES.keys()].toSorted(), ids.toSorted());
  });

  it('names suites and groups that exist', () => {
    const suites = CIPHER_SUITES.map(({ name }) => name);
    const groups = GROUPS.map(groupName);
    for (const { settings } of POLICIES.values()) {
      for (const name of namesOf(settings.cipher_suites)) assert.ok(suites.includes(name), name);
      for (const name of namesOf(settings.groups)) assert.ok(groups.includes(name), name);
    }
  });

  it('may say nothing about what a rule asks it', () => {
    const silent = { ...EVERYTHING, settings: {} };
    const asking = ['dh-size', 'allowed-versions', 'allowed-cipher-suites', 'allowed-groups', 'certificate-kind'];
    for (const seen of [SOUND, SILENT]) {
      const skipped = judgeTls(seen, silent, 'https').filter(({ verdict }) => verdict === 'not-applicable');
      const rules = skipped.map(({ rule }) => rule.slice('tls/'.length));
      assert.deepEqual(
        asking.filter((id) => !rules.includes(id)),
        [],
      );
    }
  });

  it('warns of what it phases out, and fails what it does not have', () => {
    const ncsc = (seen: TlsEvidence, rule: string) =>
      judgeTls(seen, POLICIES.get('ncsc-nl-2025')!, 'https').find((result) => result.rule === rule)?.verdict;
    assert.equal(ncsc(with12('ECDHE_RSA_WITH_AES_128_CBC_SHA256'), 'tls/allowed-cipher-suites'), 'warn');
    assert.equal(ncsc(with12('ECDHE_RSA_WITH_AES_128_CBC_SHA'), 'tls/allowed-cipher-suites'), 'fail');
    assert.equal(ncsc(with12('RSA_WITH_AES_128_GCM_SHA256'), 'tls/allowed-cipher-suites'), 'fail');
    assert.equal(ncsc(withGroups(0x001d, 0x0101), 'tls/allowed-groups'), 'warn');
    assert.equal(ncsc(withGroups(0x001d, 0x0100), 'tls/allowed-groups'), 'fail');
  });
});

function namesOf(list: Listed | undefined): readonly string[] {
  return [...(list?.allowed ?? []), ...(list?.phased_out ?? [])];
}
