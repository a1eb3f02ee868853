/** A recorder that cannot open its log again. */
import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeSite, until } from '../durability/site.ts';
import { outcomesOf } from '../harness/outcomes.ts';
import { processesOf } from '../harness/processes.ts';

const BACK_MS = 60_000;

test('a recorder that cannot open its log again tells the operator why, and is back when it can', async (context) => {
  const site = await makeSite(context, { workers: 1 });
  const gate = await site.start();
  const folder = join(site.project.folder, 'data', 'audit');
  chmodSync(folder, 0o755);
  process.kill(processesOf(gate.pid, 'recorder')[0]!, 'SIGKILL');
  const said =
    /the recorder ended \(could not start: DATA_FOLDER\); .*\n.*audit: DATA_FOLDER others than the owner can/;
  await until('the reason is told', () => said.test(gate.output()), BACK_MS);
  chmodSync(folder, 0o700);
  await until('it is back', () => gate.output().includes('the recorder is back'), BACK_MS);
  const partner = site.partner(gate, { connections: 1 });
  await until('it serves', async () => (await partner.read()).status === 200, BACK_MS);
  partner.close();
  const ends = (await outcomesOf(site.project)).filter(({ event }) => event === 'process_ended');
  assert.ok(ends.some(({ data }) => data['how'] === 'could not start: DATA_FOLDER'));
});
