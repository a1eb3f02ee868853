import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import fc from 'fast-check';

import { compareDecimals, isInteger, isMultiple, parseDecimal } from '../../src/protocol/jsonschema/decimal.ts';
import { FlatPattern } from '../../src/protocol/jsonschema/flat-pattern.ts';
import { compilePattern } from '../../src/protocol/jsonschema/pattern.ts';

function matches(source: string, text: string): boolean {
  const pattern = compilePattern(source);
  assert.ok(typeof pattern !== 'string', `${source}: ${pattern as string}`);
  return pattern.test({ spend: () => {} }, text);
}

const atom = fc.constantFrom(
  ...['a', 'b', 'é', '-', '.', '\\d', '\\w', '\\s', '\\S', '\\D', '\\W', '\\.', '\\-', '\\/', '[ab]', '[^a]', '[a-c-]'],
  ...[
    '[\\w.-]',
    '[\\s\\d]',
    '[^\\s]',
    '[[:a]',
    '[\\]]',
    '\\u0061',
    '\\x62',
    '\\t',
    '\\cJ',
    '\\p{L}',
    '\\u{1F600}',
    '𝄞',
    ' ',
    '_',
  ],
);
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,1}', '{1,}', '*?');
const piece = fc.oneof(
  fc.tuple(atom, quantifier).map(([one, times]) => one + times),
  { weight: 1, arbitrary: fc.tuple(atom, atom, quantifier).map(([one, two, times]) => `(${one}|${two})${times}`) },
  { weight: 1, arbitrary: fc.constantFrom('^', '$', '\\b', '(?:a)', '(?<n>b)', '|') },
);
const flatPiece = fc.tuple(atom, quantifier).map(([one, times]) => one + times);
const pieces = fc.array(piece, { maxLength: 5 }).map((all) => all.join(''));
const flat = fc
  .tuple(fc.array(flatPiece, { maxLength: 4 }), fc.constantFrom('', '$'))
  .map(([all, end]) => `^${all.join('')}${end}`);
const text = fc.string({ unit: fc.constantFrom(...'aabbcc12-._ /\n\t\u2028é𝄞😀[:]'), maxLength: 8 });

function agree(source: string, subjects: readonly string[]): void {
  // Without the u flag a pattern means UTF-16 units; the gate means code points.
  let native: RegExp;
  try {
    // Anchored, because the engine's own search misses astral characters before an end anchor: /[^a]$/u.
    native = new RegExp(`^[^]*?(?:${source})`, 'u');
  } catch {
    return;
  }
  for (const subject of subjects) {
    assert.equal(matches(source, subject), native.test(subject), JSON.stringify({ source, subject }));
  }
}

describe('patterns', () => {
  it('mean what they mean to the runtime’s own engine', () => {
    fc.assert(
      fc.property(pieces, fc.array(text, { maxLength: 5 }), (source, texts) => agree(source, texts)),
      { numRuns: 4000 },
    );
  });

  it('without choices mean the same by the short way', () => {
    fc.assert(
      fc.property(flat, fc.array(text, { maxLength: 8 }), (source, texts) => agree(source, texts)),
      { numRuns: 4000 },
    );
  });

  const choices = [
    '^a*a*$',
    '^a?b?a*$',
    '^a*b*a$',
    '^(a+)+$',
    '^.*x',
    '^\\d*\\d$',
    '^é+ü$',
    '^[a-z]+?b',
    'a+',
    '^a|b$',
    '^\\w+_$',
  ];
  for (const source of choices) it(`${source} has choices`, () => assert.equal(FlatPattern.from(source), undefined));

  const simple = [
    '^[a-z0-9-]{1,40}$',
    '^[A-Z]{2}\\d{6}$',
    '^\\d+\\.\\d+$',
    '^[^/]+/x$',
    '^a\\$$',
    '^a*b?c+$',
    '^\\[+a$',
  ];
  for (const source of simple) it(`${source} has none`, () => assert.ok(FlatPattern.from(source)));

  it('run in linear time', () => {
    const start = performance.now();
    for (const source of ['^(a+)+$', '(a*)*b', '^(a|aa)+$', '(.*)(.*)(.*)x', '^(\\w+\\s?)*$'])
      matches(source, `${'a'.repeat(50_000)}!`);
    assert.ok(performance.now() - start < 5000);
  });

  it('with needless escapes are accepted', () => {
    assert.ok(matches('^[\\w\\-\\.]+\\@\\_x$', 'a.b@_x'));
  });
});

describe('decimals', () => {
  const number = fc
    .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -12, max: 12 }))
    .map(([digits, exponent]) => ({ text: `${digits}e${exponent}`, scaled: digits * 10n ** BigInt(exponent + 12) }));

  it('compare, divide and round as exact arithmetic does', () => {
    fc.assert(
      fc.property(number, number, (left, right) => {
        const [a, b] = [parseDecimal(left.text), parseDecimal(right.text)];
        const order = left.scaled === right.scaled ? 0 : left.scaled > right.scaled ? 1 : -1;
        assert.equal(Math.sign(compareDecimals(a, b)), order);
        assert.equal(isInteger(a), left.scaled % 10n ** 12n === 0n);
        if (right.scaled > 0n) assert.equal(isMultiple(a, b), left.scaled % right.scaled === 0n);
      }),
      { numRuns: 3000 },
    );
  });
});
