import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LoadError } from '../../src/core/errors/faults.ts';
import { createTrustStore, type TrustBundle } from '../../src/core/trust/anchors.ts';
import { verifyClientChain } from '../../src/core/trust/chain.ts';
import { DAY_MS, Extension, forge, NOW_MS } from './forge.ts';

const root = await forge({ name: 'Acme Root', ca: true });
const middle = await forge({ name: 'Acme Issuing', issuer: root, ca: true });
const leaf = await forge({ name: 'erp', issuer: middle, names: [{ type: 'dns', value: 'erp.acme.example' }] });

function faultsOf(bundles: readonly TrustBundle[], now_ms = NOW_MS): string[] {
  try {
    createTrustStore(bundles, { now_ms });
    return [];
  } catch (error) {
    assert.ok(error instanceof LoadError);
    return error.faults.map((fault) => `${fault.code} ${fault.message}`);
  }
}

const acme = (pem: string): TrustBundle[] => [{ name: 'acme', pem, file: 'pki/acme.pem' }];

describe('createTrustStore', () => {
  it('takes roots as anchors and other CAs as help for clients that send their leaf alone', () => {
    const store = createTrustStore(acme(`# Acme\n${middle.pem}\n${root.pem}`), { now_ms: NOW_MS });
    assert.deepEqual(
      store.anchors.map((anchor) => anchor.name),
      ['acme'],
    );
    assert.ok(verifyClientChain({ leaf: leaf.der, presented: [], store, now_ms: NOW_MS }).ok);
  });

  it('refuses what is not PEM, not a certificate or holds a private key', () => {
    assert.match(faultsOf(acme(''))[0] ?? '', /^CERT_UNREADABLE .*no PEM/);
    assert.match(faultsOf(acme(root.pem.replace('-----END', 'END')))[0] ?? '', /^CERT_UNREADABLE .*no PEM/);
    assert.match(
      faultsOf(acme('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'))[0] ?? '',
      /^CERT_UNREADABLE/,
    );
    const key = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    assert.deepEqual(faultsOf(acme(root.pem + key)), ['CERT_UNREADABLE trust acme: certificate 2 is a PRIVATE KEY']);
  });

  it('refuses a bundle without a root, and a certificate that is no CA', async () => {
    assert.deepEqual(faultsOf(acme(middle.pem)), ['CERT_CHAIN trust acme: no self-signed root stands in the bundle']);
    assert.deepEqual(faultsOf(acme(root.pem + leaf.pem)), [
      'CERT_CHAIN trust acme: certificate 2 is not a CA certificate',
    ]);
    const bare = await forge({ name: 'Version 1 style', bare: true });
    assert.match(faultsOf(acme(bare.pem))[0] ?? '', /not a CA certificate/);
  });

  it('refuses a bundle all of whose roots are expired, but not one with an old root beside a valid one', async () => {
    const old = await forge({ name: 'Old Root', ca: true, from_days: -9, to_days: -1 });
    assert.deepEqual(faultsOf(acme(old.pem)), ['CERT_EXPIRED trust acme: no root of the bundle is valid now']);
    assert.deepEqual(faultsOf(acme(old.pem + root.pem)), []);
    assert.equal(faultsOf(acme(root.pem), NOW_MS + 99 * DAY_MS).length, 1);
  });

  it('refuses weak keys, unverifiable roots and extensions it does not know', async () => {
    const weak = await forge({ name: 'Weak Root', ca: true, kind: 'RSA-1024' });
    assert.match(faultsOf(acme(weak.pem))[0] ?? '', /^KEY_WEAK .*1024/);
    const impostor = await forge({ name: 'Acme Root', issuer: { ...middle, name: 'Acme Root' }, ca: true });
    assert.match(faultsOf(acme(impostor.pem))[0] ?? '', /^CERT_CHAIN .*does not verify/);
    const policy = new Extension('2.5.29.36', true, Buffer.from('3003800100', 'hex'));
    const bound = await forge({ name: 'Policy Root', ca: true, extra: [policy] });
    assert.match(faultsOf(acme(bound.pem))[0] ?? '', /^CERT_UNREADABLE .*critical extension 2\.5\.29\.36/);
  });

  it('refuses one root under two names, and takes it twice under one', () => {
    const twice = [...acme(root.pem), { name: 'beta', pem: root.pem }];
    assert.deepEqual(faultsOf(twice), ['CONFIG_DUPLICATE trust beta and trust acme hold the same root key']);
    assert.deepEqual(faultsOf(acme(root.pem + root.pem)), []);
  });

  it('reports every fault of every bundle at once, with its file', () => {
    assert.equal(faultsOf([...acme(leaf.pem + middle.pem), { name: 'beta', pem: 'x' }]).length, 2);
  });
});
