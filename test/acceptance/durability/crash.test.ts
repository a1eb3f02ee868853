import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killRounds } from './kill-rounds.ts';

test('a gate killed under load has recorded all it acknowledged and intended all that was executed', async (context) => {
  const report = await killRounds(context, 3);
  context.diagnostic(JSON.stringify(report));
  assert.ok(report.acknowledged > 0 && report.executed > 0);
});
