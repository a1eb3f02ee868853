import assert from 'node:assert/strict';
import type { JsonAnswer, ResponseContent } from '../../src/channels/api/contract/types.ts';

/** The content of an answer, which the test declared as JSON. */
export function jsonAnswer(content: ResponseContent | undefined): JsonAnswer {
  assert.equal(content?.format, 'json');
  return content as JsonAnswer;
}
