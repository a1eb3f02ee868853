/** Whatever comes along as an OCSP response is judged, in bounded work, and nothing that was not signed is believed. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { judgeStaple } from '../../src/check/tls/certificates/staple.ts';
import { ParsedCertificate, readPem } from '../../src/core/trust/index.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { answering, certId, der, type Forgery, forged, single, time } from './forged-response.ts';
import { saidByOpenssl } from './ocsp-responder.ts';
import { SmallPki } from './pki.ts';

const MOST_MS = 1_000;
const DAY_MS = 86_400_000;

/** A byte of issuerNameHash in a CertID of SHA-1. */
const IN_NAME_HASH = 20;

/** One in another, as many as fit into so many bytes. */
function nested(size_bytes: number): Buffer {
  let inner: Buffer = Buffer.from('0500', 'hex');
  while (inner.length < size_bytes) inner = der(0x30, inner);
  return inner;
}

describe('what comes along as an OCSP response', { skip: missingTools('openssl') }, () => {
  let pki: SmallPki;
  let leaf: ParsedCertificate;
  let issuer: ParsedCertificate;
  before(() => {
    pki = new SmallPki();
    const [by, extensions] = ['middle', 'responder'] as const;
    pki.issue({ name: 'leaf', by, extensions: 'stapling' });
    pki.issue({ name: 'responder', by, extensions });
    pki.issue({ name: 'any', by, extensions: 'any-usage' });
    pki.issue({ name: 'critical', by, extensions: 'critical' });
    pki.issue({ name: 'below', by: 'responder', extensions });
    const flood = `DER:30:82:38:00${':05:00'.repeat(0x1c00)}`;
    appendFileSync(pki.file('any.cnf'), `[wide]\nextendedKeyUsage = OCSPSigning\n1.2.3.4 = ${flood}\n`);
    for (const name of ['wide', 'wider']) pki.issue({ name, by, extensions: 'wide' });
    for (const name of ['no-signature', 'commits'] as const) pki.issue({ name, by, extensions: name });
    // Two that certify each other: the second `circle` is issued by `round`, and `round` by the first.
    pki.issue({ name: 'circle', by: 'circle', extensions });
    pki.issue({ name: 'round', by: 'circle', extensions });
    pki.issue({ name: 'circle', by: 'round', extensions });
    [leaf, issuer] = ders('leaf', 'middle').map((bytes) => new ParsedCertificate(bytes)) as [
      ParsedCertificate,
      ParsedCertificate,
    ];
  });
  after(() => pki?.remove());

  const ders = (...names: readonly string[]) => readPem(pki.pem(...names))!.map(({ der: bytes }) => bytes);
  const judged = (response: Buffer) => judgeStaple({ response, leaf, issuer, now_ms: Date.now() });
  const about = () => certId(pki.pem('leaf'), pki.pem('middle'));
  const lasting = () => single({ id: about(), next_update: time(Date.now() + DAY_MS) });
  const by = (signer: string, parts: Partial<Forgery> = {}): Buffer => {
    const key = readFileSync(pki.file(`${signer}.key`), 'utf8');
    return forged({ signer: pki.pem(signer), key, singles: [lasting()], certificates: ders(signer), ...parts });
  };
  const soon = (response: Buffer) => {
    const before_ms = performance.now();
    const staple = judged(response);
    assert.ok(performance.now() - before_ms < MOST_MS);
    return staple;
  };

  it('holds as long as nothing is done to it', () => {
    const { answer, signature } = judged(by('responder'));
    assert.deepEqual([answer?.cert_status, signature?.holds], ['good', true]);
  });

  it('may end at any byte', () => {
    const response = by('responder');
    for (let end = 0; end < response.length; end++) {
      assert.equal(judged(response.subarray(0, end)).response_status, null);
    }
    assert.equal(judged(Buffer.concat([response, Buffer.of(0)])).response_status, null);
  });

  it('may differ in any byte, and is never believed where it says otherwise', () => {
    const status = der(0xa1, time(Date.now() - DAY_MS));
    const response = by('middle', { singles: [single({ id: about(), status })], certificates: [] });
    const { answer } = judged(response);
    assert.equal(answer?.cert_status, 'revoked');
    for (let at = 0; at < response.length; at++) {
      for (const change of [0x01, 0x20, 0x80, 0xff]) {
        const changed = Buffer.from(response);
        changed[at]! ^= change;
        const seen = judged(changed);
        if (seen.signature?.holds === true) assert.deepEqual(seen.answer, answer, `byte ${at}`);
      }
    }
  });

  it('may be changed here and there, or be anything at all', () => {
    const response = by('responder');
    const { answer } = judged(response);
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    const change = fc.record({
      at: fc.nat(response.length - 1),
      remove: fc.nat(4),
      insert: fc.uint8Array({ maxLength: 4 }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        let changed = response;
        for (const { at, remove, insert } of changes) {
          changed = Buffer.concat([changed.subarray(0, at), insert, changed.subarray(at + remove)]);
        }
        const seen = judged(changed);
        if (seen.signature?.holds === true) assert.deepEqual(seen.answer, answer);
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(bytes, (made_up) => {
        for (const tried of [made_up, answering(made_up), answering(der(0x30, made_up))]) {
          assert.notEqual(judged(tried).signature?.holds, true);
        }
      }),
    );
  });

  it('may be nested as deeply as there is room, wherever something may stand', () => {
    const deep = nested(30_000);
    const algorithm = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex'), nested(100));
    assert.equal(soon(deep).response_status, null);
    assert.equal(soon(answering(deep)).response_status, null);
    assert.equal(soon(by('middle', { responder: der(0xa1, deep) })).signature?.holds, false);
    assert.equal(soon(by('middle', { algorithm })).signature?.failure, 'its signature does not verify');
    assert.equal(soon(by('middle', { algorithm: der(0x30, deep) })).response_status, null);
    assert.equal(soon(by('middle', { extensions: deep })).response_status, null);
    assert.equal(soon(by('middle', { singles: [deep] })).response_status, null);
    assert.equal(soon(by('middle', { certificates: [nested(15_000), nested(15_000)] })).signature?.holds, true);
  });

  it('may say much of many, up to what is read', () => {
    const one = lasting();
    const many = (count: number) => soon(by('middle', { singles: Array.from({ length: count }, () => one) }));
    assert.deepEqual([many(256).signature?.holds, many(256).answer?.cert_status], [true, 'good']);
    assert.equal(many(257).response_status, null);
    assert.equal(many(5_000).response_status, null);
    assert.equal(many(0).answer, null);
  });

  it('may bring many certificates, of which the first eight are no more than read', () => {
    const [responder] = ders('responder');
    const along = (count: number) => by('responder', { certificates: Array.from({ length: count }, () => responder!) });
    assert.equal(soon(along(8)).signature?.holds, true);
    assert.equal(soon(along(9)).response_status, null);
  });

  it('may bring signers with much in them that nobody asks for', () => {
    assert.equal(soon(by('wide', { certificates: ders('wide', 'wider') })).signature?.holds, true);
  });

  it('may be about another key or name of a CA, or hashed as nobody can repeat', () => {
    const [of_leaf, of_issuer] = [pki.pem('leaf'), pki.pem('middle')];
    const md5 = der(0x30, Buffer.from('06082a864886f70d02050500', 'hex'));
    const other_name = Buffer.from(about());
    other_name[IN_NAME_HASH]! ^= 1;
    for (const id of [certId(of_leaf, pki.pem('root')), other_name, certId(of_leaf, of_issuer, md5)]) {
      const { answer, signature } = judged(by('middle', { singles: [single({ id })] }));
      assert.deepEqual([answer, signature?.holds], [null, true]);
    }
  });

  it('may be signed by who has leave from a responder, or from nobody but each other, and does not hold', () => {
    const signers = {
      below: ['below', 'responder', 'middle'],
      round: ['round', 'circle'],
      circle: ['circle', 'round'],
    };
    for (const [signer, along] of Object.entries(signers)) {
      const response = by(signer, { certificates: ders(...along) });
      assert.equal(soon(response).signature?.failure, 'the CA of the certificate did not certify its signer', signer);
      assert.equal(saidByOpenssl(pki, response, { leaf: 'leaf', issuer: 'middle', signer }).verified, false);
    }
  });

  it('may be signed by who has leave for anything, on terms that are not known, or by a key for something else, which is no leave for this', () => {
    for (const signer of ['any', 'critical', 'no-signature']) {
      assert.equal(judged(by(signer)).signature?.failure, 'its signer may not sign OCSP responses', signer);
    }
    assert.equal(judged(by('commits')).signature?.holds, true);
  });

  it('may name an algorithm that is not known, not one of the key, or too old', () => {
    const failureOf = (hex: string) => judged(by('middle', { algorithm: Buffer.from(hex, 'hex') })).signature?.failure;
    assert.equal(failureOf('3005060355040a'), 'its signature algorithm is not accepted');
    assert.equal(failureOf('300d06092a864886f70d0101040500'), 'its signature algorithm is not accepted');
    assert.equal(failureOf('300d06092a864886f70d01010b0500'), 'its signature does not verify');
  });

  it('may have times that are none', () => {
    for (const text of ['20260230000000Z', '20261301000000Z', '2026-11-29T00:00:00.000Z', '20261129000000', '']) {
      const wrong = der(0x18, Buffer.from(text));
      assert.equal(
        judged(by('middle', { singles: [single({ id: about(), this_update: wrong })] })).response_status,
        null,
      );
    }
  });
});
