import assert from 'node:assert/strict';
import { STATUS_CODES } from 'node:http';
import { test } from 'node:test';
import { reasonPhrase } from '../../src/channels/api/listener/reason-phrase.ts';
import { PROBLEMS } from '../../src/core/errors/index.ts';

test('every status of a problem has the reason phrase that Node.js gives it', () => {
  for (const { status } of Object.values(PROBLEMS)) assert.equal(reasonPhrase(status), STATUS_CODES[status]);
});
