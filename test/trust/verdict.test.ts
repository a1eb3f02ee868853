import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createTrustStore } from '../../src/core/trust/anchors.ts';
import { ParsedCertificate } from '../../src/core/trust/certificate.ts';
import { verifyClientChain, verifyPinned } from '../../src/core/trust/chain.ts';
import { createChainMemory } from '../../src/core/trust/chain-memory.ts';
import { MAX_NAMES } from '../../src/core/trust/names.ts';
import { MAX_PRESENTED_BYTES } from '../../src/core/trust/path-building.ts';
import { isRocaModulus } from '../../src/core/trust/roca.ts';
import { DAY_MS, Extension, type Forged, forge, NOW_MS, SERVER_AUTH, spiffe } from './forge.ts';

const ERP = spiffe('spiffe://acme.example/erp');
const acme = await forge({ name: 'Acme Root', ca: true, to_days: 20 });
const beta = await forge({ name: 'Beta Root', ca: true });
const middle = await forge({ name: 'Acme Issuing', issuer: acme, ca: true, to_days: 10 });
const leaf = await forge({ name: 'erp', issuer: middle, names: [...ERP, { type: 'dns', value: 'ERP.acme.example' }] });
const bundles = [
  { name: 'acme-ca', pem: acme.pem },
  { name: 'beta-ca', pem: beta.pem },
];
const newStore = (memory_entries = 16) => createTrustStore(bundles, { now_ms: NOW_MS, memory_entries });
const store = newStore();

describe('a verdict', () => {
  it('names the anchor the path ends at and the facts of the leaf', () => {
    const verdict = verifyClientChain({ leaf: leaf.der, presented: [middle.der], store, now_ms: NOW_MS });
    assert.ok(verdict.ok);
    assert.equal(verdict.anchor.name, 'acme-ca');
    assert.equal(verdict.anchor.id, new ParsedCertificate(acme.der).thumbprint);
    const { facts } = verdict;
    assert.deepEqual(facts.uris, ['spiffe://acme.example/erp']);
    assert.deepEqual(facts.dns_names, ['erp.acme.example']);
    assert.equal(facts.not_after_ms, NOW_MS + 30 * DAY_MS);
    assert.equal(facts.path_not_after_ms, NOW_MS + 10 * DAY_MS, 'the intermediate ends first');
    assert.deepEqual([facts.key_type, facts.key_bits, facts.signature], ['EC', 256, 'sha256']);
    assert.match(facts.thumbprint, /^[0-9a-f]{64}$/);
  });

  it("puts a leaf minted by another partner's CA under that partner's trust", async () => {
    const minted = await forge({ name: 'erp', issuer: beta, names: ERP });
    const verdict = verifyClientChain({ leaf: minted.der, presented: [], store, now_ms: NOW_MS });
    assert.ok(verdict.ok && verdict.anchor.name === 'beta-ca');
  });

  it('on what no anchor signed does not depend on its extensions', async () => {
    const odd = [new Extension('1.3.6.1.4.1.55555.1', true, new Uint8Array([5, 0]).buffer)];
    const imposter = await forge({ name: acme.name, ca: true });
    const codeOf = async (issuer?: Forged) => {
      const { der } = await forge({ name: 'erp', extra: odd, ...(issuer ? { issuer } : {}) });
      const verdict = verifyClientChain({ leaf: der, presented: [], store, now_ms: NOW_MS });
      return verdict.ok ? 'ok' : verdict.code;
    };
    assert.equal(await codeOf(), 'AUTHN_CERT_UNKNOWN_ISSUER');
    assert.equal(await codeOf(imposter), 'AUTHN_CERT_SIGNATURE');
    assert.equal(await codeOf(acme), 'AUTHN_CERT_MALFORMED');
  });

  it('refuses a certificate of more than 8 KiB, and passes over an issuer of that size', async () => {
    const padding = [new Extension('1.3.6.1.4.1.55555.1', false, new ArrayBuffer(MAX_PRESENTED_BYTES))];
    const codeOf = (certificate: Forged, ...presented: Forged[]) => {
      const others = presented.map(({ der }) => der);
      const verdict = verifyClientChain({ leaf: certificate.der, presented: others, store, now_ms: NOW_MS });
      return verdict.ok ? 'ok' : verdict.code;
    };
    const large = await forge({ name: 'erp', issuer: acme, names: ERP, extra: padding });
    assert.equal(codeOf(large), 'AUTHN_CERT_MALFORMED');
    assert.deepEqual(verifyPinned({ leaf: large.der, now_ms: NOW_MS }), { ok: false, code: 'AUTHN_CERT_MALFORMED' });
    const large_middle = await forge({ name: 'Large Issuing', issuer: acme, ca: true, extra: padding });
    const below = await forge({ name: 'erp', issuer: large_middle, names: ERP });
    assert.equal(codeOf(below, large_middle), 'AUTHN_CERT_UNKNOWN_ISSUER');
  });

  it('refuses more names than are looked at without decoding them', async () => {
    const some = (count: number) => Array.from({ length: count }, () => ({ type: 'dns' as const, value: 'a' }));
    const full = await forge({ name: 'erp', issuer: acme, names: some(MAX_NAMES) });
    const over = await forge({ name: 'erp', issuer: acme, names: some(2_000) });
    assert.ok(verifyClientChain({ leaf: full.der, presented: [], store, now_ms: NOW_MS }).ok);
    // CPU, not time: what else the machine does is no fault of the look.
    const before = process.cpuUsage();
    const verdict = verifyClientChain({ leaf: over.der, presented: [], store, now_ms: NOW_MS });
    const { user, system } = process.cpuUsage(before);
    assert.ok((user + system) / 1000 < 30);
    assert.ok(!verdict.ok && verdict.code === 'AUTHN_CERT_MALFORMED');
  });

  it('refuses when the time is not a number', () => {
    const verdict = verifyClientChain({ leaf: leaf.der, presented: [middle.der], store, now_ms: Number.NaN });
    assert.ok(!verdict.ok && verdict.code === 'AUTHN_CERT_EXPIRED');
  });

  it('looks at times and anchors anew although it remembers the path', () => {
    const request = { leaf: leaf.der, presented: [middle.der], store, now_ms: NOW_MS };
    assert.ok(verifyClientChain(request).ok);
    const later = verifyClientChain({ ...request, now_ms: NOW_MS + 11 * DAY_MS });
    assert.ok(!later.ok && later.code === 'AUTHN_CERT_EXPIRED');
    const withdrawn = createTrustStore(bundles.slice(1), { now_ms: NOW_MS });
    const refused = verifyClientChain({ ...request, store: withdrawn });
    assert.ok(!refused.ok && refused.code === 'AUTHN_CERT_UNKNOWN_ISSUER');
  });

  it('is the same whatever rubbish is presented beside the chain, within the bounds', async () => {
    const imposters = await Promise.all(
      Array.from({ length: 8 }, () => forge({ name: 'Acme Issuing', issuer: beta, ca: true })),
    );
    const presented = [Buffer.from('rubbish'), ...imposters.map((one) => one.der), middle.der];
    assert.ok(verifyClientChain({ leaf: leaf.der, presented, store: newStore(), now_ms: NOW_MS }).ok);
  });

  it('costs a bounded number of candidates when everything has the name of everything', async () => {
    const loops = await Promise.all(
      Array.from({ length: 10 }, () =>
        forge({ name: 'Loop', keys: leaf.keys, issuer: { ...leaf, name: 'Loop' }, ca: true }),
      ),
    );
    const victim = await forge({ name: 'erp', issuer: { ...leaf, name: 'Loop' }, names: ERP });
    const began = performance.now();
    const presented = loops.map((one) => one.der);
    const verdict = verifyClientChain({ leaf: victim.der, presented, store: newStore(), now_ms: NOW_MS });
    assert.ok(!verdict.ok && verdict.code === 'AUTHN_CERT_UNKNOWN_ISSUER');
    assert.ok(performance.now() - began < 100);
  });

  it('is never an exception, whatever bytes come', () => {
    const mutated = fc
      .tuple(fc.nat(leaf.der.length - 1), fc.nat(255), fc.nat(leaf.der.length), fc.uint8Array({ maxLength: 8 }))
      .map(([at, value, cut, tail]) => {
        const copy = Buffer.concat([leaf.der.subarray(0, cut > 64 ? leaf.der.length : cut), tail]);
        if (at < copy.length) copy[at] = value;
        return copy;
      });
    const bytes = fc.oneof(
      mutated,
      fc.uint8Array({ maxLength: 600 }).map((array) => Buffer.from(array)),
    );
    fc.assert(
      fc.property(bytes, bytes, (first, second) => {
        const verdict = verifyClientChain({ leaf: first, presented: [second, middle.der], store, now_ms: NOW_MS });
        if (verdict.ok) assert.ok(first.equals(leaf.der));
        verifyPinned({ leaf: first, now_ms: NOW_MS });
      }),
      { numRuns: 1500 },
    );
  });
});

describe('a CA that signs rubbish', () => {
  it('gets refusals for it, never an exception', async () => {
    const oid = fc.constantFrom('2.5.29.15', '2.5.29.17', '2.5.29.19', '2.5.29.30', '2.5.29.37');
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ maxLength: 40 }).map((body) => Uint8Array.from([0x30, body.length, ...body])),
    );
    await fc.assert(
      fc.asyncProperty(oid, value, async (type, bytes) => {
        const extra = [new Extension(type, false, bytes.slice().buffer)];
        const odd = await forge({ name: 'erp', issuer: acme, keys: leaf.keys, bare: true, extra });
        const verdict = verifyClientChain({ leaf: odd.der, presented: [], store, now_ms: NOW_MS });
        assert.ok(!verdict.ok);
        assert.ok(['AUTHN_CERT_MALFORMED', 'AUTHN_CERT_USAGE'].includes(verdict.code), verdict.code);
      }),
      { numRuns: 150 },
    );
  });
});

describe('verifyPinned', () => {
  const pinned = (der: Buffer, now_ms = NOW_MS) => {
    const verdict = verifyPinned({ leaf: der, now_ms });
    return verdict.ok ? 'ok' : verdict.code;
  };

  it('accepts a self-signed certificate, also one that says it is a CA', async () => {
    assert.equal(pinned((await forge({ name: 'lone' })).der), 'ok');
    assert.equal(pinned((await forge({ name: 'lone', ca: true, key_usage: null })).der), 'ok');
  });

  it('refuses by time, key, signature and usage', async () => {
    const lone = await forge({ name: 'lone' });
    assert.equal(pinned(lone.der, NOW_MS + 99 * DAY_MS), 'AUTHN_CERT_EXPIRED');
    assert.equal(pinned(lone.der, NOW_MS - 9 * DAY_MS), 'AUTHN_CERT_NOT_YET_VALID');
    assert.equal(pinned((await forge({ name: 'weak', kind: 'RSA-1024' })).der), 'AUTHN_CERT_WEAK_KEY');
    assert.equal(
      pinned((await forge({ name: 'old', kind: 'RSA-2048', hash: 'SHA-1' })).der),
      'AUTHN_CERT_WEAK_SIGNATURE',
    );
    const server = await forge({ name: 'server', extended_key_usage: [SERVER_AUTH] });
    assert.equal(pinned(server.der), 'AUTHN_CERT_USAGE');
    const forged = await forge({ name: 'lone', issuer: { ...(await forge({ name: 'x' })), name: 'lone' } });
    assert.equal(pinned(forged.der), 'AUTHN_CERT_SIGNATURE');
    assert.equal(pinned(Buffer.concat([lone.der, Buffer.from([0])])), 'AUTHN_CERT_MALFORMED');
    assert.equal(pinned(Buffer.from(lone.pem)), 'AUTHN_CERT_MALFORMED', 'PEM is not DER');
  });
});

describe('createChainMemory', () => {
  it('gives back what was presented and forgets what was used longest ago', () => {
    const memory = createChainMemory(2);
    memory.remember('a', [middle.der]);
    memory.remember('b', [middle.der]);
    memory.recall('a');
    memory.remember('c', [middle.der]);
    assert.deepEqual(memory.recall('b'), []);
    assert.deepEqual(memory.recall('a'), [middle.der]);
  });
});

describe('isRocaModulus', () => {
  it('knows a modulus of the flawed form from a sound one', () => {
    const primorial = [
      2n,
      3n,
      5n,
      7n,
      11n,
      13n,
      17n,
      19n,
      23n,
      29n,
      31n,
      37n,
      41n,
      43n,
      47n,
      53n,
      59n,
      61n,
      67n,
      71n,
      73n,
      79n,
      83n,
      89n,
      97n,
      101n,
      103n,
      107n,
      109n,
      113n,
      127n,
      131n,
      137n,
      139n,
      149n,
      151n,
      157n,
      163n,
      167n,
    ].reduce((a, b) => a * b);
    const flawed = (k: bigint, a: number) => k * primorial + (65_537n ** BigInt(a) % primorial);
    assert.ok(isRocaModulus(flawed(123_456_789n, 77) * flawed(987_654_321n, 123)));
    assert.ok(!isRocaModulus(2n ** 2048n - 1_942_289n));
  });
});
