/** Somebody removes, moves or cuts the log under a running gate. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readFileSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  makeSite,
  type Site,
  segmentsOf,
  until,
  WIDE_LIMITS,
  withoutPrivileges,
} from '../../acceptance/durability/site.ts';
import type { GateProcess } from '../../acceptance/harness/gate-process.ts';
import { outcomesOf } from '../../acceptance/harness/outcomes.ts';

const folderOf = ({ project }: Site): string => join(project.folder, 'data', 'audit');
const ordersAt = ({ upstream }: Site): number => upstream.received.filter(({ method }) => method === 'POST').length;
const isBack = (gate: GateProcess) => () => gate.output().includes('the log is back:');

async function failsClosed(site: Site, gate: GateProcess, os_code: string): Promise<void> {
  const partner = site.partner(gate);
  const before = ordersAt(site);
  for (const answer of [await partner.order(), await partner.read()]) assert.equal(answer.status, 503, answer.body);
  assert.equal(ordersAt(site), before);
  assert.ok(gate.output().includes(`cannot record (${os_code}) in ${folderOf(site)}`), gate.output());
}

test('when the current segment is removed the gate refuses, says so, and goes on in the next one', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const partner = site.partner(gate);
  await partner.order();
  rmSync(segmentsOf(site)[0]!);
  await failsClosed(site, gate, 'ENOENT');
  await until('the log is back', isBack(gate));
  const answer = await partner.order();
  assert.equal(answer.status, 201);
  assert.equal(await gate.stop(), 0);
  const records = await outcomesOf(site.project);
  assert.ok(records.some(({ exchange_id, verdict }) => exchange_id === answer.exchange_id && verdict === 'allowed'));
  assert.equal(records[0]?.data['os_code'], 'ENOENT');
  const header = JSON.parse(readFileSync(segmentsOf(site)[0]!, 'latin1').split('\n')[0]!);
  assert.equal(header.previous.name, 'audit-000001.ndjson', 'the loss shows');
  assert.equal(header.first_sequence, 4);
});

test('when the current segment is cut the gate refuses, and reading the log tells of the damage', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  await site.partner(gate).order();
  truncateSync(segmentsOf(site)[0]!, 100);
  await failsClosed(site, gate, 'ESTALE');
  await until('the log is back', isBack(gate));
  assert.equal((await site.partner(gate).order()).status, 201);
  assert.equal(await gate.stop(), 0);
  await assert.rejects(outcomesOf(site.project), /audit-000001\.ndjson:1: DATA_FOLDER/);
});

test('while the folder of the log is gone nothing is executed, and when it is back so is the gate', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const partner = site.partner(gate);
  const first = await partner.order();
  renameSync(folderOf(site), `${folderOf(site)}.away`);
  await failsClosed(site, gate, 'ENOENT');
  assert.ok(!existsSync(folderOf(site)), 'the gate makes no folder in its place');
  renameSync(`${folderOf(site)}.away`, folderOf(site));
  await until('the log is back', isBack(gate));
  const second = await partner.order();
  assert.equal(await gate.stop(), 0);
  const allowed = (await outcomesOf(site.project)).filter(({ verdict }) => verdict === 'allowed');
  assert.deepEqual(
    allowed.map(({ exchange_id }) => exchange_id),
    [first.exchange_id, second.exchange_id],
  );
});

test('a gate whose folder was deleted never writes into the folder of the gate that took its place', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  rmSync(folderOf(site), { recursive: true });
  // On the admin socket it would notice the first one, and not start.
  site.project.write('sallyport.yaml', `${readFileSync(site.project.config, 'utf8')}admin: { socket: other.sock }\n`);
  const other = await site.start();
  await failsClosed(site, gate, 'ESTALE');
  // Two attempts to come back.
  await new Promise((resolve) => setTimeout(resolve, 2200));
  assert.equal((await site.partner(gate).order()).status, 503);
  assert.equal((await site.partner(other).order()).status, 201);
  assert.equal(segmentsOf(site).length, 1);
  assert.equal(await gate.stop(), 0);
  assert.equal(await other.stop(), 0);
  assert.deepEqual(
    (await outcomesOf(site.project)).map(({ event, kind }) => event ?? kind),
    ['gate_started', 'intent', 'outcome', 'gate_stopped'],
  );
});

test('in a folder made read-only the open segment goes on; when it is full the gate refuses until it may write', async (context) => {
  const site = await makeSite(context, { more: `${WIDE_LIMITS}audit: { segment: 1MiB }\n` });
  const gate = await site.start(withoutPrivileges(site));
  const partner = site.partner(gate);
  assert.equal((await partner.read()).status, 200);
  chmodSync(folderOf(site), 0o500);
  let refused = 0;
  let calls = 0;
  const callUntilRefused = async (): Promise<void> => {
    while (refused === 0 && calls < 3000) {
      calls += 1;
      if ((await partner.read()).status === 503) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, callUntilRefused));
  assert.ok(calls > 500 && refused > 0, `${calls} calls, ${refused} refused`);
  await failsClosed(site, gate, 'EACCES');
  chmodSync(folderOf(site), 0o700);
  await until('the log is back', isBack(gate));
  assert.equal((await partner.order()).status, 201);
  assert.equal(await gate.stop(), 0);
  assert.equal(segmentsOf(site).length, 2);
});
