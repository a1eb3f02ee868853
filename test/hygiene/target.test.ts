import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pathFault, readTarget } from '../../src/channels/api/hygiene/target.ts';
import { Refusal } from '../../src/core/errors/index.ts';

const CLEAN: [target: string, path: string, query: string | null, authority: string | null][] = [
  ['/', '/', null, null],
  ['/orders', '/orders', null, null],
  ['/orders/', '/orders/', null, null],
  ['/orders?a=1&b=%20', '/orders', 'a=1&b=%20', null],
  ['/orders?', '/orders', '', null],
  ['/a.b/..c/d..', '/a.b/..c/d..', null, null],
  ['/caf%C3%A9', '/caf%C3%A9', null, null],
  ["/a-._~!$&'()*+,;=:@b", "/a-._~!$&'()*+,;=:@b", null, null],
  ['https://gate.example:8443/orders?x', '/orders', 'x', 'gate.example:8443'],
  ['HTTPS://Gate.Example/', '/', null, 'gate.example'],
  ['/100%25', '/100%25', null, null],
  ['/a%3Bb/%2541', '/a%3Bb/%2541', null, null],
  ['/a%2Fb/c%2fd', '/a%2Fb/c%2fd', null, null],
];

for (const [target, path, query, authority] of CLEAN) {
  test(`the target ${target} is read as it stands`, () => {
    assert.deepEqual(readTarget(target), { path, query, authority });
  });
}

const AMBIGUOUS = [
  '',
  '*',
  'orders',
  'gate.example:443',
  'ftp://gate.example/',
  'https://gate.example',
  '/a#b',
  '/a?b#c',
  '/a\\b',
  '/a b',
  '/a\tb',
  '/a\0b',
  '/é',
  '/a|b',
  '/a"b',
  '/a<b',
  '/a^b',
  '/a`b',
  '/a{b}',
  '/[a]',
  '//',
  '//a',
  '/a//b',
  '/a//',
  '/.',
  '/..',
  '/./a',
  '/../a',
  '/a/.',
  '/a/..',
  '/a/../b',
  '/a/./b',
  '/a/..;/b',
  '/a/.;x=1/b',
  '/%2e',
  '/%2E%2e/a',
  '/a/%2e%2e/b',
  '/a/.%2e/b',
  '/a/%2e./b',
  '/a/%252e%252e/b',
  '/a/%2e%2e;x/b',
  '/a%2F',
  '/%2Fa',
  '/a%2F/b',
  '/a%2F%2Fb',
  '/a%2f..%2fb',
  '/..%2Fa',
  '/a%2F.',
  '/a%2F%2e%2E',
  '/a%2F..;x',
  '/a%2F%252e%252e',
  '/a%2Fb%252Fc',
  '/a%2F%5Cb',
  '/a%2F%00',
  '/a%2%46b',
  '/a%5cb',
  '/a%5Cb',
  '/a%252fb',
  '/a%25252Fb',
  '/a%255cb',
  '/a%25%32%66b',
  '/a%%32%66b',
  '/a%25%2532%2566b',
  '/a%25%35%63b',
  '/a/..%3Bx/b',
  '/a/..%253bx',
  '/a/%25%32%65%3Fx',
  '/a/.%23x',
  '/a%00',
  '/a%2500',
  '/a%0d%0aX:y',
  '/a%1f',
  '/a%7f',
  '/a%0',
  '/a%',
  '/a%zz',
  '/a%u0041',
  '/%c0%af',
  '/%c0%ae',
  '/%e0%80%af',
  '/%f0%80%80%af',
  '/%c1%9c',
  '/%ff',
  '/%c3',
  '/%ed%a0%80',
  '/%f4%90%80%80',
  '/a?b=\0',
  '/a?b c',
  '/a?b=%',
  '/a?b=%g0',
  '/a?é',
  '/a?b|c',
  '/a?"',
  '/a?\\',
];

for (const target of AMBIGUOUS) {
  test(`the target ${JSON.stringify(target)} is refused as ambiguous`, () => {
    assert.throws(
      () => readTarget(target),
      (error) => error instanceof Refusal && error.code === 'ADMIT_TARGET',
    );
  });
}

test('a slash is found however deep it is encoded, with every digit encoded again', () => {
  let segment = '%2f';
  for (let depth = 0; depth < 12; depth++) {
    assert.notEqual(pathFault(`/a${segment}b`), null, `depth ${depth}`);
    const digits = (hex: string) => [...hex].map((digit) => `%${digit.charCodeAt(0).toString(16)}`).join('');
    segment = segment.replace(/%([0-9a-f]{2})/g, (_, hex: string) => `%25${digits(hex)}`);
  }
});

test('no service that decodes a path any number of times finds another segment in it', () => {
  const piece = fc.constantFrom('%', '25', '%25', '2', 'f', 'F', 'e', '5', 'c', '.', '..', ';', '3', 'b', '0', 'a');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
      const path = `/a/${pieces.join('')}/b`;
      if (pathFault(path) !== null) return;
      for (let text = path, left = 20; left > 0; left--) {
        assert.match(text, /^\/a\/[^/\\]+\/b$/);
        assert.doesNotMatch(text, /\/\.{1,2}[/;]/);
        text = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
      }
    }),
    { numRuns: 5000 },
  );
});

test('a path rebuilt for the upstream holds no encoded slash unless it is said that it may', () => {
  for (const path of ['/a%2Fb', '/a%2fb', '/a/%2F']) assert.equal(pathFault(path), 'encoded delimiter');
  assert.equal(pathFault('/a%2Fb', true), null);
});

test('where an encoded slash passes, the path it would make when decoded is a clean one', () => {
  const piece = fc.constantFrom('%2f', '%2F', '/', '%25', '2f', '2', 'f', '.', '..', '%2e', ';', 'a', 'b', '%5c');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      const path = `/a/${pieces.join('')}`;
      if (pathFault(path, true) === null) assert.equal(pathFault(path.replace(/%2f/gi, '/')), null, path);
    }),
    { numRuns: 5000 },
  );
});

test('only a refusal escapes, and an accepted path means the same to the URL parser of the platform', () => {
  const piece = fc.constantFrom(
    '/',
    '.',
    '..',
    '%',
    '2',
    'e',
    'f',
    '%2e',
    '%2f',
    '%5c',
    '%25',
    '\\',
    ';',
    '?',
    '#',
    'a',
    'é',
    '\0',
    ' ',
    ':',
    '@',
    '//',
    'https:',
  );
  const target = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 12 }).map((parts) => `/${parts.join('')}`),
  );
  fc.assert(
    fc.property(target, (raw) => {
      let read: ReturnType<typeof readTarget>;
      try {
        read = readTarget(raw);
      } catch (error) {
        assert.ok(error instanceof Refusal);
        return;
      }
      if (read.authority !== null) return;
      // Independent oracle: WHATWG URL normalises dots, backslashes and slashes; nothing may be left to normalise.
      assert.equal(new URL(raw, 'https://gate.example').pathname, read.path);
    }),
    { numRuns: 3000 },
  );
});
