/** The supervisor ends while its workers have something to tell it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeSite, until } from '../../acceptance/durability/site.ts';
import { isAlive, processesOf } from '../../acceptance/harness/processes.ts';

const GONE_MS = 30_000;

test('workers whose supervisor is gone end, and call it no defect that nobody hears them', async (context) => {
  const site = await makeSite(context, { workers: 2 });
  const gate = await site.start();
  const workers = processesOf(gate.pid, 'worker');
  const partner = site.partner(gate, { connections: 16 });
  let running = true;
  const load = Promise.all(
    Array.from({ length: 16 }, async () => {
      while (running) await partner.read().catch(() => sleep(5));
    }),
  );
  await sleep(500);
  // Stopped in the middle of it, each has the next round of its budgets to tell before it can notice the end.
  for (const pid of workers) process.kill(pid, 'SIGSTOP');
  await sleep(200);
  gate.signal('SIGKILL');
  await gate.exited;
  for (const pid of workers) process.kill(pid, 'SIGCONT');
  await until('the workers are gone', () => workers.every((pid) => !isAlive(pid)), GONE_MS);
  running = false;
  partner.close();
  await load;
  assert.doesNotMatch(gate.output(), /defect/);
});
