import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseReview, type ReviewEntry, reviewText } from '../../src/channels/api/review/accept/review-file.ts';
import { acceptOperations, reviewStates } from '../../src/channels/api/review/accept/status.ts';
import { formatFault, LoadError } from '../../src/core/errors/faults.ts';

const DIGEST = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const ENTRY: ReviewEntry = { digest: DIGEST, reviewer: 'Ada', date: '2026-11-22' };

test('a review is written so that it can be read again, with its operations in order', () => {
  const review = new Map([
    ['orders.b', { ...ENTRY, note: 'only: for # suppliers' }],
    ['orders.a', ENTRY],
  ]);
  const text = reviewText(review);
  assert.ok(text.startsWith('# Who has looked at'));
  assert.ok(text.indexOf('orders.a') < text.indexOf('orders.b'));
  assert.deepEqual(new Map(parseReview('x.yaml', text)), review);
  assert.equal(reviewText(parseReview('x.yaml', text)), text);
});

test('whatever a reviewer is called and notes, it is read as it was written', () => {
  const word = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter((text) => !/\p{C}|\p{Zl}|\p{Zp}/u.test(text));
  fc.assert(
    fc.property(word, word, (reviewer, note) => {
      const review = new Map([['orders.a', { ...ENTRY, reviewer, note }]]);
      assert.deepEqual(new Map(parseReview('x.yaml', reviewText(review))), review);
    }),
    { numRuns: 200 },
  );
});

const entry = (more: string) => `version: 1\noperations:\n  orders.a: { ${more} }\n`;
const SOUND = `digest: ${DIGEST}, reviewer: Ada, date: "2026-11-22"`;

test('a review that is not sound is refused at its place', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['version: 2\noperations: {}\n', 'r.yaml:1:10: CONTRACT_REVIEW version: Invalid input: expected 1'],
    ['version: 1\noperations: {}\nmore: 1\n', 'r.yaml:1:1: CONTRACT_REVIEW unknown: "more"'],
    [entry(`${SOUND}, by: x`), 'r.yaml:3:13: CONTRACT_REVIEW operations.orders.a: unknown: "by"'],
    [
      entry(SOUND.replace(DIGEST, 'abc')),
      'r.yaml:3:23: CONTRACT_REVIEW operations.orders.a.digest: must be a SHA-256 in lower hex',
    ],
    [entry(SOUND.replace('11-22', '02-30')), 'must be a day such as 2026-11-22'],
    [entry(SOUND.replace('Ada', '"A\\u001bda"')), 'must be one line without control characters'],
    ['version: 1\noperations: &x {}\nversion: 1\n', 'CONTRACT_REVIEW'],
    ['operations: [', 'CONTRACT_REVIEW'],
    ['', 'CONTRACT_REVIEW'],
    ['!!js 1', 'CONTRACT_REVIEW'],
  ];
  for (const [text, expected] of cases) {
    assert.throws(
      () => parseReview('r.yaml', text),
      (error) => error instanceof LoadError && error.faults.some((fault) => formatFault(fault).includes(expected)),
      `${text}: ${expected}`,
    );
  }
});

test('whatever stands in a review file, only faults come of it', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (text) => {
      try {
        parseReview('r.yaml', text);
      } catch (error) {
        if (!(error instanceof LoadError)) throw error;
        assert.ok(error.faults.every(({ code }) => code === 'CONTRACT_REVIEW'));
      }
    }),
    { numRuns: 500 },
  );
});

const SHAPES = [
  { id: 'orders.a', digest: DIGEST },
  { id: 'orders.b', digest: DIGEST },
  { id: 'orders.c', digest: DIGEST },
];

test('an operation is reviewed as it was, changed since, or never', () => {
  const review = new Map([
    ['orders.a', ENTRY],
    ['orders.b', { ...ENTRY, digest: OTHER }],
  ]);
  assert.deepEqual(
    reviewStates(SHAPES, review).map(({ state }) => state),
    ['reviewed', 'changed', 'never'],
  );
});

const NEXT = { reviewer: 'Grace', date: '2026-12-01', operations: null };

test('accepting enters what is not reviewed as it is, and keeps who reviewed the rest', () => {
  const before = new Map([
    ['orders.a', ENTRY],
    ['orders.b', { ...ENTRY, digest: OTHER }],
    ['orders.gone', ENTRY],
    ['other.x', ENTRY],
  ]);
  const { review, entered, dropped } = acceptOperations('orders', SHAPES, before, NEXT);
  assert.deepEqual([entered, dropped], [['orders.b', 'orders.c'], ['orders.gone']]);
  assert.deepEqual([...review.keys()].sort(), ['orders.a', 'orders.b', 'orders.c', 'other.x']);
  assert.equal(review.get('orders.a')?.reviewer, 'Ada');
  assert.equal(review.get('orders.b')?.reviewer, 'Grace');
});

test('an operation that is accepted by name is entered again, and no other', () => {
  const named = { ...NEXT, operations: new Set(['orders.a']) };
  const { review, entered } = acceptOperations('orders', SHAPES, new Map([['orders.a', ENTRY]]), named);
  assert.deepEqual(entered, ['orders.a']);
  assert.equal(review.get('orders.a')?.reviewer, 'Grace');
  assert.equal(review.has('orders.b'), false);
});
