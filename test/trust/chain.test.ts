import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createTrustStore, type TrustStore } from '../../src/core/trust/anchors.ts';
import { verifyClientChain } from '../../src/core/trust/chain.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import {
  CLIENT_AUTH,
  DAY_MS,
  dns,
  dnsBase,
  Extension,
  type Forged,
  forge,
  mailBase,
  makeKeys,
  NOW_MS,
  type Order,
  SERVER_AUTH,
  spiffe,
  uriBase,
} from './forge.ts';
import { opensslVerifies } from './openssl.ts';

const ERP = spiffe('spiffe://acme.example/erp');
const root = await forge({ name: 'Acme Root', ca: true });
const other_root = await forge({ name: 'Other Root', ca: true });

interface Case {
  readonly what: string;
  readonly leaf: Forged;
  readonly presented?: readonly Forged[];
  readonly roots?: readonly Forged[];
  readonly now_ms?: number;
  /** `ok` or the code without its prefix. */
  readonly expect: string;
  /** Where OpenSSL, asked strictly, differs: we refuse more, and say why here. */
  readonly openssl_accepts?: string;
}

function storeOf(roots: readonly Forged[], now_ms = NOW_MS): TrustStore {
  return createTrustStore([{ name: 'acme', pem: roots.map((one) => one.pem).join('') }], { now_ms });
}

function verdictOf({ leaf, presented = [], roots = [root], now_ms = NOW_MS }: Case): string {
  const request = { leaf: leaf.der, presented: presented.map((one) => one.der), store: storeOf(roots), now_ms };
  const verdict = verifyClientChain(request);
  return verdict.ok ? 'ok' : verdict.code.replace('AUTHN_CERT_', '');
}

const leafOf = (issuer: Forged, order: Partial<Order> = {}) => forge({ name: 'erp', issuer, names: ERP, ...order });
const caOf = (issuer: Forged, name: string, order: Partial<Order> = {}) => forge({ name, issuer, ca: true, ...order });

const middle = await caOf(root, 'Acme Issuing', { path_length: 0 });
const below = await caOf(middle, 'Acme Deeper');
const expired_middle = await caOf(root, 'Acme Short', { from_days: -10, to_days: -1 });
const future_middle = await caOf(root, 'Acme Future', { from_days: 2, to_days: 20 });
const not_ca = await forge({ name: 'Not a CA', issuer: root, names: ERP });
const no_sign = await caOf(root, 'No Sign', { key_usage: 1 });
const server_only = await caOf(root, 'Server Only', { extended_key_usage: [SERVER_AUTH] });
const fake_root = await forge({ name: 'Acme Root', ca: true });
const weak_middle = await caOf(root, 'Weak Issuing', { kind: 'RSA-1024' });
const rsa_middle = await caOf(root, 'RSA Issuing', { kind: 'RSA-2048' });
const sha1_keys = await makeKeys('RSA-2048', 'SHA-1');
const sha1_middle: Forged = {
  ...(await caOf(root, 'SHA-1 Issuing', { kind: 'RSA-2048', keys: sha1_keys })),
  keys: sha1_keys,
};
const pss_middle = await caOf(root, 'PSS Issuing', { kind: 'RSA-PSS' });
const ed_root = await forge({ name: 'Ed Root', ca: true, kind: 'Ed25519' });
const cross = await forge({ name: other_root.name, issuer: root, keys: other_root.keys, ca: true });
const cycle_a = await forge({ name: 'Cycle A', ca: true });
const cycle_b = await caOf(cycle_a, 'Cycle B');
const cycle_a_by_b = await forge({ name: 'Cycle A', issuer: cycle_b, keys: cycle_a.keys, ca: true });
const self_issued = await forge({ name: 'Acme Root', issuer: root, ca: true });
const chain_of = async (length: number): Promise<Forged[]> => {
  const issuers = [root];
  for (let index = 0; index < length; index += 1) issuers.push(await caOf(issuers.at(-1) ?? root, `Level ${index}`));
  return issuers;
};
const levels = await chain_of(5);
const constrain = (order: Partial<Order>) => caOf(root, 'Constrained', order);
const dns_bound = await constrain({ constraints: { permitted: [dnsBase('acme.example')] } });
const dns_excluded = await constrain({ constraints: { excluded: [dnsBase('secret.acme.example')] } });
const uri_bound = await constrain({ constraints: { permitted: [uriBase('acme.example')] } });
const uri_subdomains = await constrain({ constraints: { permitted: [uriBase('.acme.example')] } });
const mail_bound = await constrain({ constraints: { permitted: [mailBase('acme.example')] } });
const below_bound = await caOf(dns_bound, 'Below Constrained');
const unknown = (critical: boolean) => [new Extension('1.3.6.1.4.1.55555.1', critical, new Uint8Array([5, 0]).buffer)];
const twice = [new Extension('2.5.29.37', false, Buffer.from('300a06082b06010505070302', 'hex'))];

const CASES: readonly Case[] = [
  { what: 'a leaf issued by an anchor is accepted', leaf: await leafOf(root), expect: 'ok' },
  { what: 'a leaf with its intermediate is accepted', leaf: await leafOf(middle), presented: [middle], expect: 'ok' },
  {
    what: 'intermediates may come in any order',
    leaf: await leafOf(levels[2] as Forged),
    presented: [levels[1], levels[2]] as Forged[],
    expect: 'ok',
  },
  { what: 'a leaf without its intermediate leads nowhere', leaf: await leafOf(middle), expect: 'UNKNOWN_ISSUER' },
  {
    what: "another CA's leaf leads nowhere",
    leaf: await leafOf(other_root),
    presented: [other_root],
    expect: 'UNKNOWN_ISSUER',
  },
  {
    what: 'a self-signed leaf leads nowhere',
    leaf: await forge({ name: 'erp', names: ERP }),
    expect: 'UNKNOWN_ISSUER',
  },
  {
    what: 'the anchor itself is no client',
    leaf: root,
    expect: 'UNKNOWN_ISSUER',
  },
  { what: 'an expired leaf is refused', leaf: await leafOf(root, { from_days: -9, to_days: -1 }), expect: 'EXPIRED' },
  {
    what: 'a leaf of tomorrow is refused',
    leaf: await leafOf(root, { from_days: 1, to_days: 9 }),
    expect: 'NOT_YET_VALID',
  },
  {
    what: 'an expired intermediate is refused',
    leaf: await leafOf(expired_middle),
    presented: [expired_middle],
    expect: 'EXPIRED',
  },
  {
    what: 'an intermediate of tomorrow is refused',
    leaf: await leafOf(future_middle),
    presented: [future_middle],
    expect: 'NOT_YET_VALID',
  },
  {
    what: 'an expired anchor is refused',
    leaf: await leafOf(root, { to_days: 90 }),
    now_ms: NOW_MS + 60 * DAY_MS,
    roots: [root, await forge({ name: 'Long Root', ca: true, to_days: 99 })],
    expect: 'EXPIRED',
  },
  {
    what: 'a leaf signed by another key of the same name is refused',
    leaf: await leafOf(fake_root),
    presented: [fake_root],
    expect: 'SIGNATURE',
  },
  {
    what: 'of two roots of one name the right one is found',
    leaf: await leafOf(fake_root),
    roots: [root, fake_root],
    expect: 'ok',
  },
  {
    what: 'an RSA-1024 leaf is refused',
    leaf: await leafOf(root, { kind: 'RSA-1024' }),
    expect: 'WEAK_KEY',
    openssl_accepts: 'at its default security level',
  },
  {
    what: 'an RSA exponent of 3 is refused',
    leaf: await leafOf(root, { kind: 'RSA-e3' }),
    expect: 'WEAK_KEY',
    openssl_accepts: 'any exponent',
  },
  {
    what: 'an RSA-1024 intermediate is refused',
    leaf: await leafOf(weak_middle),
    presented: [weak_middle],
    expect: 'WEAK_KEY',
    openssl_accepts: 'at its default security level',
  },
  {
    what: 'a SHA-1 signature is refused',
    leaf: await leafOf(sha1_middle, { hash: 'SHA-1' }),
    presented: [sha1_middle],
    expect: 'WEAK_SIGNATURE',
    openssl_accepts: 'at its default security level',
  },
  { what: 'an RSA chain is accepted', leaf: await leafOf(rsa_middle), presented: [rsa_middle], expect: 'ok' },
  {
    what: 'an RSASSA-PSS signature is accepted',
    leaf: await leafOf(pss_middle),
    presented: [pss_middle],
    expect: 'ok',
  },
  {
    what: 'an Ed25519 chain is accepted',
    leaf: await leafOf(ed_root, { kind: 'Ed25519' }),
    roots: [ed_root],
    expect: 'ok',
  },
  { what: 'an issuer that is no CA is refused', leaf: await leafOf(not_ca), presented: [not_ca], expect: 'USAGE' },
  {
    what: 'an issuer that may not sign certificates is refused',
    leaf: await leafOf(no_sign),
    presented: [no_sign],
    expect: 'USAGE',
  },
  {
    what: 'an issuer for servers only is refused',
    leaf: await leafOf(server_only),
    presented: [server_only],
    expect: 'USAGE',
  },
  {
    what: 'a leaf for servers only is refused',
    leaf: await leafOf(root, { extended_key_usage: [SERVER_AUTH] }),
    expect: 'USAGE',
  },
  {
    what: 'a leaf for both is accepted',
    leaf: await leafOf(root, { extended_key_usage: [SERVER_AUTH, CLIENT_AUTH] }),
    expect: 'ok',
  },
  {
    what: 'a leaf that does not say clientAuth is refused',
    leaf: await leafOf(root, { extended_key_usage: null }),
    expect: 'USAGE',
    openssl_accepts: 'absent usage as any',
  },
  {
    what: 'a leaf for any usage is refused',
    leaf: await leafOf(root, { extended_key_usage: ['2.5.29.37.0'] }),
    expect: 'USAGE',
  },
  { what: 'a leaf whose key may not sign is refused', leaf: await leafOf(root, { key_usage: 4 }), expect: 'USAGE' },
  { what: 'a CA as leaf is refused', leaf: middle, expect: 'USAGE' },
  {
    what: 'a certificate without extensions is refused',
    leaf: await leafOf(root, { bare: true }),
    expect: 'USAGE',
  },
  {
    what: 'a path longer than its CA allows is refused',
    leaf: await leafOf(below),
    presented: [below, middle],
    expect: 'CONSTRAINTS',
  },
  {
    what: 'a self-issued intermediate does not count',
    leaf: await leafOf(self_issued),
    presented: [self_issued],
    expect: 'ok',
  },
  {
    what: 'a path of six is accepted',
    leaf: await leafOf(levels[4] as Forged),
    presented: levels.slice(1, 5),
    expect: 'ok',
  },
  {
    what: 'a path of seven is refused',
    leaf: await leafOf(levels[5] as Forged),
    presented: levels.slice(1),
    expect: 'UNKNOWN_ISSUER',
    openssl_accepts: 'up to a hundred',
  },
  { what: 'a cross-certified CA is accepted', leaf: await leafOf(other_root), presented: [cross], expect: 'ok' },
  {
    what: 'CAs that certify each other do not go round for ever',
    leaf: await leafOf(cycle_b),
    presented: [cycle_b, cycle_a_by_b],
    expect: 'UNKNOWN_ISSUER',
  },
  {
    what: 'a name within a DNS constraint is accepted',
    leaf: await leafOf(dns_bound, { names: dns('erp.acme.example') }),
    presented: [dns_bound],
    expect: 'ok',
  },
  {
    what: 'a name outside a DNS constraint is refused',
    leaf: await leafOf(dns_bound, { names: dns('erp.other.example') }),
    presented: [dns_bound],
    expect: 'CONSTRAINTS',
  },
  {
    what: 'a name that only ends alike is refused',
    leaf: await leafOf(dns_bound, { names: dns('badacme.example') }),
    presented: [dns_bound],
    expect: 'CONSTRAINTS',
  },
  {
    what: 'a constraint binds two levels down',
    leaf: await leafOf(below_bound, { names: dns('x.other.example') }),
    presented: [below_bound, dns_bound],
    expect: 'CONSTRAINTS',
  },
  {
    what: 'an excluded name is refused',
    leaf: await leafOf(dns_excluded, { names: dns('a.Secret.acme.example') }),
    presented: [dns_excluded],
    expect: 'CONSTRAINTS',
  },
  {
    what: 'a name beside an exclusion is accepted',
    leaf: await leafOf(dns_excluded, { names: dns('a.acme.example') }),
    presented: [dns_excluded],
    expect: 'ok',
  },
  {
    what: 'a URI within a constraint is accepted',
    leaf: await leafOf(uri_bound),
    presented: [uri_bound],
    expect: 'ok',
  },
  {
    what: 'a URI of another host is refused',
    leaf: await leafOf(uri_bound, { names: spiffe('spiffe://other.example/erp') }),
    presented: [uri_bound],
    expect: 'CONSTRAINTS',
  },
  {
    what: 'a URI that hides its host as user is refused',
    leaf: await leafOf(uri_bound, { names: spiffe('spiffe://acme.example@evil.example/erp') }),
    presented: [uri_bound],
    expect: 'CONSTRAINTS',
  },
  {
    what: 'a URI of the host itself is not a subdomain',
    leaf: await leafOf(uri_subdomains),
    presented: [uri_subdomains],
    expect: 'CONSTRAINTS',
  },
  {
    what: 'a URI of a subdomain is accepted',
    leaf: await leafOf(uri_subdomains, { names: spiffe('spiffe://eu.acme.example/erp') }),
    presented: [uri_subdomains],
    expect: 'ok',
  },
  {
    what: 'a mail name under a mail constraint is refused',
    leaf: await leafOf(mail_bound, { names: [{ type: 'email', value: 'a@acme.example' }] }),
    presented: [mail_bound],
    expect: 'CONSTRAINTS',
    openssl_accepts: 'as it evaluates mail constraints',
  },
  {
    what: 'a mail constraint does not bind a URI',
    leaf: await leafOf(mail_bound),
    presented: [mail_bound],
    expect: 'ok',
  },
  {
    what: 'an unknown critical extension is refused',
    leaf: await leafOf(root, { extra: unknown(true) }),
    expect: 'MALFORMED',
  },
  { what: 'an unknown extension is passed over', leaf: await leafOf(root, { extra: unknown(false) }), expect: 'ok' },
  {
    what: 'an extension that stands twice is refused',
    leaf: await leafOf(root, { extra: twice }),
    expect: 'MALFORMED',
  },
  {
    what: 'a NUL in a DNS name is refused',
    leaf: await leafOf(root, { names: dns('erp.acme.example\0.evil.example') }),
    expect: 'MALFORMED',
    openssl_accepts: 'the bytes, when no name is asked for',
  },
  {
    what: 'a NUL in a URI is refused',
    leaf: await leafOf(root, { names: spiffe('spiffe://acme.example/erp\0x') }),
    expect: 'MALFORMED',
    openssl_accepts: 'the bytes, when no name is asked for',
  },
  {
    what: 'a name outside ASCII is refused',
    leaf: await leafOf(root, { names: dns('\u00e9rp.acme.example') }),
    expect: 'MALFORMED',
    openssl_accepts: 'the bytes, when no name is asked for',
  },
  {
    what: 'a name with a comma stays one name',
    leaf: await leafOf(root, { names: dns('a,DNS:erp.acme.example') }),
    expect: 'ok',
  },
];

describe('verifyClientChain', () => {
  for (const entry of CASES) {
    it(`${entry.what} (${entry.expect})`, () => assert.equal(verdictOf(entry), entry.expect));
  }

  it('agrees with openssl verify -x509_strict, but for what is refused on purpose', {
    skip: missingTools('openssl'),
  }, () => {
    const differences = CASES.flatMap((entry) => {
      const presented = (entry.presented ?? []).map((one) => one.pem).join('');
      const roots = (entry.roots ?? [root]).map((one) => one.pem).join('');
      const oracle = opensslVerifies(entry.leaf.pem, presented, roots, entry.now_ms ?? NOW_MS);
      const expected = entry.expect === 'ok' || entry.openssl_accepts !== undefined;
      return oracle.ok === expected ? [] : [`${entry.what}: ${entry.expect}, but ${oracle.text}`];
    });
    assert.deepEqual(differences, []);
  });
});
