/** Servers set up as a policy has it, judged by that policy. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { POLICIES } from '../../src/check/policies/index.ts';
import { freePort, type Nginx, startNginx } from '../acceptance/harness/nginx.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { checked, createPki, type Pki, verdictsOf } from './servers.ts';

/** As ssl-config.mozilla.org writes it, without the hybrid group, which OpenSSL has from 3.5 on. */
const GROUPS = 'ssl_ecdh_curve X25519:prime256v1:secp384r1;';
const INTERMEDIATE = `ssl_protocols TLSv1.2 TLSv1.3; ${GROUPS} ssl_ciphers ${[
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384'],
  ...['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':')}; ssl_prefer_server_ciphers off;`;

describe('a server that is set up', { skip: missingTools('openssl', 'nginx') }, () => {
  let pki: Pki;
  let nginx: Nginx;
  const ports = { intermediate: 0, modern: 0, old: 0, long: 0 };
  before(async () => {
    pki = createPki();
    for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = await freePort();
    const rsa3072 = { cert: join(pki.folder, 'rsa3072.pem'), key: join(pki.folder, 'rsa3072.key') };
    const out = ['-keyout', rsa3072.key, '-out', rsa3072.cert, '-days', '400', '-subj', '/CN=rsa3072'];
    execFileSync('openssl', ['req', '-x509', '-nodes', '-newkey', 'rsa:3072', ...out], { stdio: 'ignore' });
    nginx = await startNginx(join(pki.folder, 'nginx'), [
      { name: 'intermediate', port: ports.intermediate, ...pki.rsa, directives: INTERMEDIATE },
      {
        name: 'modern',
        port: ports.modern,
        ...pki.ecdsa,
        directives: `ssl_protocols TLSv1.3; ${GROUPS} ssl_prefer_server_ciphers off;`,
      },
      {
        name: 'old',
        port: ports.old,
        ...pki.rsa,
        directives: 'ssl_protocols TLSv1.1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0; ssl_prefer_server_ciphers on;',
      },
      { name: 'long', port: ports.long, ...rsa3072, directives: INTERMEDIATE },
    ]);
  });
  after(async () => {
    await nginx.stop();
    pki.remove();
  });

  const by = async (id: string, port: number) => {
    const { 'post-quantum-group': _group, ...verdicts } = verdictsOf(
      await checked(port, { policy: POLICIES.get(id)! }),
    );
    return verdicts;
  };

  it("as Mozilla's intermediate has it passes that", async () => {
    assert.deepEqual(await by('mozilla-6.0-intermediate', ports.intermediate), {
      tls13: 'pass',
      'dh-size': 'not-applicable',
      'allowed-versions': 'pass',
      'allowed-cipher-suites': 'pass',
      'allowed-groups': 'pass',
      'client-order': 'pass',
      'certificate-kind': 'pass',
    });
  });

  it("as Mozilla's modern has it passes that, as far as its certificate can be seen", async () => {
    const { 'certificate-kind': kind, ...verdicts } = await by('mozilla-6.0-modern', ports.modern);
    assert.match(kind ?? '', /^(pass|could-not-tell)$/);
    assert.deepEqual(verdicts, {
      'allowed-versions': 'pass',
      'allowed-cipher-suites': 'pass',
      'allowed-groups': 'pass',
      'client-order': 'pass',
    });
  });

  it("as Mozilla's intermediate has it fails modern", async () => {
    const verdicts = await by('mozilla-6.0-modern', ports.intermediate);
    assert.deepEqual(
      Object.keys(verdicts).filter((rule) => verdicts[rule] === 'fail'),
      ['allowed-versions', 'allowed-cipher-suites', 'certificate-kind'],
    );
  });

  it('with a key of 2048 bits is warned of it by NCSC-NL, and passes otherwise', async () => {
    const verdicts = {
      'dh-size': 'not-applicable',
      'secure-renegotiation': 'pass',
      compression: 'pass',
      'allowed-versions': 'pass',
      'allowed-cipher-suites': 'pass',
      'allowed-groups': 'pass',
    };
    assert.deepEqual(await by('ncsc-nl-2025', ports.intermediate), { ...verdicts, 'certificate-kind': 'warn' });
    assert.deepEqual(await by('ncsc-nl-2025', ports.long), { ...verdicts, 'certificate-kind': 'pass' });
  });

  it('with a certificate for 400 days fails what allows 366', async () => {
    const { 'certificate-kind': kind } = await by('mozilla-6.0-intermediate', ports.long);
    assert.equal(kind, 'fail');
  });

  it('as nobody should fails everywhere', async () => {
    for (const id of POLICIES.keys()) {
      const verdicts = Object.values(await by(id, ports.old));
      assert.ok(verdicts.includes('fail'), id);
    }
    const { 'allowed-versions': versions, 'client-order': order } = await by('mozilla-6.0-intermediate', ports.old);
    assert.deepEqual([versions, order], ['fail', 'warn']);
  });
});
