import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { buildClientHello } from '../../src/protocol/tls/build-client-hello.ts';
import { CIPHER_SUITES, cipherSuite } from '../../src/protocol/tls/cipher-suites.ts';
import {
  alpn,
  keyShare,
  serverName,
  signatureAlgorithms,
  supportedGroups,
  supportedVersions,
} from '../../src/protocol/tls/client-extensions.ts';
import { parseClientHello } from '../../src/protocol/tls/client-hello.ts';

const base = { random: Buffer.alloc(32, 1), session_id: Buffer.alloc(0), compression_methods: [0] };
const uint16 = fc.integer({ min: 0, max: 0xffff });
const list = (maxLength: number) => fc.array(uint16, { minLength: 1, maxLength });

describe('a ClientHello that was built', () => {
  it('is read as it was meant by the reader of the gate', () => {
    fc.assert(
      fc.property(list(120), list(30), list(30), (cipher_suites, groups, schemes) => {
        const extensions = [
          serverName('api.example.org'),
          supportedGroups(groups),
          signatureAlgorithms(schemes),
          supportedVersions([0x0304]),
          keyShare([]),
          alpn(['h2', 'http/1.1']),
        ];
        const result = parseClientHello(
          buildClientHello({ ...base, legacy_version: 0x0303, cipher_suites, extensions }),
        );
        assert.ok(result.state === 'complete', JSON.stringify(result));
        const { hello } = result;
        assert.deepEqual(hello.cipher_suites, cipher_suites);
        assert.deepEqual([hello.groups, hello.signature_algorithms], [groups, schemes]);
        assert.deepEqual(
          [hello.server_name, hello.versions, hello.key_share_groups],
          ['api.example.org', [0x0304], []],
        );
        assert.deepEqual(hello.alpn, ['h2', 'http/1.1']);
      }),
      { numRuns: 200 },
    );
  });

  it('of SSL 3.0 has no extensions, and 0x0300 in its record', () => {
    const hello = buildClientHello({ ...base, legacy_version: 0x0300, cipher_suites: [0x0005], extensions: [] });
    assert.equal(hello.readUInt16BE(1), 0x0300);
    const result = parseClientHello(hello);
    assert.ok(result.state === 'complete');
    assert.deepEqual([result.hello.legacy_version, result.hello.extensions], [0x0300, []]);
  });

  it('is refused where it would not fit', () => {
    const cipher_suites = Array.from({ length: 9_000 }, () => 1);
    assert.throws(
      () => buildClientHello({ ...base, legacy_version: 0x0303, cipher_suites, extensions: [] }),
      RangeError,
    );
    const bad = { ...base, random: Buffer.alloc(31), legacy_version: 0x0303, cipher_suites: [1], extensions: [] };
    assert.throws(() => buildClientHello(bad), RangeError);
  });
});

describe('what the name of a cipher suite says', () => {
  const facts: readonly [number, string, object][] = [
    [0x1301, 'TLS_AES_128_GCM_SHA256', { tls13: true, aead: true, forward_secret: true, broken: null }],
    [0xc0b4, 'TLS_SHA256_SHA256', { tls13: true, aead: false, broken: 'null' }],
    [0xc02f, 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', { key_exchange: 'ecdhe', aead: true, needs_tls12: true }],
    [0xcca8, 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', { aead: true, forward_secret: true }],
    [0xc0ae, 'TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8', { aead: true, needs_tls12: true }],
    [0x0033, 'TLS_DHE_RSA_WITH_AES_128_CBC_SHA', { key_exchange: 'dhe', aead: false, needs_tls12: false }],
    [0x003c, 'TLS_RSA_WITH_AES_128_CBC_SHA256', { forward_secret: false, needs_tls12: true }],
    [0xc00e, 'TLS_ECDH_RSA_WITH_AES_128_CBC_SHA', { forward_secret: false, key_exchange: 'other' }],
    [0x0018, 'TLS_DH_anon_WITH_RC4_128_MD5', { broken: 'anonymous', key_exchange: 'dhe' }],
    [0x0014, 'TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA', { broken: 'export', key_exchange: 'dhe' }],
    [0x0003, 'TLS_RSA_EXPORT_WITH_RC4_40_MD5', { broken: 'export', key_exchange: 'rsa-export' }],
    [0x000a, 'TLS_RSA_WITH_3DES_EDE_CBC_SHA', { broken: '3DES' }],
    [0xc011, 'TLS_ECDHE_RSA_WITH_RC4_128_SHA', { broken: 'RC4' }],
    [0x003b, 'TLS_RSA_WITH_NULL_SHA256', { broken: 'null' }],
    [0x00b2, 'TLS_DHE_PSK_WITH_AES_128_CBC_SHA256', { psk: true, key_exchange: 'dhe', needs_tls12: false }],
    [0xc103, 'TLS_GOSTR341112_256_WITH_KUZNYECHIK_MGM_L', { tls13: true, aead: true }],
  ];
  for (const [id, name, expected] of facts) {
    it(`is read: ${name}`, () => {
      const suite = cipherSuite(id);
      assert.equal(suite?.name, name);
      assert.deepEqual({ ...suite, ...expected }, suite);
    });
  }

  it('is there for every suite of the registry, each once', () => {
    assert.ok(CIPHER_SUITES.length > 330);
    assert.equal(new Set(CIPHER_SUITES.map(({ id }) => id)).size, CIPHER_SUITES.length);
    assert.ok(CIPHER_SUITES.every(({ name }) => /^TLS_[A-Za-z0-9_]+$/.test(name)));
  });
});
