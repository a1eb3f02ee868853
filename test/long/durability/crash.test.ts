import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killRounds } from '../../acceptance/durability/kill-rounds.ts';

test('over many kills under load nothing acknowledged or executed goes unrecorded', async (context) => {
  const report = await killRounds(context, 40);
  context.diagnostic(JSON.stringify(report));
  assert.ok(report.outcomes_unknown > 0, 'at least one kill met an exchange under way');
});
