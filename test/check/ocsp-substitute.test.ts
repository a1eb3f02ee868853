/** A server whose certificate is revoked sends another key for its CA, and has that say that all is well. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { judgeChains } from '../../src/check/tls/certificates/judge-chains.ts';
import { rootsOf } from '../../src/check/tls/certificates/roots.ts';
import { ParsedCertificate, readPem } from '../../src/core/trust/index.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { certId, forged, single, time } from './forged-response.ts';
import { SmallPki } from './pki.ts';
import { type Substitute, substituteFor } from './substituted-key.ts';

const DAY_MS = 86_400_000;

describe('a key that was computed to fit the signature of a CA', { skip: missingTools('openssl') }, () => {
  let pki: SmallPki;
  let substitute: Substitute;
  before(() => {
    pki = new SmallPki();
    pki.issue({ name: 'leaf', by: 'middle', extensions: 'stapling' });
    substitute = substituteFor(pki.pem('leaf'), pki.pem('middle'));
  });
  after(() => pki?.remove());

  const der = (name: string) => readPem(pki.pem(name))![0]!.der;
  const judged = (certificates: readonly Buffer[], response: Buffer) => {
    const chain = { certificates, version: 0x0303, server_name: 'a', proves_key: true, sct_list: null };
    const roots = { public_roots: rootsOf([pki.pem('root')]), private_roots: null };
    return judgeChains([{ ...chain, ocsp_responses: [response] }], { ...roots, now_ms: Date.now() })[0]!;
  };
  const responseBy = (signer: string, key: Substitute['key'] | string) => {
    const next_update = time(Date.now() + DAY_MS);
    return forged({ signer, key, singles: [single({ id: certId(pki.pem('leaf'), signer), next_update })] });
  };

  it('verifies it', () => {
    const [leaf, other] = [der('leaf'), substitute.certificate].map((bytes) => new ParsedCertificate(bytes));
    assert.equal(leaf!.isSignedBy(other!), true);
  });

  it('is not taken for the CA, wherever it stands', () => {
    const response = responseBy(substitute.pem, substitute.key);
    const [leaf, middle] = [der('leaf'), der('middle')];
    for (const chain of [
      [leaf, substitute.certificate, middle],
      [leaf, middle, substitute.certificate],
      [leaf, substitute.certificate],
    ]) {
      const { staples } = judged(chain, response);
      assert.notEqual(staples[0]?.signature?.holds, true);
    }
  });

  it('is of no use on the way to a root, and does not hide who is', () => {
    const key = readFileSync(pki.file('middle.key'), 'utf8');
    const response = responseBy(pki.pem('middle'), key);
    const { order, public_trust, staples } = judged([der('leaf'), substitute.certificate, der('middle')], response);
    assert.deepEqual([order?.path, order?.extra, public_trust?.trusted], [[0, 2], [1], true]);
    assert.equal(staples[0]?.signature?.holds, true);
  });
});
