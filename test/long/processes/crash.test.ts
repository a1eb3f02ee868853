/** One process of a gate dies: the others stand, it comes back, and the log says so. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeSite, type Site, until } from '../../acceptance/durability/site.ts';
import { type GateProcess, runGateProcess } from '../../acceptance/harness/gate-process.ts';
import { outcomesOf } from '../../acceptance/harness/outcomes.ts';
import { descendantsOf, isAlive, processesOf } from '../../acceptance/harness/processes.ts';
import { wellBehaved } from '../../acceptance/harness/upstream.ts';

const BACK_MS = 30_000;

async function twoWorkers(context: TestContext): Promise<{ site: Site; gate: GateProcess }> {
  const site = await makeSite(context, { workers: 2 });
  const gate = await site.start();
  assert.equal(processesOf(gate.pid, 'worker').length, 2);
  assert.equal(processesOf(gate.pid, 'recorder').length, 1);
  return { site, gate };
}

test('a worker killed under load takes only its own connections with it, comes back, and what it had begun is closed', async (context) => {
  const { site, gate } = await twoWorkers(context);
  const [victim = 0, other] = processesOf(gate.pid, 'worker');
  // Orders that the upstream holds: the worker dies in the middle of them.
  const held: (() => void)[] = [];
  site.upstream.answer((request, response) => void held.push(() => wellBehaved(request, response)));
  const partner = site.partner(gate, { connections: 24 });
  const orders = Array.from({ length: 24 }, () =>
    partner.order().then(
      ({ status }) => status,
      () => 'torn' as const,
    ),
  );
  await until('the orders are under way', () => held.length === 24, BACK_MS);
  process.kill(victim, 'SIGKILL');
  await until('the end is told', () => /worker 1 ended \(killed by SIGKILL\)/.test(gate.output()), BACK_MS);
  site.upstream.answer(wellBehaved);
  for (const answer of held) answer();
  const statuses = await Promise.all(orders);
  const torn = statuses.filter((status) => status === 'torn').length;
  assert.ok(torn > 0 && torn < 24, `${torn} of 24 torn`);
  assert.ok(statuses.every((status) => status === 'torn' || status === 201));
  assert.equal((await site.partner(gate).read()).status, 200, 'the other worker serves meanwhile');
  await until('it is back', () => gate.output().includes('worker 1 is back'), BACK_MS);
  const now = processesOf(gate.pid, 'worker');
  assert.equal(now.length, 2);
  assert.ok(other !== undefined && now.includes(other) && !now.includes(victim));

  assert.equal(await gate.stop(), 0);
  const records = await outcomesOf(site.project);
  const unknown = records.filter(({ code }) => code === 'OUTCOME_UNKNOWN');
  assert.equal(unknown.length, torn);
  assert.equal(records.filter(({ kind }) => kind === 'intent').length, 24);
  const events = records.flatMap(({ event, data }) => (event === null ? [] : [[event, data['process'] ?? null]]));
  assert.deepEqual(events, [
    ['gate_started', null],
    ['process_ended', 'worker'],
    ['process_restarted', 'worker'],
    ['gate_stopped', null],
  ]);
});

test('without a recorder nothing is accepted, every exchange has one outcome, and acceptance comes back by itself', async (context) => {
  const { site, gate } = await twoWorkers(context);
  const held: (() => void)[] = [];
  site.upstream.answer((request, response) => void held.push(() => wellBehaved(request, response)));
  const partner = site.partner(gate, { connections: 8 });
  const orders = Array.from({ length: 8 }, () => partner.order());
  await until('the orders are under way', () => held.length === 8, BACK_MS);
  const [recorder = 0] = processesOf(gate.pid, 'recorder');
  process.kill(recorder, 'SIGKILL');
  await until('the end is told', () => gate.output().includes('the recorder ended'), BACK_MS);
  site.upstream.answer(wellBehaved);
  for (const answer of held) answer();
  for (const { status } of await Promise.all(orders)) assert.equal(status, 503);
  await until('it is back', () => gate.output().includes('the recorder is back'), BACK_MS);
  await until('exchanges pass', async () => (await partner.read()).status === 200, BACK_MS);
  assert.match(gate.output(), /every exchange is refused until it is back/);

  assert.equal(await gate.stop(), 0);
  const records = await outcomesOf(site.project);
  const by_exchange = Map.groupBy(
    records.filter(({ kind }) => kind === 'outcome'),
    ({ exchange_id }) => exchange_id,
  );
  for (const [id, outcomes] of by_exchange) assert.equal(outcomes.length, 1, id);
  for (const { exchange_id } of records.filter(({ kind }) => kind === 'intent')) {
    assert.equal(by_exchange.get(exchange_id)?.[0]?.code, 'OUTCOME_UNKNOWN');
  }
  assert.equal(records.filter(({ event }) => event === 'process_ended').length, 1, 'told once it could be');
});

test('a recorder that stands still for a while is not waited for, and taken up again where it goes on', async (context) => {
  const { site, gate } = await twoWorkers(context);
  const partner = site.partner(gate, { connections: 4 });
  assert.equal((await partner.read()).status, 200);
  const [recorder = 0] = processesOf(gate.pid, 'recorder');
  process.kill(recorder, 'SIGSTOP');
  const order = await partner.order();
  assert.equal(order.status, 503);
  assert.equal(site.upstream.received.length, 1, 'an order without an intent on disk is not sent on');
  await until('it is told', () => gate.output().includes('cannot record (late)'), BACK_MS);
  process.kill(recorder, 'SIGCONT');
  await until('exchanges pass', async () => (await partner.read()).status === 200, BACK_MS);
  await until('it is told', () => gate.output().includes('the log is back'), BACK_MS);
  assert.deepEqual(processesOf(gate.pid, 'recorder'), [recorder], 'the same process');

  assert.equal(await gate.stop(), 0);
  const records = await outcomesOf(site.project);
  const intents = records.filter(({ kind }) => kind === 'intent').map(({ exchange_id }) => exchange_id);
  const outcomes = records.filter(({ kind }) => kind === 'outcome');
  for (const id of intents) assert.equal(outcomes.filter(({ exchange_id }) => exchange_id === id).length, 1, id);
});

test('a supervisor that is killed leaves no process and no open port behind, and the next start closes what was open', async (context) => {
  const { site, gate } = await twoWorkers(context);
  site.upstream.answer(() => undefined);
  const order = site
    .partner(gate)
    .order()
    .catch(() => 'torn');
  await until('the order is under way', () => site.upstream.received.length === 1, BACK_MS);
  const below = descendantsOf(gate.pid);
  process.kill(gate.pid, 'SIGKILL');
  assert.equal(await order, 'torn');
  await until('all are gone', () => below.every((pid) => !isAlive(pid)), BACK_MS);
  await assert.rejects(opens(gate.port));
  const again = await site.start();
  assert.equal(await again.stop(), 0);
  const records = await outcomesOf(site.project);
  assert.equal(records.filter(({ code }) => code === 'OUTCOME_UNKNOWN').length, 1);
});

test('a worker that cannot be kept alive is started less and less often, and the others serve', async (context) => {
  const { site, gate } = await twoWorkers(context);
  const survivor = processesOf(gate.pid, 'worker')[1];
  for (let round = 1; round <= 3; round++) {
    const victim = processesOf(gate.pid, 'worker').find((pid) => pid !== survivor)!;
    process.kill(victim, 'SIGKILL');
    await until(`back ${round}`, () => gate.output().split('worker 1 is back').length > round, BACK_MS);
    assert.equal((await site.partner(gate, { keep_alive: false }).read()).status, 200);
  }
  const waits = [...gate.output().matchAll(/it starts again in ([\d.]+) s/g)].map(([, wait]) => Number(wait));
  assert.deepEqual(waits, [0.1, 0.2, 0.4]);
});

async function opens(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve).once('error', reject);
  await promise.finally(() => socket.destroy());
  await sleep(0);
}

test('where no link to the recorder can be made the gate stands, and a worker waits until one can', async (context) => {
  const site = await makeSite(context, { workers: 2 });
  const folder = join(site.project.folder, 'tmp');
  mkdirSync(folder);
  const gate = await site.start({ wrapper: ['env', `TMPDIR=${folder}`] });
  rmSync(folder, { recursive: true });
  const [victim = 0] = processesOf(gate.pid, 'worker');
  process.kill(victim, 'SIGKILL');
  await until('it is told', () => /worker 1 has no link to the recorder \(ENOENT\)/.test(gate.output()), BACK_MS);
  assert.equal((await site.partner(gate).read()).status, 200);
  mkdirSync(folder);
  await until('it is back', () => gate.output().includes('worker 1 is back'), BACK_MS);
  assert.equal(await gate.stop(), 0);
});

test('a gate that can make no link at all does not start, and says where', async (context) => {
  const site = await makeSite(context, { workers: 2 });
  const folder = join(site.project.folder, 'nowhere');
  const { code, stderr } = await runGateProcess(site.project, { wrapper: ['env', `TMPDIR=${folder}`] });
  assert.equal(code, 2, stderr);
  assert.match(stderr, /nowhere \(ENOENT\)/);
});
