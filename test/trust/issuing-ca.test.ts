import assert from 'node:assert/strict';
import { generateKeyPairSync, KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import { openIssuingCa } from '../../src/core/trust/issuing-ca.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { DAY_MS, dns, dnsBase, type Forged, forge, NOW_MS, uriBase } from './forge.ts';
import { opensslVerifies } from './openssl.ts';

const URI = 'spiffe://acme.example/erp';
const MINUTE_MS = 60_000;
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

interface Setting {
  /** What vouches for it; by default it does itself. */
  readonly bundle?: string;
  readonly validity_ms?: number;
  readonly now_ms?: number;
}

const opened = (ca: Forged, { bundle = ca.pem, validity_ms = 10 * DAY_MS, now_ms = NOW_MS }: Setting = {}) =>
  openIssuingCa({
    certificate: ca.pem,
    key: KeyObject.from(ca.keys.privateKey),
    trust: { name: 'machines', pem: bundle },
    validity_ms,
    judged_ms: NOW_MS,
    now: () => now_ms,
    random: (size_bytes) => randomBytes(size_bytes),
  });

const ordered = (ca: Forged, setting?: Setting) =>
  opened(ca, setting).issue({ key: publicKey.export({ format: 'jwk' }), uri: URI, common_name: 'acme-erp' });

async function issued(ca: Forged, setting?: Setting) {
  const result = await ordered(ca, setting);
  assert.ok(result.ok, JSON.stringify(result));
  return { ...result, x509: new X509Certificate(result.certificate) };
}

describe('what a CA issues', { skip: missingTools('openssl') }, () => {
  it('says the URI, the key and how long, and what it may be used for', async () => {
    const { x509, ...told } = await issued(await forge({ name: 'CA', ca: true }));
    assert.equal(x509.subjectAltName, `URI:${URI}`);
    assert.equal(x509.subject, 'CN=acme-erp');
    assert.deepEqual(x509.keyUsage, ['1.3.6.1.5.5.7.3.2']);
    assert.equal(x509.ca, false);
    assert.ok(x509.publicKey.equals(publicKey));
    assert.equal(told.not_before_ms, NOW_MS - 5 * MINUTE_MS);
    assert.equal(told.not_after_ms, NOW_MS + 10 * DAY_MS);
    assert.equal(told.serial, x509.serialNumber.toLowerCase());
    assert.equal(told.serial.length, 32);
  });

  for (const kind of ['P-256', 'P-384', 'RSA-2048', 'Ed25519'] as const) {
    it(`is strictly verified by OpenSSL under a CA with a key ${kind}`, async () => {
      const ca = await forge({ name: 'CA', ca: true, kind });
      const { certificate } = await issued(ca);
      const verified = opensslVerifies(certificate, '', ca.pem, NOW_MS);
      assert.ok(verified.ok, verified.text);
    });
  }

  it('comes from an intermediate CA too', async () => {
    const root = await forge({ name: 'Root', ca: true });
    const middle = await forge({ name: 'Issuing', issuer: root, ca: true, path_length: 0 });
    const { certificate } = await issued(middle, { bundle: middle.pem + root.pem });
    const verified = opensslVerifies(certificate, middle.pem, root.pem, NOW_MS);
    assert.ok(verified.ok, verified.text);
  });

  it('is never the same twice', async () => {
    const ca = opened(await forge({ name: 'CA', ca: true }));
    const order = { key: publicKey.export({ format: 'jwk' }), uri: URI, common_name: 'acme-erp' };
    const all = await Promise.all(Array.from({ length: 8 }, () => ca.issue(order)));
    assert.equal(new Set(all.map((one) => one.ok && one.serial)).size, 8);
  });

  it('is valid within the time of the CA alone', async () => {
    const young = await forge({ name: 'CA', ca: true, from_days: 0, to_days: 3 });
    const told = await issued(young);
    assert.deepEqual([told.not_before_ms, told.not_after_ms], [NOW_MS, NOW_MS + 3 * DAY_MS]);
  });
});

describe('a CA refuses', () => {
  it('outside its own time, also when that passed since it was judged', async () => {
    const ca = await forge({ name: 'CA', ca: true, to_days: 3 });
    for (const days of [-2, 4]) {
      const result = await ordered(ca, { now_ms: NOW_MS + days * DAY_MS });
      assert.equal(!result.ok && result.code, 'ISSUE_CA_TIME');
    }
  });

  it('what its own name constraints forbid', async () => {
    for (const constraints of [
      { permitted: [uriBase('globex.example')] },
      { excluded: [uriBase('acme.example')] },
      { permitted: [dnsBase('acme.example')], excluded: [uriBase('.example')] },
    ]) {
      const result = await ordered(await forge({ name: 'CA', ca: true, constraints }));
      assert.equal(!result.ok && result.code, 'ISSUE_CHAIN', JSON.stringify(constraints));
    }
    const allowed = await forge({ name: 'CA', ca: true, constraints: { permitted: [uriBase('acme.example')] } });
    assert.ok((await ordered(allowed)).ok);
  });

  it('when the root above it has expired', async () => {
    const root = await forge({ name: 'Root', ca: true, to_days: 2 });
    const middle = await forge({ name: 'Issuing', issuer: root, ca: true });
    const result = await ordered(middle, { bundle: middle.pem + root.pem, now_ms: NOW_MS + 3 * DAY_MS });
    assert.equal(!result.ok && result.code, 'ISSUE_CHAIN');
  });

  it('a key that is none', async () => {
    const ca = opened(await forge({ name: 'CA', ca: true, names: dns('ca.example') }));
    const result = await ca.issue({ key: { kty: 'EC' }, uri: URI, common_name: 'acme-erp' });
    assert.equal(!result.ok && result.code, 'ISSUE_KEY');
  });
});
