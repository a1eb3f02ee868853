/** Another plan over several workers: all switch or none does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { makeSite, type Site, until } from '../../acceptance/durability/site.ts';
import type { GateProcess } from '../../acceptance/harness/gate-process.ts';
import { forgeRoot, trustOnly } from '../../acceptance/harness/identities.ts';
import { outcomesOf } from '../../acceptance/harness/outcomes.ts';
import { processesOf } from '../../acceptance/harness/processes.ts';
import { reload } from '../../acceptance/harness/reload.ts';
import { missingTools } from '../../acceptance/harness/tools.ts';

const BACK_MS = 30_000;

async function twoWorkers(context: TestContext): Promise<{ site: Site; gate: GateProcess }> {
  const site = await makeSite(context, { workers: 2 });
  return { site, gate: await site.start() };
}

test('a withdrawn trust ends open connections on every worker', { skip: missingTools('openssl') }, async (context) => {
  const { site, gate } = await twoWorkers(context);
  const partner = site.partner(gate, { connections: 16 });
  const reads = (): Promise<(number | string)[]> =>
    Promise.all(
      Array.from({ length: 16 }, () =>
        partner.read().then(
          ({ status }) => status,
          () => 'closed',
        ),
      ),
    );
  assert.ok((await reads()).every((status) => status === 200));
  trustOnly(site.project, await forgeRoot('Next Root'));
  await reload(gate, 'switched');
  // None of the 16 kept connections, spread over both workers, carries an exchange under the new plan.
  assert.ok((await reads()).every((status) => status === 401 || status === 'closed'));
});

test('a broken edit leaves the plan in force on every worker, also on one that starts anew', async (context) => {
  const { site, gate } = await twoWorkers(context);
  const file = join(site.project.folder, 'policies/orders.cedar');
  const policies = readFileSync(file, 'utf8');
  site.project.write('policies/orders.cedar', 'permit (nonsense');
  const said = await reload(gate, 'refused');
  assert.match(said, /policies\/orders\.cedar:1/);
  const [victim = 0] = processesOf(gate.pid, 'worker');
  process.kill(victim, 'SIGKILL');
  await until('it is back', () => gate.output().includes('worker 1 is back'), BACK_MS);
  const partner = site.partner(gate, { connections: 16, keep_alive: false });
  const answers = await Promise.all(Array.from({ length: 16 }, () => partner.read()));
  assert.ok(answers.every(({ status }) => status === 200));
  site.project.write('policies/orders.cedar', `// changed\n${policies}`);
  await reload(gate, 'switched');
  await gate.stop();
  const records = await outcomesOf(site.project);
  const plans = new Set(records.filter(({ kind }) => kind === 'outcome').map(({ plan }) => plan));
  assert.equal(plans.size, 1);
  const events = records.flatMap(({ event, data }) => (event === null ? [] : [{ event, data }]));
  const switched = events.find(({ event }) => event === 'plan_switched');
  assert.ok(switched && switched.data['from'] !== switched.data['to']);
  assert.ok(events.some(({ event }) => event === 'plan_refused'));
});

test('reloads under load drop no exchange, and both plans stand on record', async (context) => {
  const { site, gate } = await twoWorkers(context);
  const policies = readFileSync(join(site.project.folder, 'policies/orders.cedar'), 'utf8');
  const partner = site.partner(gate, { connections: 8 });
  let running = true;
  const statuses: number[] = [];
  const load = Promise.all(
    Array.from({ length: 8 }, async () => {
      while (running) statuses.push((await partner.order()).status);
    }),
  );
  for (let round = 0; round < 3; round++) {
    site.project.write('policies/orders.cedar', `// ${round}\n${policies}`);
    await reload(gate, 'switched');
  }
  running = false;
  await load;
  assert.ok(statuses.length > 8);
  assert.ok(statuses.every((status) => status === 201));
  await gate.stop();
  const plans = new Set(
    (await outcomesOf(site.project)).filter(({ kind }) => kind === 'outcome').map(({ plan }) => plan),
  );
  assert.ok(plans.size > 1);
});

test('a session is resumed by whichever worker gets the connection', {
  skip: missingTools('curl'),
}, async (context) => {
  const { site, gate } = await twoWorkers(context);
  const partner = site.partner(gate, { keep_alive: false, sessions: 1 });
  for (let round = 0; round < 12; round++) assert.equal((await partner.read()).status, 200);
  await gate.stop();
  const outcomes = (await outcomesOf(site.project)).filter(({ kind }) => kind === 'outcome');
  const resumed = outcomes.filter(({ tls }) => tls?.resumed).length;
  assert.ok(resumed >= 10, `${resumed} of 12 resumed`);
});

test('a worker that was starting while plans switched carries nothing under the plan before', {
  skip: missingTools('openssl'),
}, async (context) => {
  const { site, gate } = await twoWorkers(context);
  const before = processesOf(gate.pid, 'worker');
  process.kill(before[0] ?? 0, 'SIGKILL');
  const startingAnew = (): number | undefined => processesOf(gate.pid, 'worker').find((pid) => !before.includes(pid));
  await until('it is started again', () => startingAnew() !== undefined, BACK_MS);
  // It has been given the plan in force, and takes its time to load it.
  const slow = startingAnew() ?? 0;
  process.kill(slow, 'SIGSTOP');
  assert.ok(!gate.output().includes('worker 1 is back'));
  trustOnly(site.project, await forgeRoot('Next Root'));
  await reload(gate, 'switched');
  try {
    process.kill(slow, 'SIGCONT');
  } catch {
    // Killed meanwhile, which is one way to keep it from the plan before.
  }
  await until('it is back', () => gate.output().includes('worker 1 is back'), BACK_MS);
  const partner = site.partner(gate, { connections: 16, keep_alive: false });
  const answers = await Promise.all(Array.from({ length: 32 }, () => partner.read()));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [401]);
});
