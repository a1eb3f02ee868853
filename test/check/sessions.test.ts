/** What takes more than one flight, of a real server. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { missingTools } from '../acceptance/harness/tools.ts';
import { checked, createPki, type Pki, verdictsOf, withOpenssl } from './servers.ts';

describe('sessions of openssl', { skip: missingTools('openssl') }, () => {
  let pki: Pki;
  before(() => {
    pki = createPki();
  });
  after(() => pki.remove());

  const see = async (...args: string[]) => {
    const files = ['-cert', pki.rsa.cert, '-key', pki.rsa.key];
    const report = await withOpenssl([...files, ...args], (port) => checked(port));
    const { client_renegotiation, resumption_session_id, resumption_ticket, fallback_scsv, ssl2 } =
      report.tls!.handshakes;
    const told = [client_renegotiation, resumption_session_id, resumption_ticket, fallback_scsv, ssl2];
    return { told, verdict: verdictsOf(report)['client-renegotiation'] };
  };

  const ciphers = [
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-RSA-AES256-SHA384',
    'DHE-RSA-AES256-GCM-SHA384',
    'AES128-SHA256',
    'AES256-SHA',
  ];
  for (const cipher of ciphers) {
    it(`are taken up again and renegotiated with ${cipher}`, async () => {
      const { told, verdict } = await see('-tls1_2', '-client_renegotiation', '-cipher', `${cipher}:@SECLEVEL=0`);
      assert.deepEqual(told, ['yes', 'yes', 'yes', 'not-applicable', 'no']);
      assert.equal(verdict, 'fail');
    });
  }

  for (const curve of ['P-256', 'P-384']) {
    it(`are taken up again over ${curve}`, async () => {
      const { told } = await see('-tls1_2', '-groups', curve);
      assert.deepEqual(told, ['no', 'yes', 'yes', 'not-applicable', 'no']);
    });
  }

  for (const version of ['-tls1', '-tls1_1']) {
    it(`are taken up again and renegotiated with ${version.slice(1)}`, async () => {
      const { told } = await see(version, '-client_renegotiation', '-cipher', 'ECDHE-RSA-AES128-SHA:@SECLEVEL=0');
      assert.deepEqual(told, ['yes', 'yes', 'yes', 'not-applicable', 'no']);
    });
  }

  it('have no tickets where they are off, and no renegotiation by default', async () => {
    const { told, verdict } = await see('-no_ticket');
    assert.deepEqual(told, ['no', 'yes', 'no', 'yes', 'no']);
    assert.equal(verdict, 'pass');
  });

  it('are not asked about where there is but TLS 1.3, or where no stranger finishes a handshake', async () => {
    const na = 'not-applicable';
    assert.deepEqual((await see('-tls1_3')).told, [na, na, na, na, 'no']);
    assert.deepEqual((await see('-tls1_2', '-Verify', '1')).told, [na, 'unknown', 'unknown', na, 'no']);
  });
});
