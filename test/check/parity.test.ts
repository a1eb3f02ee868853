/** What the prober finds is what openssl s_client gets through with, suite by suite, on the same server. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { getDiffieHellman } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TargetReport } from '../../src/check/report/report.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { dhParameters } from './lab/dh-parameters.ts';
import { startSoftware } from './lab/software.ts';
import { checked, connects, createPki, type Pki, suitesOf, verdictsOf, withOpenssl } from './servers.ts';

const ALL = 'ALL:COMPLEMENTOFALL:@SECLEVEL=0';
const TLS13 = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
  'TLS_AES_128_CCM_8_SHA256',
];
const PSK = ['-psk', '1a2b3c4d'];
const CLIENTS = 2;

interface Known {
  readonly iana: string;
  readonly name: string;
  readonly needs_tls12: boolean;
}

/** Every suite before TLS 1.3 that this openssl can. */
function known(): Known[] {
  return execFileSync('openssl', ['ciphers', '-stdname', '-v', ALL], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [iana, , name, version] = line.split(/\s+/);
      return iana && name && version !== 'TLSv1.3' ? [{ iana, name, needs_tls12: version === 'TLSv1.2' }] : [];
    });
}

async function takenOneByOne(port: number, suites: readonly Known[], flag: string): Promise<string[]> {
  const taken: string[] = [];
  const left = [...suites];
  const client = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const { iana, name } = next;
      if (await connects(port, flag, '-cipher', `${name}:@SECLEVEL=0`, ...PSK)) taken.push(iana);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return taken.toSorted();
}

describe('beside openssl', { skip: missingTools('openssl') }, () => {
  let pki: Pki;
  before(() => {
    pki = createPki();
  });
  after(() => pki.remove());

  it('the suites of a server that takes all it can are the same, each asked for alone', async () => {
    const { rsa, ecdsa } = pki;
    const certificates = ['-cert', rsa.cert, '-key', rsa.key, '-dcert', ecdsa.cert, '-dkey', ecdsa.key];
    const args = [...certificates, '-cipher', ALL, '-ciphersuites', TLS13.join(':'), ...PSK];
    await withOpenssl(args, async (port) => {
      const report = await checked(port);
      assert.equal(report.problem, null);
      const suites = known();
      assert.deepEqual(suitesOf(report, 'TLS 1.2'), await takenOneByOne(port, suites, '-tls1_2'));
      // What TLS 1.1 has is what TLS 1.0 has, and no more; one suite shows the version.
      const old = suites.filter(({ needs_tls12 }) => !needs_tls12);
      assert.deepEqual(suitesOf(report, 'TLS 1.0'), await takenOneByOne(port, old, '-tls1'));
      assert.deepEqual(suitesOf(report, 'TLS 1.1'), suitesOf(report, 'TLS 1.0'));
      assert.equal(await connects(port, '-tls1_1', '-cipher', 'AES128-SHA:@SECLEVEL=0'), true);
      const taken13 = await Promise.all(TLS13.map((name) => connects(port, '-tls1_3', '-ciphersuites', name)));
      assert.deepEqual(suitesOf(report, 'TLS 1.3'), TLS13.filter((_, index) => taken13[index]).toSorted());
    });
  });

  const set_ups: readonly [string, string[], string[]][] = [
    ['TLS 1.2 alone', ['-tls1_2'], ['TLS 1.2']],
    ['TLS 1.3 alone', ['-tls1_3'], ['TLS 1.3']],
    ['all but TLS 1.2', ['-no_tls1_2', '-cipher', 'DEFAULT:@SECLEVEL=0'], ['TLS 1.0', 'TLS 1.1', 'TLS 1.3']],
  ];
  for (const [what, args, expected] of set_ups) {
    it(`the versions are those of the server: ${what}`, async () => {
      const report = await withOpenssl(['-cert', pki.rsa.cert, '-key', pki.rsa.key, ...args], (port) => checked(port));
      assert.deepEqual(accepted(report), expected);
      assert.equal(report.problem, null);
    });
  }

  it('chosen suites in the order of the server, and the groups it has', async () => {
    const chosen = 'ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256';
    const args = ['-tls1_2', '-serverpref', '-cipher', chosen, '-groups', 'P-384:X25519', '-key', pki.rsa.key];
    const report = await withOpenssl([...args, '-cert', pki.rsa.cert], (port) => checked(port));
    const version = report.tls?.versions.find(({ name }) => name === 'TLS 1.2');
    assert.deepEqual(version?.cipher_suites.names, [
      'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
      'TLS_DHE_RSA_WITH_AES_128_CBC_SHA',
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
    ]);
    assert.equal(version?.order, 'server');
    assert.deepEqual(version?.groups.names.toSorted(), ['secp384r1', 'x25519']);
    assert.deepEqual(report.tls?.key_sizes, [{ cipher_suite: 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA', bits: 2048 }]);
    assert.equal(verdictsOf(report)['dh-size'], 'pass');
  });

  it('a group of 1024 bits is a failure, and a client certificate that is asked for is seen', async () => {
    const file = join(pki.folder, 'dh.pem');
    writeFileSync(file, dhParameters(getDiffieHellman('modp2').getPrime()));
    const args = ['-tls1_2', '-cipher', 'DHE:@SECLEVEL=0', '-dhparam', file, '-Verify', '1'];
    const files = ['-cert', pki.rsa.cert, '-key', pki.rsa.key];
    const report = await withOpenssl([...args, ...files], (port) => checked(port));
    assert.equal(verdictsOf(report)['dh-size'], 'fail');
    assert.ok(report.tls?.key_sizes.every(({ bits }) => bits === 1024));
    assert.equal(report.tls?.client_certificate, true);
  });

  it('the certificate is there as sent, one for each kind of key', async () => {
    const { rsa, ecdsa } = pki;
    const files = ['-cert', rsa.cert, '-key', rsa.key, '-dcert', ecdsa.cert, '-dkey', ecdsa.key];
    const report = await withOpenssl(['-tls1_2', ...files], (port) => checked(port));
    const subjects = report.tls?.chains.map(({ certificates }) => certificates.map(({ subject }) => subject));
    assert.deepEqual(subjects?.toSorted(), [['CN=ecdsa'], ['CN=rsa']]);
  });
  it('a server that chooses its certificate by the hello shows the suites of either', {
    skip: missingTools('haproxy'),
  }, async () => {
    const lines = ['ssl-default-bind-options ssl-max-ver TLSv1.2', 'ssl-default-bind-ciphers ECDHE+AESGCM'];
    const folder = join(pki.folder, 'haproxy');
    const server = await startSoftware('haproxy', { folder, certificates: [pki.rsa, pki.ecdsa], lines });
    try {
      assert.deepEqual(suitesOf(await checked(server.port, { name: 'localhost' }), 'TLS 1.2'), [
        'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
        'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
        'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256',
        'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384',
      ]);
    } finally {
      await server.stop();
    }
  });
});

function accepted({ tls }: TargetReport): string[] {
  return tls?.versions.filter(({ acceptance }) => acceptance === 'accepted').map(({ name }) => name) ?? [];
}
