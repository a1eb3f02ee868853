import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintDocument } from '../../src/channels/api/review/lint/lint.ts';
import { gradeOf, type Judged, scoreOf } from '../../src/channels/api/review/lint/score.ts';

const of = (severity: Judged['severity'], judged: number, found: number): Judged => ({ severity, judged, found });

test('a score is the share of good places, averaged over the rules that applied, by weight', () => {
  assert.equal(scoreOf([of('danger', 10, 10), of('hint', 10, 0)]), 16);
  assert.equal(scoreOf([of('danger', 10, 0), of('loose', 4, 1)]), 90);
  assert.equal(scoreOf([of('loose', 0, 0), of('hint', 2, 1)]), 50);
});

test('a description is judged by shares, not by its size', () => {
  assert.equal(scoreOf([of('loose', 10, 1)]), scoreOf([of('loose', 10_000, 1_000)]));
});

test('the score is 100 where nothing was found, and only there', () => {
  assert.equal(scoreOf([]), 100);
  assert.equal(scoreOf([of('danger', 3, 0)]), 100);
  assert.equal(scoreOf([of('hint', 1_000_000, 1), of('danger', 5, 0)]), 99);
});

test('grades go by the share of good places', () => {
  const grades = [0, 1, 5, 6, 20, 21, 50, 51, 100].map((found) => gradeOf(of('hint', 100, found)));
  assert.deepEqual(grades, ['A', 'B', 'B', 'C', 'C', 'D', 'D', 'E', 'E']);
  assert.equal(gradeOf(of('hint', 0, 0)), 'A');
});

test('whatever stands in a description, linting ends with a report', () => {
  const odd = [null, 7, 'x', [], {}, { paths: [] }, { paths: { '/a': { get: { parameters: 3, responses: 'x' } } } }];
  for (const root of odd) assert.equal(typeof lintDocument(root).score, 'number');
});

test('schemas that hold themselves are judged once', () => {
  const node = {
    type: 'object',
    properties: { next: { $ref: '#/components/schemas/Node' }, text: { type: 'string' } },
  };
  const root = {
    openapi: '3.1.0',
    paths: {
      '/a': {
        post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Node' } } } } },
      },
    },
    components: { schemas: { Node: node } },
  };
  const { findings } = lintDocument(root);
  assert.equal(findings.filter(({ rule }) => rule.id === 'string-length').length, 1);
});
