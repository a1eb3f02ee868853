/** Behind STARTTLS of every protocol a server of the field is judged as openssl sees it, and one without TLS is told apart from a broken one. */
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TargetReport } from '../../../src/check/report/report.ts';
import { missingTools } from '../../acceptance/harness/tools.ts';
import { CLEAR_PROGRAMS, type ClearProtocol, startInClear } from '../../check/lab/in-clear.ts';
import { createLabPki, type KeyPair, type LabPki } from '../../check/lab/pki.ts';
import { checked, suitesOf } from '../../check/servers.ts';

const PROTOCOLS = Object.keys(CLEAR_PROGRAMS) as ClearProtocol[];
const HOST = 'localhost';
const CLIENT_MS = 10_000;

const FLAGS: Readonly<Record<string, string>> = {
  'TLS 1.0': '-tls1',
  'TLS 1.1': '-tls1_1',
  'TLS 1.2': '-tls1_2',
  'TLS 1.3': '-tls1_3',
};

/** What is told of a server that has no TLS. */
const WITHOUT_TLS: Readonly<Record<ClearProtocol, string>> = {
  imap: 'STARTTLS is not offered',
  pop3: 'STLS is not offered',
  ftp: 'AUTH TLS is not offered (530)',
  ldap: 'StartTLS is not offered',
  postgres: 'TLS is not offered',
  mysql: 'TLS is not offered',
  xmpp: 'STARTTLS is not offered',
  'xmpp-server': 'STARTTLS is not offered',
};

interface Known {
  readonly name: string;
  readonly iana: string;
  readonly is_13: boolean;
}

/** Suites for who knows a secret beforehand. */
const FOR_CONFIDANTS = /PSK|SRP/;

/** Every suite this openssl has for strangers. */
function knownSuites(): Known[] {
  const listed = execFileSync('openssl', ['ciphers', '-stdname', '-v', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'], {
    encoding: 'utf8',
  });
  return listed.split('\n').flatMap((line) => {
    const [iana, , name, version] = line.split(/\s+/);
    return iana && name && !FOR_CONFIDANTS.test(iana) ? [{ iana, name, is_13: version === 'TLSv1.3' }] : [];
  });
}

/** The suite `openssl s_client` with these options comes to; null where there is no handshake. */
function chosenBy(protocol: ClearProtocol, port: number, args: readonly string[]): Promise<string | null> {
  const names = ['-starttls', protocol, '-name', HOST, '-servername', HOST];
  const bare = ['-no-CAfile', '-no-CApath', '-no-CAstore'];
  const options = { encoding: 'latin1', timeout: CLIENT_MS } as const;
  return new Promise((resolve) => {
    const all = ['s_client', '-connect', `127.0.0.1:${port}`, ...names, ...bare, ...args];
    const client = execFile('openssl', all, options, (_error, stdout) => {
      const [, name = '(NONE)'] = /, Cipher is (\S+)/.exec(stdout) ?? [];
      resolve(name === '(NONE)' ? null : name);
    });
    client.stdin?.end();
  });
}

/**
 * All it offers but what was taken before, until the server says no. Diffie-Hellman in finite fields goes by itself, for a server
 * may break off where it chooses that.
 */
async function takenBy(protocol: ClearProtocol, port: number, version: string, known: readonly Known[]) {
  const fitting = known.filter(({ is_13 }) => is_13 === (version === 'TLS 1.3'));
  const taken: string[] = [];
  const exchanges = Map.groupBy(fitting, ({ iana }) => iana.startsWith('TLS_DH'));
  const takenOf = async (suites: readonly Known[]) => {
    let left = suites;
    while (left.length > 0) {
      const names = left.map(({ name }) => name).join(':');
      const offer = version === 'TLS 1.3' ? ['-ciphersuites', names] : ['-cipher', `${names}:@SECLEVEL=0`];
      const chosen = await chosenBy(protocol, port, [FLAGS[version]!, ...offer]);
      if (chosen === null) break;
      taken.push(...left.filter(({ name }) => name === chosen).map(({ iana }) => iana));
      left = left.filter(({ name }) => name !== chosen);
    }
  };
  await Promise.all([...exchanges.values()].map(takenOf));
  return taken.toSorted();
}

const acceptedBy = ({ tls }: TargetReport) =>
  tls?.versions.filter(({ acceptance }) => acceptance === 'accepted').map(({ name }) => name) ?? [];

const digestsOf = (pem: string) =>
  (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map((one) =>
    new X509Certificate(one).fingerprint256.replaceAll(':', '').toLowerCase(),
  );

describe('a server that begins in clear', () => {
  let folder = '';
  let pki: LabPki;
  let known: readonly Known[] = [];
  before(() => {
    if (missingTools('openssl') !== false) return;
    folder = mkdtempSync(join(tmpdir(), 'sallyport-in-clear-'));
    // The servers run as another user.
    chmodSync(folder, 0o755);
    pki = createLabPki(folder);
    known = knownSuites();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const withServer = async (protocol: ClearProtocol, tls: KeyPair | null, use: (port: number) => Promise<void>) => {
    const server = await startInClear(protocol, join(folder, `${protocol}-${tls === null ? 'plain' : 'tls'}`), tls);
    await use(server.port).finally(() => server.stop());
  };

  for (const protocol of PROTOCOLS) {
    const programs = CLEAR_PROGRAMS[protocol];
    const skip = missingTools('openssl', 'setpriv', ...programs);

    it(`and speaks ${protocol} (${programs[0]}) is seen as openssl sees it, suite by suite`, { skip }, async () => {
      await withServer(protocol, pki.rsa, async (port) => {
        const roots = [readFileSync(pki.root, 'utf8')];
        const report = await checked(port, { timeout_ms: 60_000, starttls: protocol, host: HOST, roots });
        assert.equal(report.problem, null);
        const versions: string[] = [];
        for (const version of Object.keys(FLAGS)) {
          const taken = await takenBy(protocol, port, version, known);
          if (taken.length > 0) versions.push(version);
          const found = suitesOf(report, version).filter((name) => known.some(({ iana }) => iana === name));
          assert.deepEqual(found, taken, version);
        }
        assert.deepEqual(acceptedBy(report), versions);
        assert.ok(versions.includes('TLS 1.2') && versions.includes('TLS 1.3'), String(versions));
        assertCertificates(report, readFileSync(pki.rsa.cert, 'utf8'));
      });
    });

    it(`and speaks ${protocol} (${programs[0]}) without TLS is told to offer none, and left alone`, {
      skip,
    }, async () => {
      await withServer(protocol, null, async (port) => {
        const { verdict, problem, connections } = await checked(port, { starttls: protocol, host: HOST });
        assert.deepEqual([verdict, problem], ['unfinished', WITHOUT_TLS[protocol]]);
        assert.ok(connections <= 6, String(connections));
      });
    });
  }

  it('and serves another host than the one that is asked for says so', {
    skip: missingTools('openssl', 'setpriv', 'prosody'),
  }, async () => {
    await withServer('xmpp', pki.ecdsa, async (port) => {
      const { verdict, problem } = await checked(port, { starttls: 'xmpp', host: 'elsewhere.example' });
      assert.deepEqual([verdict, problem], ['unfinished', 'the stream is refused (host-unknown)']);
    });
  });
});

/** As sent, and trusted by the root they were made with. */
function assertCertificates({ tls }: TargetReport, pem: string): void {
  assert.deepEqual(
    tls?.chains.map(({ certificates }) => certificates.map(({ sha256 }) => sha256)),
    [digestsOf(pem)],
  );
  assert.equal(tls?.chains[0]?.private_trust?.trusted, true);
}
