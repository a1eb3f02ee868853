/** OCSP responses that real servers staple, judged from outside. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { DEFAULT_POLICY } from '../../src/check/policies/index.ts';
import { parseClientHello } from '../../src/protocol/tls/client-hello.ts';
import { freePort, startNginx } from '../acceptance/harness/nginx.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { certId, forged, single, time } from './forged-response.ts';
import { createStaplingPki, type Ordered, ordered } from './ocsp-responder.ts';
import type { SmallPki } from './pki.ts';
import { checked, withOpenssl, withRaw } from './servers.ts';

const ABOUT_LEAF = { leaf: 'leaf', issuer: 'middle' } as const;
const BY_CA: Ordered = { ...ABOUT_LEAF, signer: 'middle' };
const BY_RESPONDER: Ordered = { ...ABOUT_LEAF, signer: 'responder' };
const BY_STRANGER: Ordered = { ...ABOUT_LEAF, signer: 'stranger' };

const DAY_MS = 86_400_000;

/** openssl makes none. */
function outOfDate(pki: SmallPki): Buffer {
  const [from, until] = [3, 1].map((days) => time(Date.now() - days * DAY_MS));
  const id = certId(pki.pem('leaf'), pki.pem('middle'));
  const singles = [single({ id, this_update: from!, next_update: until! })];
  return forged({ signer: pki.pem('middle'), key: readFileSync(pki.file('middle.key'), 'utf8'), singles });
}

describe('an OCSP response', { skip: missingTools('openssl') }, () => {
  let pki: SmallPki;
  before(() => {
    pki = createStaplingPki();
  });
  after(() => pki?.remove());

  interface Case {
    readonly leaf: string;
    readonly response: () => Buffer;
    /** Of tls/ocsp-staple and tls/ocsp-response. */
    readonly verdicts: readonly [string, string];
    readonly facts?: RegExp;
    readonly holds?: boolean;
  }

  const by = (order: Partial<Ordered>) => () => ordered(pki, { ...BY_CA, ...order });

  const CASES: Record<string, Case> = {
    'by the CA': { leaf: 'leaf', response: by({}), verdicts: ['pass', 'pass'] },
    'by a responder': { leaf: 'leaf', response: by(BY_RESPONDER), verdicts: ['pass', 'pass'] },
    'by a CA that has revoked it': {
      leaf: 'revoked',
      response: by({ leaf: 'revoked' }),
      verdicts: ['pass', 'fail'],
      facts: /^it says that the certificate was revoked on 20\d\d-\d\d-\d\d \(keyCompromise\)$/,
    },
    'about another certificate': {
      leaf: 'leaf',
      response: by({ leaf: 'sibling' }),
      verdicts: ['pass', 'fail'],
      facts: /^it is for another certificate$/,
    },
    'by a stranger': {
      leaf: 'leaf',
      response: by(BY_STRANGER),
      verdicts: ['pass', 'fail'],
      facts: /^the CA of the certificate did not certify its signer$/,
      holds: false,
    },
    'with a signature that was changed': {
      leaf: 'leaf',
      response: by({ options: ['-ndays', '4', '-badsig'] }),
      verdicts: ['pass', 'fail'],
      facts: /^its signature does not verify$/,
      holds: false,
    },
    'that is out of date': {
      leaf: 'leaf',
      response: () => outOfDate(pki),
      verdicts: ['warn', 'pass'],
      facts: /^it held until 20\d\d-\d\d-\d\d$/,
    },
    'without an end': {
      leaf: 'leaf',
      response: by({ options: [] }),
      verdicts: ['warn', 'pass'],
      facts: /^it does not say how long it holds$/,
    },
    'that is still signed with SHA-1': {
      leaf: 'leaf',
      response: by({ signer: 'rsa', options: ['-ndays', '4', '-rmd', 'sha1'] }),
      verdicts: ['warn', 'pass'],
      facts: /^it rests on RSA with SHA-1$/,
    },
  };
  for (const [title, { leaf, response, verdicts, facts, holds = true }] of Object.entries(CASES)) {
    for (const version of ['-tls1_2', '-tls1_3']) {
      it(`${title}, stapled with ${version.slice(1)}, is judged by the rules`, async () => {
        const file = pki.file('stapled.der');
        writeFileSync(file, response());
        const args = [version, ...pki.sending(leaf, 'middle'), '-status_file', file];
        const options = { policy: DEFAULT_POLICY, roots: [pki.pem('root')] };
        const { results, tls } = await withOpenssl(args, (port) => checked(port, options));
        const about_staples = results.filter(({ rule }) => rule.startsWith('tls/ocsp-'));
        assert.deepEqual(
          about_staples.map(({ verdict }) => verdict),
          verdicts,
        );
        const found = about_staples.flatMap((result) => result.facts).join('\n');
        assert.match(found, facts ?? /^$/);
        const staple = tls?.chains[0]?.staples[0];
        assert.deepEqual([staple?.response_status, staple?.signature_holds], ['successful', holds]);
      });
    }
  }

  it('that differs from version to version is judged in each', async () => {
    const served = (version: string, order: Ordered) => {
      const file = pki.file(`${version}.der`);
      writeFileSync(file, ordered(pki, order));
      return [version, ...pki.sending('leaf', 'middle'), '-status_file', file];
    };
    const older = served('-tls1_2', BY_CA);
    const newer = served('-tls1_3', BY_STRANGER);
    const options = { policy: DEFAULT_POLICY, roots: [pki.pem('root')] };
    const { results, tls } = await withOpenssl(older, (port_12) =>
      withOpenssl(newer, (port_13) =>
        withRaw(
          (socket) =>
            void socket.once('data', (hello: Buffer) => {
              const parsed = parseClientHello(hello);
              const is_newer = parsed.state === 'complete' && parsed.hello.versions.includes(0x0304);
              const behind = connect({ port: is_newer ? port_13 : port_12, host: '127.0.0.1' });
              behind.on('error', () => socket.destroy());
              behind.write(hello);
              behind.pipe(socket).pipe(behind);
            }),
          (port) => checked(port, options),
        ),
      ),
    );
    assert.equal(results.find(({ rule }) => rule === 'tls/ocsp-response')?.verdict, 'fail');
    assert.deepEqual(tls?.chains[0]?.staples.map(({ signature_holds }) => signature_holds).toSorted(), [false, true]);
  });

  it('of nginx with TLS 1.2 and 1.3 is one, and judged once', { skip: missingTools('nginx') }, async () => {
    const port = await freePort();
    const [cert, file] = [pki.file('served.pem'), pki.file('nginx.der')];
    writeFileSync(cert, pki.pem('leaf', 'middle'));
    writeFileSync(file, ordered(pki, { ...ABOUT_LEAF, signer: 'responder' }));
    const directives = `ssl_protocols TLSv1.2 TLSv1.3; ssl_stapling on; ssl_stapling_file ${file};`;
    const server = { name: 'stapling', port, cert, key: pki.file('leaf.key'), directives };
    const nginx = await startNginx(pki.file('nginx'), [server]);
    try {
      const { results, tls } = await checked(port, { policy: DEFAULT_POLICY, roots: [pki.pem('root')] });
      const about_staples = results.filter(({ rule }) => rule.startsWith('tls/ocsp-'));
      assert.deepEqual(
        about_staples.map(({ verdict }) => verdict),
        ['pass', 'pass'],
      );
      const accepted = tls?.versions.filter(({ acceptance }) => acceptance === 'accepted').map(({ name }) => name);
      assert.deepEqual(accepted, ['TLS 1.2', 'TLS 1.3']);
      assert.deepEqual(
        tls?.chains.flatMap(({ staples }) => staples.map(({ delegated, signer }) => [delegated, signer])),
        [[true, 'CN=responder']],
      );
    } finally {
      await nginx.stop();
    }
  });
});
