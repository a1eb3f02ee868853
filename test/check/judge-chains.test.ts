/** Whatever a stranger sends as certificates is judged, in bounded work. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { judgeChains } from '../../src/check/tls/certificates/judge-chains.ts';
import { rootsOf } from '../../src/check/tls/certificates/roots.ts';
import { readPem } from '../../src/core/trust/index.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { SmallPki } from './pki.ts';

const none = rootsOf([]);

function judged(certificates: readonly Buffer[], roots: readonly string[] = [], beside: Buffer | null = null) {
  const [chain] = judgeChains(
    [
      {
        certificates,
        version: 0x0303,
        server_name: 'a',
        proves_key: true,
        ocsp_responses: beside ? [beside] : [],
        sct_list: beside,
      },
    ],
    { public_roots: rootsOf(roots), private_roots: none, now_ms: Date.now() },
  );
  return chain!;
}

const bytes = fc.uint8Array({ maxLength: 400 }).map((array) => Buffer.from(array));

/** One in another, to that depth. */
function nested(depth: number): Buffer {
  let der = Buffer.from('0500', 'hex');
  for (let level = 0; level < depth; level++) {
    const { length } = der;
    const head = length < 128 ? [0x30, length] : [0x30, 0x82, length >> 8, length & 255];
    der = Buffer.concat([Buffer.from(head), der]);
  }
  return der;
}

describe('what was sent as a chain', { skip: missingTools('openssl') }, () => {
  let pki: SmallPki;
  let ders: Buffer[] = [];
  before(() => {
    pki = new SmallPki();
    pki.issue({ name: 'good', by: 'middle', extensions: 'server' });
    ders = (readPem(pki.pem('good', 'middle', 'root')) ?? []).map(({ der }) => der);
  });
  after(() => pki?.remove());

  it('may be anything at all', () => {
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), bytes, (certificates, beside) => {
        assert.equal(judged(certificates, [], beside).certificates.length, certificates.length);
      }),
    );
  });

  it('may be certificates with bytes of them changed or cut off', () => {
    const change = fc.record({ which: fc.nat(2), at: fc.nat(2_000), to: fc.nat(255), cut: fc.boolean() });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const chain = ders.map((der) => Buffer.from(der));
        for (const { which, at, to, cut } of changes) {
          const der = chain[which]!;
          if (der.length === 0) continue;
          der[at % der.length] = to;
          if (cut) chain[which] = der.subarray(0, at % der.length);
        }
        assert.equal(judged(chain, [pki.pem('root')]).certificates.length, 3);
      }),
      { numRuns: 300 },
    );
  });

  it('may be in any order, and is trusted by its root whenever the leaf comes first', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 1, 2, 0], { minLength: 0 }), (places) => {
        const { public_trust, order } = judged(
          [0, ...places].map((place) => ders[place]!),
          [pki.pem('root')],
        );
        assert.equal(public_trust?.trusted, places.includes(1));
        assert.equal(order?.end === 'complete', places.includes(1));
      }),
    );
  });

  it('may be nested deeply, or a hundred certificates', () => {
    assert.deepEqual(judged([nested(8_000)]).certificates, [null]);
    const { certificates, left_out } = judged(Array.from({ length: 100 }, () => ders[0]!));
    assert.deepEqual([certificates.length, left_out], [16, 84]);
  });

  it('may be empty', () => {
    const { certificates, order, public_trust } = judged([]);
    assert.deepEqual([certificates, order, public_trust], [[], null, null]);
  });
});
