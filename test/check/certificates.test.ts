/** Chains that are wrong in one way each, served by openssl and judged from outside. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DEFAULT_POLICY } from '../../src/check/policies/index.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { SmallPki } from './pki.ts';
import { checked, verdictsOf, withOpenssl } from './servers.ts';

/** What the rules say of a sound chain of a private CA. */
const SOUND: Record<string, string> = {
  'certificate-trust': 'pass',
  'certificate-name': 'pass',
  'certificate-validity': 'pass',
  'certificate-expiry-soon': 'pass',
  'certificate-lifetime': 'not-applicable',
  'certificate-transparency': 'not-applicable',
  'certificate-usage': 'pass',
  'ocsp-staple': 'not-applicable',
  'chain-complete': 'pass',
  'chain-order': 'pass',
  'certificate-key': 'pass',
  'certificate-signature': 'pass',
};

/** What is sent, what differs from a sound chain, and what openssl can tell of it. */
interface Case {
  readonly sent: readonly [string, ...string[]];
  readonly differs: Record<string, string>;
  readonly verified: boolean;
}

const CASES: Record<string, Case> = {
  'as it should be': { sent: ['good', 'middle'], differs: {}, verified: true },
  'with its root': { sent: ['good', 'middle', 'root'], differs: {}, verified: true },
  expired: {
    sent: ['expired', 'middle'],
    differs: { 'certificate-validity': 'fail', 'certificate-expiry-soon': 'not-applicable' },
    verified: false,
  },
  'not valid yet': { sent: ['early', 'middle'], differs: { 'certificate-validity': 'fail' }, verified: false },
  'about to expire': { sent: ['soon', 'middle'], differs: { 'certificate-expiry-soon': 'warn' }, verified: true },
  'with another name': { sent: ['other', 'middle'], differs: { 'certificate-name': 'fail' }, verified: false },
  'of a client': { sent: ['client', 'middle'], differs: { 'certificate-usage': 'fail' }, verified: false },
  'with RSA of 1024 bits': { sent: ['small', 'middle'], differs: { 'certificate-key': 'fail' }, verified: true },
  'signed with SHA-1': { sent: ['sha1', 'middle'], differs: { 'certificate-signature': 'fail' }, verified: true },
  'without its intermediate': {
    sent: ['good'],
    differs: { 'certificate-trust': 'fail', 'chain-complete': 'fail' },
    verified: false,
  },
  'out of order': { sent: ['good', 'root', 'middle'], differs: { 'chain-order': 'warn' }, verified: true },
  'with one that is of no use': {
    sent: ['good', 'middle', 'selfish'],
    differs: { 'chain-order': 'warn' },
    verified: true,
  },
  'of its own': {
    sent: ['selfish'],
    differs: { 'certificate-trust': 'fail', 'chain-complete': 'not-applicable' },
    verified: false,
  },
  'issued by what is no CA': {
    sent: ['astray', 'no-ca'],
    differs: { 'certificate-trust': 'fail', 'chain-complete': 'pass' },
    verified: false,
  },
  'with a critical extension nobody knows': {
    sent: ['strange', 'middle'],
    differs: { 'certificate-trust': 'fail' },
    verified: false,
  },
  'that must bring a response and does not': {
    sent: ['stapling', 'middle'],
    differs: { 'ocsp-staple': 'warn' },
    verified: true,
  },
};

describe('a chain', { skip: missingTools('openssl') }, () => {
  let pki: SmallPki;
  const LOW = ['-cipher', 'ALL:@SECLEVEL=0'];
  before(() => {
    pki = new SmallPki();
    const [by, extensions] = ['middle', 'server'] as const;
    pki.issue({ name: 'good', by, extensions });
    pki.issue({ name: 'expired', by, extensions, days: [-90, -2] });
    pki.issue({ name: 'early', by, extensions, days: [2, 90] });
    pki.issue({ name: 'soon', by, extensions, days: [-80, 3] });
    pki.issue({ name: 'other', by, extensions: 'other-name' });
    pki.issue({ name: 'client', by, extensions: 'client' });
    pki.issue({ name: 'small', by, extensions, key: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'] });
    pki.issue({ name: 'sha1', by, extensions, digest: 'sha1' });
    pki.issue({ name: 'strange', by, extensions: 'strange' });
    pki.issue({ name: 'stapling', by, extensions: 'stapling' });
    pki.issue({ name: 'selfish', by: 'selfish', extensions });
    pki.issue({ name: 'no-ca', by: 'root', extensions: 'no-ca' });
    pki.issue({ name: 'astray', by: 'no-ca', extensions });
  });
  after(() => pki?.remove());

  for (const [title, { sent, differs, verified }] of Object.entries(CASES)) {
    it(`${title} is judged so, and as openssl has it`, async () => {
      const args = ['-tls1_2', ...LOW, ...pki.sending(...sent)];
      const options = { policy: DEFAULT_POLICY, roots: [pki.pem('root')] };
      const report = await withOpenssl(args, (port) => checked(port, options));
      const verdicts = verdictsOf(report);
      const about = Object.fromEntries(Object.keys(SOUND).map((rule) => [rule, verdicts[rule]]));
      assert.deepEqual(about, { ...SOUND, ...differs });
      assert.equal(pki.isVerified(...sent), verified);
      const [chain] = report.tls?.chains ?? [];
      assert.deepEqual(
        chain?.certificates.map(({ subject }) => subject),
        sent.map((name) => `CN=${name}`),
      );
      assert.equal(chain?.private_trust?.trusted, verdicts['certificate-trust'] === 'pass');
    });
  }

  it('of everybody is bound by what binds public CAs', async () => {
    const options = { policy: DEFAULT_POLICY, public_roots: [pki.pem('root')] };
    const report = await withOpenssl(['-tls1_2', ...pki.sending('good', 'middle')], (port) => checked(port, options));
    const verdicts = verdictsOf(report);
    assert.deepEqual(
      ['certificate-trust', 'certificate-lifetime', 'certificate-transparency'].map((rule) => verdicts[rule]),
      ['pass', 'pass', 'fail'],
    );
  });

  it('is judged the same where TLS 1.3 is all there is', async () => {
    const options = { policy: DEFAULT_POLICY, roots: [pki.pem('root')] };
    const report = await withOpenssl(['-tls1_3', ...pki.sending('other')], (port) => checked(port, options));
    const verdicts = verdictsOf(report);
    const seen = ['certificate-name', 'chain-complete', 'certificate-validity'].map((rule) => verdicts[rule]);
    assert.deepEqual(seen, ['fail', 'fail', 'pass']);
  });
});
