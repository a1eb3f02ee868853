import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type ClientHello,
  MAX_HELLO_RECORDS,
  MAX_PEEK_BYTES,
  parseClientHello,
} from '../../src/protocol/tls/client-hello.ts';
import { MAX_LIST } from '../../src/protocol/tls/client-hello-body.ts';
import { groupName } from '../../src/protocol/tls/groups.ts';
import { ja4, ja4Raw } from '../../src/protocol/tls/ja4.ts';
import { algorithms, alpn, groups, message, records, shares, sni, u16, vector16, versions } from './hello.ts';

function stateOf(bytes: Buffer): string {
  const result = parseClientHello(bytes);
  return result.state === 'malformed' ? result.reason : result.state;
}

function helloOf(bytes: Buffer): ClientHello {
  const result = parseClientHello(bytes);
  assert.ok(result.state === 'complete', JSON.stringify(result));
  return result.hello;
}

const full = message({
  cipher_suites: [0x4a4a, 0x1301, 0x1302],
  extensions: [
    [0x2a2a, Buffer.alloc(0)],
    sni('API.example.org'),
    alpn('h2', 'http/1.1'),
    groups(0x11ec, 0x001d),
    algorithms(0x0403, 0x0804),
    versions(0x3a3a, 0x0304, 0x0303),
    shares(0x11ec, 0x001d),
    [41, Buffer.from([1, 2, 3])],
  ],
});

describe('parseClientHello', () => {
  it('reads what a client offers', () => {
    const hello = helloOf(records(full));
    assert.deepEqual(hello.cipher_suites, [0x4a4a, 0x1301, 0x1302]);
    assert.deepEqual(hello.extensions, [0x2a2a, 0, 16, 10, 13, 43, 51, 41]);
    assert.equal(hello.server_name, 'API.example.org');
    assert.deepEqual(hello.alpn, ['h2', 'http/1.1']);
    assert.deepEqual(hello.groups.map(groupName), ['X25519MLKEM768', 'x25519']);
    assert.deepEqual(hello.key_share_groups, [0x11ec, 0x001d]);
    assert.deepEqual(hello.signature_algorithms, [0x0403, 0x0804]);
    assert.deepEqual(hello.versions, [0x3a3a, 0x0304, 0x0303]);
    assert.equal(hello.psk, true);
  });

  it('reads a hello without extensions, as old clients send', () => {
    const hello = helloOf(records(message({ legacy_version: 0x0301, extensions: null })));
    assert.deepEqual([hello.legacy_version, hello.versions, hello.extensions], [0x0301, [], []]);
    assert.equal(hello.server_name, undefined);
  });

  it('is incomplete after every byte but the last, and complete with more behind', () => {
    const bytes = records(full, 100);
    for (let size = 0; size < bytes.length; size += 1)
      assert.equal(stateOf(bytes.subarray(0, size)), 'incomplete', `${size}`);
    assert.equal(stateOf(bytes), 'complete');
    assert.equal(stateOf(Buffer.concat([bytes, Buffer.from([23, 3, 3, 0, 1, 0])])), 'complete', 'early data');
  });

  it('joins a hello spread over many records, down to its header', () => {
    assert.deepEqual(helloOf(records(full, 3)), helloOf(records(full)));
    assert.deepEqual(
      helloOf(records(message({ extensions: null, session_id: Buffer.alloc(0) }), 1)).cipher_suites,
      [0x1301],
    );
  });

  it('tells everything else from TLS by its first bytes', () => {
    for (const text of ['GET / HTTP/1.1\r\n', 'SSH-2.0-x', 'PRI * HTTP/2.0', '\0'])
      assert.equal(stateOf(Buffer.from(text)), 'not-tls');
    assert.equal(stateOf(Buffer.from([0x80, 0x2e, 1, 0, 2])), 'not-tls', 'SSLv2');
    assert.equal(stateOf(Buffer.from([21, 3, 1, 0, 2, 1, 0])), 'not-tls', 'an alert');
    assert.equal(stateOf(Buffer.from([22, 3, 1, 0, 4, 2])), 'not-tls', 'a ServerHello');
    assert.equal(stateOf(Buffer.from([22, 2])), 'not-tls');
    assert.equal(stateOf(Buffer.alloc(0)), 'incomplete');
  });

  it('refuses broken records', () => {
    const bytes = records(full, 100);
    assert.equal(stateOf(Buffer.from([22, 3, 1, 0, 0, 1])), 'record_length', 'empty');
    assert.equal(stateOf(Buffer.from([22, 3, 1, 0x40, 1, 1])), 'record_length', 'over 2^14');
    assert.equal(stateOf(Buffer.concat([bytes.subarray(0, 105), Buffer.from([21])])), 'interleaved');
    assert.equal(stateOf(Buffer.concat([bytes.subarray(0, 105), Buffer.from([22, 4])])), 'record_version');
    assert.equal(stateOf(records(Buffer.concat([full, Buffer.from([0])]))), 'trailing');
  });

  it('refuses to gather more than its bounds', () => {
    assert.equal(stateOf(records(full, 1)), 'fragments');
    assert.equal(stateOf(Buffer.from([22, 3, 1, 0x40, 0, 1, 1, 0, 0])), 'too_large');
    const big = message({ extensions: [[9999, Buffer.alloc(32_000)]] });
    assert.equal(stateOf(records(big)), 'complete');
    assert.ok(records(big, Math.ceil(big.length / MAX_HELLO_RECORDS)).length <= MAX_PEEK_BYTES);
  });

  it('refuses broken bodies', () => {
    const broken = (parts: Parameters<typeof message>[0]) => stateOf(records(message(parts)));
    assert.equal(broken({ session_id: Buffer.alloc(33) }), 'session_id');
    assert.equal(broken({ cipher_suites: [] }), 'cipher_suites');
    assert.equal(broken({ compression: Buffer.alloc(0) }), 'compression_methods');
    assert.equal(broken({ trailing: Buffer.alloc(1) }), 'trailing');
    assert.equal(broken({ extensions: [sni('a.example'), sni('b.example')] }), 'extension_repeated');
    assert.equal(broken({ extensions: [[10, Buffer.from([0, 3, 0, 1, 2])]] }), 'length');
    assert.equal(broken({ extensions: [[10, Buffer.from([0, 2, 0, 1, 2])]] }), 'extension_trailing');
    assert.equal(broken({ extensions: [alpn('')] }), 'alpn');
    const many = Array.from({ length: MAX_LIST + 1 }, (_, at) => at + 0x100);
    const names = many.map(() => 'a');
    const long = [groups(...many), algorithms(...many), shares(...many), alpn(...names)];
    for (const extension of long) assert.equal(broken({ extensions: [extension] }), 'list_length');
    assert.equal(broken({ cipher_suites: many }), 'list_length');
    assert.equal(broken({ extensions: many.map((type) => [type, Buffer.alloc(0)]) }), 'list_length');
    assert.equal(broken({ cipher_suites: many.slice(1) }), 'complete', 'at the bound');
    for (const name of ['', 'a\0b', 'a b', 'caf\u00e9.example'])
      assert.equal(broken({ extensions: [sni(name)] }), 'server_name');
    const two_names = Buffer.concat([
      Buffer.from([0]),
      vector16(Buffer.from('a')),
      Buffer.from([0]),
      vector16(Buffer.from('b')),
    ]);
    assert.equal(broken({ extensions: [[0, vector16(two_names)]] }), 'server_name');
  });

  it('never throws and never changes its mind, whatever bytes come', () => {
    const base = records(full);
    const mutated = fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 4 }).map((changes) => {
      const copy = Buffer.from(base);
      for (const [at, value] of changes) copy[at] = value;
      return copy;
    });
    const framed = fc
      .uint8Array({ maxLength: 300 })
      .map((body) => records(Buffer.concat([Buffer.from([1, 0]), u16(body.length), body])));
    const raw = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mutated, framed, raw), fc.nat(400), (bytes, cut) => {
        const whole = parseClientHello(bytes);
        if (whole.state === 'complete')
          assert.match(ja4(whole.hello), /^t(\d\d|s\d)[di]\d{4}[^_]{2}_[0-9a-f]{12}_[0-9a-f]{12}$/);
        const part = parseClientHello(bytes.subarray(0, cut));
        if (part.state !== 'incomplete') assert.deepEqual(part, whole);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('groupName', () => {
  it('gives an unknown group its number', () => {
    assert.equal(groupName(0x0a0a), '0x0a0a');
    assert.equal(groupName(0x17), 'secp256r1');
  });
});

describe('ja4', () => {
  // The worked example of the published specification (FoxIO, technical_details/JA4.md): ciphers, extensions and
  // signature algorithms as given there, with GREASE in between as Chrome sends it.
  const ciphers = '1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035';
  const types = '001b,0000,0033,0010,4469,0017,002d,000d,0005,0023,0012,002b,ff01,000b,000a,0015';
  const signatures = '0403,0804,0401,0503,0805,0501,0806,0601';
  const numbers = (list: string) => list.split(',').map((hex) => Number.parseInt(hex, 16));
  const chrome: ClientHello = {
    legacy_version: 0x0303,
    versions: [0x7a7a, 0x0304, 0x0303],
    cipher_suites: [0x8a8a, ...numbers(ciphers)],
    extensions: [0x1a1a, ...numbers(types), 0x3a3a],
    groups: [],
    key_share_groups: [],
    signature_algorithms: numbers(signatures),
    alpn: ['h2', 'http/1.1'],
    server_name: 'example.org',
    psk: false,
  };

  it('gives the published fingerprint of the worked example', () => {
    assert.equal(ja4(chrome), 't13d1516h2_8daaf6152771_e5627efa2ab1');
    assert.ok(ja4Raw(chrome).startsWith('t13d1516h2_002f,0035,009c,009d,1301,1302,1303,c013'));
  });

  it('does not depend on the order of ciphers and extensions, but on that of signature algorithms', () => {
    const shuffled = {
      ...chrome,
      cipher_suites: chrome.cipher_suites.toReversed(),
      extensions: chrome.extensions.toReversed(),
    };
    assert.equal(ja4(shuffled), ja4(chrome));
    assert.notEqual(ja4({ ...chrome, signature_algorithms: chrome.signature_algorithms.toReversed() }), ja4(chrome));
  });

  it('marks missing SNI, ALPN, signature algorithms and odd ALPN names as the specification says', () => {
    const { server_name, ...nameless } = chrome;
    assert.equal(server_name, 'example.org');
    const bare: ClientHello = {
      ...nameless,
      versions: [],
      legacy_version: 0x0302,
      extensions: [],
      alpn: [],
      signature_algorithms: [],
      cipher_suites: [0x0a0a],
    };
    assert.equal(ja4(bare), 't11i000000_000000000000_000000000000');
    const mark = (name: string) => ja4({ ...chrome, alpn: [name] }).slice(8, 10);
    assert.deepEqual(['h', 'http/1.1', '\xab', '\xab\xcd', '0\xab', '0\x31\xab\xcd'].map(mark), [
      'hh',
      'h1',
      'ab',
      'ad',
      '3b',
      '3d',
    ]);
  });
});
