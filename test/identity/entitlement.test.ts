import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Credential } from '../../src/core/identity/credentials.ts';
import { entitlementOf } from '../../src/core/identity/index.ts';

const source = { file: 'parties/acme.yaml', line: 3, column: 3 };
const party = (id: string, suspended = false) => ({ id, groups: [], suspended, source });
const machine = (id: string, credentials: readonly Credential[], { of = 'acme', suspended = false } = {}) => ({
  id,
  party: of,
  groups: [],
  suspended,
  credentials,
  source,
});
const uri = (name: string, trust = 'machines') => ({ trust, uri: `spiffe://acme.example/${name}` });

const REGISTRY = {
  parties: [party('acme'), party('globex', true)],
  machines: [
    machine('erp', [uri('erp'), uri('other', 'acme-ca'), { thumbprint: 'ab'.repeat(32) }]),
    machine('two', [uri('two'), uri('three')]),
    machine('dns', [{ trust: 'machines', dns: 'dns.acme.example' }, uri('dns', 'acme-ca')]),
    machine('gone', [uri('gone')], { suspended: true }),
    machine('reports', [uri('reports')], { of: 'globex' }),
  ],
};

const asked = (id: string, wanted: string | null = null) =>
  entitlementOf(REGISTRY, { machine: id, uri: wanted, trust: 'machines' });
const codeOf = (...args: Parameters<typeof asked>) => {
  const right = asked(...args);
  return right.ok ? right.uri : right.code;
};

test('a machine may have the URI of its credential under the trust of the CA', () => {
  assert.deepEqual(asked('erp'), { ok: true, party: 'acme', uri: 'spiffe://acme.example/erp' });
  assert.equal(codeOf('erp', 'spiffe://acme.example/erp'), 'spiffe://acme.example/erp');
});

test('of several the one that is named', () => {
  assert.equal(codeOf('two'), 'ISSUE_AMBIGUOUS');
  assert.equal(codeOf('two', 'spiffe://acme.example/three'), 'spiffe://acme.example/three');
});

test('no other URI, whoever else has it or whatever else vouches for it', () => {
  assert.equal(codeOf('erp', 'spiffe://acme.example/two'), 'ISSUE_CREDENTIAL');
  assert.equal(codeOf('erp', 'spiffe://acme.example/other'), 'ISSUE_CREDENTIAL');
  assert.equal(codeOf('erp', 'SPIFFE://acme.example/erp'), 'ISSUE_CREDENTIAL');
  const right = asked('dns');
  assert.ok(!right.ok && right.code === 'ISSUE_CREDENTIAL');
  assert.match(right.reason, /add .* in parties\/acme\.yaml, and reload: - \{ trust: machines, uri: "spiffe/);
});

test('nothing for a machine that is not there, or is suspended with its party or alone', () => {
  assert.equal(codeOf('none'), 'ISSUE_MACHINE');
  assert.equal(codeOf('gone'), 'ISSUE_SUSPENDED');
  assert.equal(codeOf('reports'), 'ISSUE_SUSPENDED');
});
