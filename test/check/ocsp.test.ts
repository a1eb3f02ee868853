/** OCSP responses of openssl and forged ones, as we and as openssl judge them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { judgeChains } from '../../src/check/tls/certificates/judge-chains.ts';
import { rootsOf } from '../../src/check/tls/certificates/roots.ts';
import type { Staple } from '../../src/check/tls/certificates/sent-staple.ts';
import { readPem } from '../../src/core/trust/index.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { certId, criticalExtension, der, type Forgery, forged, GOOD, single, time } from './forged-response.ts';
import { createStaplingPki, type Ordered, ordered, saidByOpenssl } from './ocsp-responder.ts';
import type { SmallPki } from './pki.ts';

const DAY_MS = 86_400_000;
const ABOUT_LEAF = { leaf: 'leaf', issuer: 'middle' } as const;
const LASTING = ['-ndays', '4'];

/** What is ordered, and what is made of it; by default it is good, in time, and signed by who may. */
interface Case {
  readonly order: Ordered;
  readonly cert_status?: 'good' | 'revoked' | 'unknown' | null;
  readonly failure?: RegExp;
  readonly signature?: string;
}

const CASES: Record<string, Case> = {
  'by the CA itself': { order: { ...ABOUT_LEAF, signer: 'middle' } },
  'by the CA, which sends no certificate': {
    order: { ...ABOUT_LEAF, signer: 'middle', options: [...LASTING, '-resp_no_certs'] },
  },
  'by a responder with its leave': { order: { ...ABOUT_LEAF, signer: 'responder' } },
  'by a responder that is named by its key': {
    order: { ...ABOUT_LEAF, signer: 'responder', options: [...LASTING, '-resp_key_id'] },
  },
  'with a CertID of SHA-256': { order: { ...ABOUT_LEAF, signer: 'middle', id: ['-sha256'] } },
  'by a key of RSA': { order: { ...ABOUT_LEAF, signer: 'rsa' }, signature: 'RSA with SHA-256' },
  'by a key of RSA with PSS': {
    order: { ...ABOUT_LEAF, signer: 'rsa', options: [...LASTING, '-rsigopt', 'rsa_padding_mode:pss'] },
    signature: 'RSASSA-PSS with SHA-256',
  },
  'by a key that is for PSS alone': {
    order: { ...ABOUT_LEAF, signer: 'pss' },
    signature: 'RSASSA-PSS with SHA-256',
  },
  'by a key of P-384': {
    order: { ...ABOUT_LEAF, signer: 'p384', options: [...LASTING, '-rmd', 'sha384'] },
    signature: 'ECDSA with SHA-384',
  },
  'signed with SHA-1': {
    order: { ...ABOUT_LEAF, signer: 'rsa', options: [...LASTING, '-rmd', 'sha1'] },
    signature: 'RSA with SHA-1',
  },
  revoked: { order: { leaf: 'revoked', issuer: 'middle', signer: 'middle' }, cert_status: 'revoked' },
  'of a CA that does not know it': {
    order: { ...ABOUT_LEAF, signer: 'middle', index: 'empty.txt' },
    cert_status: 'unknown',
  },
  'without its responder': {
    order: { ...ABOUT_LEAF, signer: 'responder', options: [...LASTING, '-resp_no_certs'] },
    failure: /did not come along/,
  },
  'by a stranger': { order: { ...ABOUT_LEAF, signer: 'stranger' }, failure: /did not certify/ },
  'by a responder of another CA': { order: { ...ABOUT_LEAF, signer: 'other-ca' }, failure: /did not certify/ },
  'by a certificate that is no responder': { order: { ...ABOUT_LEAF, signer: 'leaf' }, failure: /may not sign/ },
  'by a responder that has expired': { order: { ...ABOUT_LEAF, signer: 'expired' }, failure: /has expired/ },
  'with a signature that was changed': {
    order: { ...ABOUT_LEAF, signer: 'middle', options: [...LASTING, '-badsig'] },
    failure: /does not verify/,
  },
};

describe('an OCSP response', { skip: missingTools('openssl') }, () => {
  let pki: SmallPki;
  before(() => {
    pki = createStaplingPki();
  });
  after(() => pki?.remove());

  /** Of a chain as sent, with this along. */
  function judged(
    response: Buffer,
    sent: readonly string[] = ['leaf', 'middle'],
    roots: readonly string[] = [],
  ): Staple {
    const certificates = readPem(pki.pem(...sent))!.map(({ der: bytes }) => bytes);
    const [chain] = judgeChains(
      [
        {
          certificates,
          version: 0x0303,
          server_name: null,
          proves_key: true,
          ocsp_responses: [response],
          sct_list: null,
        },
      ],
      { public_roots: rootsOf(roots), private_roots: null, now_ms: Date.now() },
    );
    return chain!.staples[0]!;
  }

  for (const [title, { order, cert_status = 'good', failure, signature }] of Object.entries(CASES)) {
    it(`${title} is judged as openssl does`, () => {
      const response = ordered(pki, order);
      const staple = judged(response, [order.leaf, order.issuer]);
      const said = saidByOpenssl(pki, response, order);
      assert.equal(staple.signature?.holds, failure === undefined);
      assert.equal(said.verified, failure === undefined);
      if (failure !== undefined) assert.match(staple.signature?.failure ?? '', failure);
      assert.equal(staple.answer?.cert_status, cert_status);
      // It is silent about what it does not believe.
      if (said.verified) assert.equal(said.status, cert_status);
      if (signature !== undefined) assert.equal(staple.signature?.algorithm?.name, signature);
      if (failure === undefined) {
        assert.equal(staple.signature?.signer?.subject, `CN=${order.signer}`);
        assert.equal(staple.signature?.delegated, order.signer !== 'middle');
      }
    });
  }

  it('about another certificate, or of another CA, says nothing of this one, as openssl has it', () => {
    const sibling = ordered(pki, { leaf: 'sibling', issuer: 'middle', signer: 'middle' });
    const other_ca = ordered(pki, { leaf: 'leaf', issuer: 'root', signer: 'root' });
    for (const response of [sibling, other_ca]) {
      assert.equal(judged(response).answer, null);
      assert.equal(saidByOpenssl(pki, response, { ...ABOUT_LEAF, signer: '' }).status, null);
    }
  });

  it('that says revoked tells when and why', () => {
    const response = ordered(pki, { leaf: 'revoked', issuer: 'middle', signer: 'middle' });
    const { revocation } = judged(response, ['revoked', 'middle']).answer!;
    assert.equal(revocation?.reason, 'keyCompromise');
    assert.ok(Math.abs(Date.now() - revocation!.at_ms) < 120_000);
  });

  it('of a leaf whose issuer is known by its root alone is judged by that root', () => {
    const response = ordered(pki, { leaf: 'leaf', issuer: 'middle', signer: 'responder' });
    const { holds, signer } = judged(response, ['leaf'], [pki.pem('middle')]).signature!;
    assert.deepEqual([holds, signer?.subject], [true, 'CN=responder']);
  });

  it('of a leaf whose issuer is not known says what it says, and nobody can tell who signed it', () => {
    const staple = judged(ordered(pki, { ...ABOUT_LEAF, signer: 'middle' }), ['leaf']);
    assert.equal(staple.answer?.cert_status, 'good');
    assert.deepEqual([staple.signature?.holds, staple.signature?.failure], [null, null]);
    assert.equal(judged(ordered(pki, { leaf: 'sibling', issuer: 'middle', signer: 'middle' }), ['leaf']).answer, null);
  });

  it('that is an error of the responder is told as such', () => {
    for (const [number, name] of [
      [1, 'malformedRequest'],
      [2, 'internalError'],
      [3, 'tryLater'],
      [5, 'sigRequired'],
      [6, 'unauthorized'],
    ] as const) {
      const response = Buffer.from([0x30, 3, 0x0a, 1, number]);
      assert.equal(judged(response).response_status, name);
    }
    for (const hex of ['30030a0104', '30030a0107', '30030a0100', '3003020103']) {
      assert.equal(judged(Buffer.from(hex, 'hex')).response_status, null);
    }
  });

  const by = (signer: string, parts: Partial<Forgery>): Buffer =>
    forged({ signer: pki.pem(signer), key: readFileSync(pki.file(`${signer}.key`), 'utf8'), singles: [], ...parts });
  const about = (leaf = 'leaf') => certId(pki.pem(leaf), pki.pem('middle'));
  const ders = (...names: readonly string[]) => readPem(pki.pem(...names))!.map(({ der: bytes }) => bytes);

  it('by a responder with a key of Ed25519 holds', () => {
    const key = readFileSync(pki.file('ed25519.key'), 'utf8');
    const algorithm = Buffer.from('300506032b6570', 'hex');
    const certificates = ders('ed25519');
    const parts = { key, algorithm, certificates, singles: [single({ id: about() })], hash: null };
    const response = by('ed25519', parts);
    assert.deepEqual(judged(response).signature?.algorithm?.name, 'Ed25519');
    assert.equal(judged(response).signature?.holds, true);
    assert.ok(saidByOpenssl(pki, response, { ...ABOUT_LEAF, signer: '' }).verified);
  });

  it('that names the CA and is signed with another key does not hold', () => {
    const response = by('middle', {
      key: readFileSync(pki.file('leaf.key'), 'utf8'),
      singles: [single({ id: about() })],
    });
    assert.equal(judged(response).signature?.failure, 'its signature does not verify');
    assert.equal(saidByOpenssl(pki, response, { ...ABOUT_LEAF, signer: '' }).verified, false);
  });

  it('with times that do not hold is told, as by openssl', () => {
    const now = Date.now();
    for (const [from_ms, until_ms, in_time] of [
      [now - DAY_MS, now + DAY_MS, true],
      [now - 3 * DAY_MS, now - DAY_MS, false],
      [now + DAY_MS, now + 2 * DAY_MS, false],
    ] as const) {
      const one = single({ id: about(), this_update: time(from_ms), next_update: time(until_ms) });
      const response = by('middle', { singles: [one] });
      const { answer, signature } = judged(response);
      assert.equal(signature?.holds, true);
      assert.equal(answer!.this_update_ms <= now && now <= answer!.next_update_ms!, in_time);
      assert.equal(saidByOpenssl(pki, response, { ...ABOUT_LEAF, signer: '' }).in_time, in_time);
    }
  });

  it('that says two things of one certificate has said the worse', () => {
    const revoked = der(0xa1, time(Date.now() - DAY_MS));
    const unknown = Buffer.from('8200', 'hex');
    const singles = (...all: Buffer[]) => all.map((status) => single({ id: about(), status }));
    const statusOf = (...all: Buffer[]) => judged(by('middle', { singles: singles(...all) })).answer?.cert_status;
    assert.equal(statusOf(GOOD, revoked, unknown), 'revoked');
    assert.equal(statusOf(GOOD, unknown), 'unknown');
    assert.equal(statusOf(GOOD, GOOD), 'good');
  });

  it('with an extension that is critical is not read, for none is known', () => {
    const id = about();
    const extensions = criticalExtension();
    assert.equal(judged(by('middle', { singles: [single({ id })], extensions })).response_status, null);
    assert.equal(judged(by('middle', { singles: [single({ id, extensions })] })).response_status, null);
  });
});
