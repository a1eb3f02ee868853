import assert from 'node:assert/strict';
import { KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { rootCertificates } from 'node:tls';
import { LoadError } from '../../src/core/errors/faults.ts';
import { ParsedCertificate } from '../../src/core/trust/certificate.ts';
import { judgeServerChain } from '../../src/core/trust/server-chain.ts';
import { loadServerIdentity } from '../../src/core/trust/server-identity.ts';
import { CLIENT_AUTH, DAY_MS, dns, type Forged, forge, NOW_MS, SERVER_AUTH } from './forge.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-server-'));
after(() => rmSync(folder, { recursive: true }));

const root = await forge({ name: 'Root', ca: true });
const middle = await forge({ name: 'Issuing', issuer: root, ca: true });
const lower = await forge({ name: 'Issuing 2', issuer: middle, ca: true });
const names = [...dns('api.example.org'), { type: 'ip' as const, value: '127.0.0.1' }];
const serve = (issuer?: Forged, order = {}) =>
  forge({ name: 'api', ...(issuer ? { issuer } : {}), names, extended_key_usage: [SERVER_AUTH], ...order });
const leaf = await serve(lower);

function pemKey(forged: Forged): string {
  return KeyObject.from(forged.keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
}

function load(chain: string, key = pemKey(leaf), wanted = ['api.example.org'], now_ms = NOW_MS) {
  const chain_path = join(folder, 'chain.pem');
  const key_path = join(folder, 'key.pem');
  writeFileSync(chain_path, chain);
  writeFileSync(key_path, key, { mode: 0o600 });
  return loadServerIdentity({ chain_path, key_path, names: wanted, now_ms });
}

function faults(...args: Parameters<typeof load>): string {
  try {
    load(...args);
    return 'ok';
  } catch (error) {
    assert.ok(error instanceof LoadError);
    return error.faults.map((fault) => `${fault.code} ${fault.message}`).join('\n');
  }
}

const full = leaf.pem + lower.pem + middle.pem;

describe('loadServerIdentity', () => {
  it('loads a complete chain and does not send its root', () => {
    const identity = load(full + root.pem);
    assert.equal(identity.cert.match(/BEGIN CERTIFICATE/g)?.length, 3);
    assert.match(identity.key, /^-----BEGIN PRIVATE KEY-----/);
    assert.equal(identity.not_after_ms, NOW_MS + 30 * DAY_MS);
  });

  it('accepts a self-signed certificate that is its own root', async () => {
    const lone = await serve();
    assert.match(load(lone.pem, pemKey(lone)).cert, /BEGIN CERTIFICATE/);
  });

  it('refuses a chain without its intermediate or private root and names what is missing', () => {
    assert.match(faults(leaf.pem), /CERT_CHAIN the chain is incomplete: the certificate of "CN=Issuing 2"/);
    assert.match(faults(leaf.pem + lower.pem), /certificate of "CN=Issuing", issuer of certificate 2/);
    assert.match(faults(full), /certificate of "CN=Root", issuer of certificate 3 of the chain, is missing/);
    assert.match(faults(leaf.pem + middle.pem + root.pem), /not followed by its issuer "CN=Issuing 2"/);
  });

  it('refuses a chain out of order', () => {
    assert.match(faults(leaf.pem + middle.pem + lower.pem + root.pem), /CERT_CHAIN the chain is out of order/);
    assert.match(faults(root.pem + middle.pem + lower.pem + leaf.pem), /CERT_CHAIN .*\n?.*KEY_MISMATCH/s);
  });

  it('refuses an issuer of the right name that did not sign', async () => {
    const fake = await forge({ name: 'Issuing 2', issuer: middle, ca: true });
    assert.match(faults(leaf.pem + fake.pem + middle.pem + root.pem), /has the right name but did not sign/);
  });

  it('accepts a chain without its root where every client has that root', () => {
    const chain = [leaf, lower, middle].map((forged) => new ParsedCertificate(forged.der));
    const judge = (public_roots: readonly string[]) => {
      const codes: string[] = [];
      judgeServerChain({ chain, public_roots, now_ms: NOW_MS, report: (code) => void codes.push(code) });
      return codes;
    };
    assert.deepEqual(judge([...rootCertificates, root.pem]), []);
    assert.deepEqual(judge(rootCertificates), ['CERT_CHAIN']);
  });

  it('refuses expired certificates anywhere in the chain', async () => {
    assert.match(
      faults(full + root.pem, pemKey(leaf), [], NOW_MS + 60 * DAY_MS),
      /CERT_EXPIRED the server certificate expired/,
    );
    const short = await forge({ name: 'Issuing 2', issuer: middle, keys: lower.keys, ca: true, to_days: -0.5 });
    assert.match(faults(leaf.pem + short.pem + middle.pem + root.pem), /^CERT_EXPIRED certificate 2/);
    assert.match(faults(full + root.pem, pemKey(leaf), [], NOW_MS - 9 * DAY_MS), /not valid before/);
  });

  it('refuses names the certificate does not cover', () => {
    assert.equal(faults(full + root.pem, pemKey(leaf), ['api.example.org', '127.0.0.1']), 'ok');
    assert.match(faults(full + root.pem, pemKey(leaf), ['www.example.org']), /CERT_NAME .*www\.example\.org/);
    assert.match(faults(full + root.pem, pemKey(leaf), ['127.0.0.2']), /CERT_NAME/);
  });

  it('refuses keys that are foreign, weak or unreadable', async () => {
    assert.match(faults(full + root.pem, pemKey(root)), /^KEY_MISMATCH/);
    const weak = await serve(undefined, { kind: 'RSA-1024' });
    assert.match(faults(weak.pem, pemKey(weak)), /KEY_WEAK RSA key of 1024 bits/);
    assert.match(faults(full + root.pem, 'no key'), /^KEY_UNREADABLE/);
    const encrypted = KeyObject.from(leaf.keys.privateKey).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    assert.match(faults(full + root.pem, encrypted.toString()), /^KEY_UNREADABLE/);
  });

  it('refuses a certificate that is not for servers, and an issuer that is no CA', async () => {
    const client = await serve(root, { extended_key_usage: [CLIENT_AUTH] });
    assert.match(faults(client.pem + root.pem, pemKey(client)), /CERT_CHAIN .*may not be used for servers/);
    const below = await serve(client);
    assert.match(
      faults(below.pem + client.pem + root.pem, pemKey(below)),
      /CERT_CHAIN certificate 2 of the chain is not a CA/,
    );
  });

  it('reports what is wrong with both files at once', () => {
    assert.match(faults('nothing', 'nothing'), /KEY_UNREADABLE[\s\S]*CERT_UNREADABLE/);
  });
});
