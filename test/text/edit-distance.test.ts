import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearest } from '../../src/protocol/text/edit-distance.ts';

const MEANT: readonly (readonly [word: string, known: readonly string[], meant: string | null])[] = [
  ['machin', ['machine', 'operation'], 'machine'],
  ['tmieouts', ['timeouts'], 'timeouts'],
  ['LISTEN', ['listen'], 'listen'],
  ['acme', ['acme-ca', 'acne'], 'acme-ca'],
  ['ab', ['abcdef'], null],
  ['zones', ['apis'], null],
  ['x', [], null],
  ['y', ['x', 'z'], 'x'],
  ['a'.repeat(65), ['a'.repeat(64)], null],
];

for (const [word, known, meant] of MEANT) {
  test(`${word.slice(0, 10)} among ${known.join(', ').slice(0, 20) || 'nothing'} means ${meant ?? 'nothing'}`, () => {
    assert.equal(nearest(word, known), meant);
  });
}

test('the distance is one for one edit, a swap of neighbours included', () => {
  for (const [left, right, distance] of [
    ['', '', 0],
    ['', 'abc', 3],
    ['zone', 'zones', 1],
    ['zone', 'cone', 1],
    ['zone', 'zoen', 1],
    ['kitten', 'sitting', 3],
  ] as const) {
    assert.equal(editDistance(left, right), distance, `${left} ${right}`);
  }
});

test('the distance is the same both ways, and no more than the longer word', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (left, right) => {
      const distance = editDistance(left, right);
      assert.equal(distance, editDistance(right, left));
      assert.ok(distance <= Math.max(left.length, right.length));
      assert.equal(distance === 0, left === right);
    }),
  );
});
