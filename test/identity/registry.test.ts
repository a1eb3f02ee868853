import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LoadError } from '../../src/core/errors/faults.ts';
import type { Credential } from '../../src/core/identity/credentials.ts';
import { buildRegistry, type IdentifyRequest } from '../../src/core/identity/registry.ts';
import type { MachineInput, RegistryInput } from '../../src/core/identity/registry-input.ts';
import type { CertificateFacts } from '../../src/core/trust/facts.ts';

const PRINT = 'ab'.repeat(32);
const source = { file: 'parties/acme.yaml', line: 3, column: 5 };

function machine(id: string, credentials: readonly Credential[], more: Partial<MachineInput> = {}): MachineInput {
  return { id, party: 'acme', groups: [], suspended: false, credentials, source, ...more };
}

function input(machines: readonly MachineInput[], more: Partial<RegistryInput> = {}): RegistryInput {
  return {
    parties: [
      { id: 'acme', groups: ['suppliers'], suspended: false, source },
      { id: 'gone', groups: [], suspended: true, source },
    ],
    groups: [
      { id: 'suppliers', parents: ['partners'] },
      { id: 'partners', parents: ['everyone'] },
      { id: 'everyone', parents: [] },
      { id: 'erps', parents: ['everyone'] },
    ],
    machines,
    trusts: ['acme-ca', 'beta-ca'],
    zones: ['partner', 'internal'],
    ...more,
  };
}

function facts(more: Partial<CertificateFacts> = {}): CertificateFacts {
  const times = { not_before_ms: 0, not_after_ms: 1, path_not_after_ms: 1 };
  const key = { key_type: 'EC', key_bits: 256, signature: 'sha256' };
  return { thumbprint: 'cd'.repeat(32), serial: '40', uris: [], dns_names: [], ...times, ...key, ...more };
}

function who(machines: readonly MachineInput[], request: Partial<IdentifyRequest>): string {
  const found = buildRegistry(input(machines)).identify({
    trust: 'acme-ca',
    facts: facts(),
    zone: 'partner',
    ...request,
  });
  return found.ok ? found.principal.machine : found.code;
}

function faultsOf(given: RegistryInput): string[] {
  try {
    buildRegistry(given);
    return [];
  } catch (error) {
    assert.ok(error instanceof LoadError);
    return error.faults.map((fault) => `${fault.code} ${fault.message}`);
  }
}

const ERP = 'spiffe://acme.example/erp';
const erp = machine('erp', [{ trust: 'acme-ca', uri: ERP }], { groups: ['erps'] });
const shop = machine('shop', [{ trust: 'acme-ca', dns: 'shop.acme.example' }]);
const lone = machine('lone', [{ thumbprint: PRINT }], { zones: ['internal'] });
const machines = [erp, shop, lone];

describe('identify', () => {
  it('finds a machine by URI, by DNS name and by thumbprint', () => {
    assert.equal(who(machines, { facts: facts({ uris: [ERP] }) }), 'erp');
    assert.equal(who(machines, { facts: facts({ dns_names: ['shop.acme.example'] }) }), 'shop');
    assert.equal(who(machines, { trust: null, facts: facts({ thumbprint: PRINT }), zone: 'internal' }), 'lone');
  });

  it('gives the principal its groups with all above them, and says which credential matched', () => {
    const found = buildRegistry(input(machines)).identify({
      trust: 'acme-ca',
      facts: facts({ uris: [ERP] }),
      zone: 'partner',
    });
    assert.ok(found.ok);
    assert.deepEqual(found.principal.groups, ['erps', 'everyone', 'partners', 'suppliers']);
    assert.equal(found.principal.party, 'acme');
    assert.equal(found.principal.credential, `uri ${ERP} under acme-ca`);
  });

  it('does not take a name minted under another trust, or under none', () => {
    assert.equal(who(machines, { trust: 'beta-ca', facts: facts({ uris: [ERP] }) }), 'AUTHN_MACHINE_UNKNOWN');
    assert.equal(who(machines, { trust: null, facts: facts({ uris: [ERP] }) }), 'AUTHN_MACHINE_UNKNOWN');
  });

  it('compares URIs byte by byte', () => {
    for (const uri of [
      `${ERP}/`,
      'spiffe://ACME.example/erp',
      'SPIFFE://acme.example/erp',
      'spiffe://acme.example/x/../erp',
    ]) {
      assert.equal(who(machines, { facts: facts({ uris: [uri] }) }), 'AUTHN_MACHINE_UNKNOWN', uri);
    }
  });

  it('refuses a certificate that names two machines, whichever way', () => {
    const both = facts({ uris: [ERP], dns_names: ['shop.acme.example'] });
    assert.equal(who(machines, { facts: both }), 'AUTHN_MACHINE_AMBIGUOUS');
    assert.equal(who(machines, { facts: facts({ uris: [ERP], thumbprint: PRINT }) }), 'AUTHN_MACHINE_AMBIGUOUS');
  });

  it('takes two names of one machine as one', () => {
    const twin = machine('erp', [
      { trust: 'acme-ca', uri: ERP },
      { trust: 'acme-ca', dns: 'erp.acme.example' },
    ]);
    assert.equal(who([twin], { facts: facts({ uris: [ERP], dns_names: ['erp.acme.example'] }) }), 'erp');
  });

  it('refuses a suspended machine, and every machine of a suspended party', () => {
    const named = { facts: facts({ uris: [ERP] }) };
    assert.equal(who([{ ...erp, suspended: true }], named), 'AUTHN_MACHINE_SUSPENDED');
    assert.equal(who([{ ...erp, party: 'gone' }], named), 'AUTHN_MACHINE_SUSPENDED');
  });

  it('refuses a machine that may not enter by the zone, and one that may enter by none', () => {
    assert.equal(who(machines, { trust: null, facts: facts({ thumbprint: PRINT }) }), 'AUTHN_ZONE');
    assert.equal(who([{ ...erp, zones: [] }], { facts: facts({ uris: [ERP] }) }), 'AUTHN_ZONE');
  });

  it('knows pinned thumbprints and no others', () => {
    const registry = buildRegistry(input(machines));
    assert.ok(registry.pinned(PRINT));
    assert.ok(!registry.pinned('cd'.repeat(32)));
  });
});

describe('buildRegistry', () => {
  it('refuses a credential on two machines', () => {
    const other = machine('other', [{ trust: 'acme-ca', uri: ERP }]);
    assert.deepEqual(faultsOf(input([erp, other])), [
      `CONFIG_DUPLICATE the credential uri ${ERP} under acme-ca stands on machines erp and other`,
    ]);
    const same = { ...erp, id: 'beta', credentials: [{ trust: 'beta-ca', uri: ERP }] };
    assert.deepEqual(faultsOf(input([erp, same])), [], 'the same name under another trust is another credential');
  });

  it('refuses ids that stand twice and references to nothing', () => {
    assert.match(faultsOf(input([erp, { ...shop, id: 'erp' }]))[0] ?? '', /^CONFIG_DUPLICATE machine erp/);
    const lost = machine('lost', [{ trust: 'no-ca', uri: ERP }], {
      party: 'nobody',
      groups: ['none'],
      zones: ['moon'],
    });
    assert.equal(faultsOf(input([lost])).filter((fault) => fault.startsWith('CONFIG_REFERENCE')).length, 4);
    const dangling = [{ id: 'suppliers', parents: ['none'] }];
    assert.match(faultsOf(input([], { groups: dangling })).join(), /group suppliers refers to group none/);
  });

  it('refuses a circle of groups and names every group in it', () => {
    const groups = [
      { id: 'suppliers', parents: ['a'] },
      { id: 'a', parents: ['b'] },
      { id: 'b', parents: ['a'] },
      { id: 'self', parents: ['self'] },
    ];
    const found = faultsOf(input([], { groups }));
    assert.deepEqual(
      found,
      ['a', 'b', 'self'].map((id) => `CONFIG_VALUE group ${id} is a part of itself`),
    );
  });

  it('refuses credentials that are not canonical', () => {
    const bad: Credential[] = [
      { trust: 'acme-ca', uri: 'spiffe://ACME.example/erp' },
      { trust: 'acme-ca', uri: 'spiffe://acme.example/' },
      { trust: 'acme-ca', uri: 'spiffe://acme.example' },
      { trust: 'acme-ca', uri: 'spiffe://acme.example/a/../b' },
      { trust: 'acme-ca', uri: 'spiffe://acme.example/a%2Fb' },
      { trust: 'acme-ca', uri: 'spiffe://acme.example:443/a' },
      { trust: 'acme-ca', uri: 'https://ACME.example/erp' },
      { trust: 'acme-ca', uri: 'erp' },
      { trust: 'acme-ca', dns: 'ERP.acme.example' },
      { trust: 'acme-ca', dns: '*.acme.example' },
      { trust: 'acme-ca', dns: 'erp.acme.example.' },
      { thumbprint: PRINT.toUpperCase() },
      { thumbprint: 'ab' },
    ];
    for (const credential of bad) {
      const found = faultsOf(input([machine('erp', [credential])]));
      assert.match(found.join(), /^CONFIG_VALUE machine erp/, JSON.stringify(credential));
    }
    const good: Credential[] = [
      { trust: 'acme-ca', uri: 'spiffe://acme.example/ns/prod/..hidden' },
      { trust: 'acme-ca', uri: 'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66' },
      { trust: 'acme-ca', uri: 'https://acme.example/machines/erp' },
    ];
    assert.deepEqual(faultsOf(input([machine('erp', good)])), []);
  });

  it('points at the file and line of what is wrong', () => {
    assert.throws(
      () => buildRegistry(input([machine('erp', [], { party: 'nobody' })])),
      (error) => error instanceof LoadError && error.message.startsWith('parties/acme.yaml:3:5: CONFIG_REFERENCE'),
    );
  });
});
