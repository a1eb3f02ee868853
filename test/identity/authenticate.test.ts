import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authenticateCertificate } from '../../src/core/identity/authenticate.ts';
import type { Credential } from '../../src/core/identity/credentials.ts';
import { buildRegistry } from '../../src/core/identity/registry.ts';
import { createTrustStore } from '../../src/core/trust/anchors.ts';
import { thumbprint } from '../../src/core/trust/certificate.ts';
import { DAY_MS, forge, NOW_MS, spiffe } from '../trust/forge.ts';

const ERP = 'spiffe://acme.example/erp';
const acme = await forge({ name: 'Acme Root', ca: true });
const beta = await forge({ name: 'Beta Root', ca: true });
const stranger = await forge({ name: 'Stranger Root', ca: true });
const erp = await forge({ name: 'erp', issuer: acme, names: spiffe(ERP) });
const lone = await forge({ name: 'lone', names: spiffe(ERP) });

const store = createTrustStore(
  [
    { name: 'acme-ca', pem: acme.pem },
    { name: 'beta-ca', pem: beta.pem },
  ],
  { now_ms: NOW_MS },
);

const source = { file: 'parties/acme.yaml', line: 1, column: 1 };
const machine = (id: string, credentials: readonly Credential[]) => {
  return { id, party: 'acme', groups: [], suspended: false, credentials, source };
};
const registry = buildRegistry({
  parties: [{ id: 'acme', groups: [], suspended: false, source }],
  groups: [],
  machines: [
    machine('erp', [{ trust: 'acme-ca', uri: ERP }]),
    machine('beta-erp', [{ trust: 'beta-ca', uri: 'spiffe://beta.example/erp' }]),
    machine('lone', [{ thumbprint: thumbprint(lone.der) }]),
  ],
  trusts: ['acme-ca', 'beta-ca'],
  zones: ['partner'],
});

function who(leaf: Buffer, now_ms = NOW_MS, from = registry): string {
  const found = authenticateCertificate({ leaf, presented: [], store, registry: from, zone: 'partner', now_ms });
  return found.ok ? `${found.principal.machine} by ${found.anchor?.name ?? 'pin'}` : found.code;
}

describe('authenticateCertificate', () => {
  it('leads from a certificate to its machine', () => {
    assert.equal(who(erp.der), 'erp by acme-ca');
  });

  it("does not believe one partner's CA about another partner's machine", async () => {
    const minted = await forge({ name: 'erp', issuer: beta, names: spiffe(ERP) });
    assert.equal(who(minted.der), 'AUTHN_MACHINE_UNKNOWN');
  });

  it('knows a pinned certificate without a chain, and reads no names from it', () => {
    assert.equal(who(lone.der), 'lone by pin');
    assert.equal(who(lone.der, NOW_MS + 60 * DAY_MS), 'AUTHN_CERT_EXPIRED');
  });

  it('refuses an unpinned certificate of an unknown CA, though its names are known', async () => {
    const foreign = await forge({ name: 'erp', issuer: stranger, names: spiffe(ERP) });
    assert.equal(who(foreign.der), 'AUTHN_CERT_UNKNOWN_ISSUER');
  });

  it('refuses a pinned certificate whose chain names another machine', () => {
    const torn = buildRegistry({
      parties: [{ id: 'acme', groups: [], suspended: false, source }],
      groups: [],
      machines: [
        machine('erp', [{ trust: 'acme-ca', uri: ERP }]),
        machine('other', [{ thumbprint: thumbprint(erp.der) }]),
      ],
      trusts: ['acme-ca'],
      zones: ['partner'],
    });
    assert.equal(who(erp.der, NOW_MS, torn), 'AUTHN_MACHINE_AMBIGUOUS');
  });

  it('names a refused certificate by its thumbprint alone, rubbish too', () => {
    const request = { presented: [], store, registry, zone: 'partner', now_ms: NOW_MS + 60 * DAY_MS };
    const refused = authenticateCertificate({ leaf: erp.der, ...request });
    assert.deepEqual(refused, { ok: false, code: 'AUTHN_CERT_EXPIRED', thumbprint: thumbprint(erp.der) });
    const rubbish = Buffer.from('rubbish');
    const unread = authenticateCertificate({ leaf: rubbish, ...request });
    assert.deepEqual(unread, { ok: false, code: 'AUTHN_CERT_MALFORMED', thumbprint: thumbprint(rubbish) });
    assert.equal(who(Buffer.alloc(0)), 'AUTHN_CERT_MALFORMED');
  });
});
