import assert from 'node:assert/strict';
import { KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { LoadError } from '../../src/core/errors/faults.ts';
import { judgeCaCertificate } from '../../src/core/trust/ca-certificate.ts';
import { readCaKey } from '../../src/core/trust/ca-key.ts';
import { writePem } from '../../src/core/trust/pem.ts';
import { diskFiles } from '../../src/core/trust/server-identity.ts';
import { missingTools } from '../acceptance/harness/tools.ts';
import { DAY_MS, type Forged, forge, NOW_MS, SERVER_AUTH } from './forge.ts';
import { openssl, withFolder } from './openssl.ts';

const CRL_SIGN = 64;

const root = await forge({ name: 'Machines CA', ca: true });
const middle = await forge({ name: 'Machines Issuing', issuer: root, ca: true });
const stranger = await forge({ name: 'Corporate CA', ca: true });

const pemKey = (forged: Forged): string =>
  KeyObject.from(forged.keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();

function faultsOf(load: () => unknown): string {
  try {
    load();
    return 'ok';
  } catch (error) {
    assert.ok(error instanceof LoadError);
    return error.faults.map(({ code, file, message }) => `${file}: ${code} ${message}`).join('\n');
  }
}

const judged = (pem: string, trusted = pem, now_ms = NOW_MS) =>
  faultsOf(() => judgeCaCertificate({ file: 'ca.pem', pem, bundles: [{ name: 'machines', pem: trusted }], now_ms }));

describe('the certificate of a CA of the gate', () => {
  it('is a root, or stands with its root, in the bundle that vouches for it', () => {
    const bundles = [
      { name: 'other', pem: stranger.pem },
      { name: 'machines', pem: middle.pem + root.pem },
    ];
    const { trust, certificate } = judgeCaCertificate({ file: 'ca.pem', pem: middle.pem, bundles, now_ms: NOW_MS });
    assert.deepEqual([trust.name, certificate.subject], ['machines', 'CN=Machines Issuing']);
    assert.equal(judged(root.pem), 'ok');
  });

  it('is refused where no zone trusts it, or two names do', () => {
    assert.match(judged(middle.pem, root.pem), /^ca\.pem: CONFIG_REFERENCE no zone trusts this CA/);
    const bundles = ['a', 'b'].map((name) => ({ name, pem: root.pem }));
    assert.match(
      faultsOf(() => judgeCaCertificate({ file: 'ca.pem', pem: root.pem, bundles, now_ms: NOW_MS })),
      /CONFIG_DUPLICATE it stands under trust a and trust b/,
    );
  });

  describe('that another trust could vouch for', () => {
    const beside = (machines: string, corp: string) =>
      faultsOf(() =>
        judgeCaCertificate({
          file: 'ca.pem',
          pem: middle.pem,
          bundles: [
            { name: 'corp', pem: corp },
            { name: 'machines', pem: machines },
          ],
          now_ms: NOW_MS,
        }),
      );
    const own = middle.pem + root.pem;

    it('through its root is refused', () => {
      const said = beside(own, root.pem);
      assert.match(
        said,
        /^ca\.pem: CONFIG_DUPLICATE trust corp could vouch for what it issues too, by CN=Machines CA$/,
      );
    });

    it('through its root in another certificate is refused', async () => {
      const again = await forge({ name: 'Renamed CA', ca: true, keys: root.keys });
      assert.match(beside(own, again.pem), /CONFIG_DUPLICATE .* by CN=Renamed CA$/);
    });

    it('through its own key in another certificate is refused', async () => {
      const crossed = await forge({ name: 'Machines Issuing', ca: true, keys: middle.keys, issuer: stranger });
      assert.match(beside(own, crossed.pem + stranger.pem), /CONFIG_DUPLICATE .* by CN=Machines Issuing$/);
      // The one that leads elsewhere stands in its own bundle.
      assert.match(beside(own + crossed.pem, stranger.pem), /CONFIG_DUPLICATE .* by CN=Corporate CA$/);
    });

    it('through a root that its own bundle does not hold is refused', () => {
      assert.match(beside(middle.pem + stranger.pem, root.pem), /CONFIG_DUPLICATE .* by CN=Machines CA$/);
    });

    it('does so only with one of these keys, whatever names it has', async () => {
      const namesake = await forge({ name: 'Machines CA', ca: true });
      assert.equal(beside(own, namesake.pem), 'ok');
      assert.equal(beside(own, `${writePem('CERTIFICATE', Buffer.from('garbage'))}${stranger.pem}`), 'ok');
    });
  });

  const WRONG = {
    'no CA': [{ ca: false }, /CERT_CHAIN it is not the certificate of a CA/],
    'not allowed to sign certificates': [{ key_usage: CRL_SIGN }, /CERT_CHAIN it is not the certificate/],
    'a CA for servers alone': [{ extended_key_usage: [SERVER_AUTH] }, /CERT_CHAIN its extended key usage/],
    'without key identifier': [{ bare: true }, /CERT_CHAIN it has no subject key identifier/],
    expired: [{ from_days: -9, to_days: -1 }, /CERT_EXPIRED it expired at 2026-05-31T12:00:00/],
    'not yet valid': [{ from_days: 1 }, /CERT_EXPIRED it is not valid before/],
    weak: [{ kind: 'RSA-1024' }, /KEY_WEAK RSA key of 1024 bits/],
  } as const;
  for (const [what, [order, said]] of Object.entries(WRONG)) {
    it(`is refused when it is ${what}`, async () => {
      const { pem } = await forge({ name: 'CA', ca: true, ...order });
      assert.match(judged(pem), said);
    });
  }

  it('is refused when nothing here signs with its kind of key', { skip: missingTools('openssl') }, () => {
    for (const kind of ['RSA-PSS', 'Ed448']) {
      const pem = withFolder((folder) => {
        const args = ['req', '-x509', '-newkey', kind, '-nodes', '-subj', '/CN=CA', '-keyout', 'key', '-out', 'pem'];
        openssl(args, folder);
        return readFileSync(join(folder, 'pem'), 'utf8');
      });
      assert.match(judged(pem, pem, Date.now()), new RegExp(`KEY_WEAK certificates cannot .* of type ${kind}`));
    }
  });

  it('is refused when nothing readable stands first in its file', async () => {
    for (const pem of ['', 'none', pemKey(root), root.pem.replace('MII', 'MIA')]) {
      assert.match(judged(pem, root.pem), /^ca\.pem: CERT_UNREADABLE/);
    }
  });

  it('is refused with a private key in its file, and no part of that is told', () => {
    const encrypted = pemKey(root).replaceAll('PRIVATE', 'ENCRYPTED PRIVATE');
    const old = pemKey(root).replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n');
    for (const key of [pemKey(root), encrypted, old, pemKey(root).slice(0, 90)]) {
      for (const pem of [root.pem + key, key + root.pem, `${root.pem}${middle.pem}words\n${key}`]) {
        const said = judged(pem, root.pem);
        assert.match(said, /^ca\.pem: CERT_UNREADABLE a private key stands in it/);
        assert.equal(said.includes(key.slice(40, 60)), false);
      }
    }
  });

  it('is refused with anything else in its file but certificates', () => {
    const list = writePem('X509 CRL', Buffer.from('3000', 'hex'));
    assert.match(judged(root.pem + list, root.pem), /CERT_UNREADABLE a block X509 CRL stands in it/);
    assert.match(
      judged(`${root.pem}-----BEGIN CERTIFICATE-----`, root.pem),
      /CERT_UNREADABLE a PEM block in it cannot/,
    );
    assert.equal(judged(`the CA\n${root.pem}${middle.pem}its issuer`, root.pem), 'ok');
  });

  it('is judged as of the time that is given', () => {
    assert.match(judged(root.pem, root.pem, NOW_MS + 31 * DAY_MS), /CERT_EXPIRED/);
  });
});

describe('the key of a CA', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-ca-'));
  after(() => rmSync(folder, { recursive: true }));
  const read = (name: string, text: string, mode = 0o600) => {
    const key_path = join(folder, name);
    writeFileSync(key_path, text, { mode });
    return faultsOf(() => readCaKey({ certificate: root.pem, key_path, files: diskFiles }));
  };

  it('is the private key of its certificate', () => {
    assert.equal(read('sound', pemKey(root)), 'ok');
    assert.match(read('other', pemKey(middle)), /other: KEY_MISMATCH the key does not belong/);
  });

  it('is the owner’s alone, and readable', () => {
    assert.match(read('open', pemKey(root), 0o640), /open: CONFIG_FILE_MODE/);
    assert.match(read('garbage', 'garbage'), /garbage: KEY_UNREADABLE/);
    const missing = faultsOf(() =>
      readCaKey({ certificate: root.pem, key_path: join(folder, 'none'), files: diskFiles }),
    );
    assert.match(missing, /none: CONFIG_FILE /);
  });
});
