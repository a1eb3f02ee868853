import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditUnavailable } from '../../src/core/audit/unavailable.ts';
import { Disk } from './disk.ts';
import { dataFolderFault, freshFolder, intent, openLog, outcome, readAll, summary } from './records.ts';

const unavailable =
  (reason: string, os_code: string | null = null) =>
  (error: unknown): boolean =>
    error instanceof AuditUnavailable && error.reason === reason && error.os_code === os_code;

const segments = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.ndjson'));

test('a call is answered only when its bytes are durable', async (context) => {
  const folder = freshFolder(context);
  const disk = new Disk();
  const log = await openLog(folder, { fs: disk });
  disk.hold();
  let answered = false;
  const call = log.outcome(outcome('e1')).then(() => {
    answered = true;
  });
  await sleep(20);
  assert.equal(answered, false);
  disk.release();
  await call;
  assert.deepEqual(await summary(folder), ['outcome:e1']);
  await log.close();
});

test('what arrives during a write goes into the next one together', async (context) => {
  const folder = freshFolder(context);
  const disk = new Disk();
  const log = await openLog(folder, { fs: disk });
  disk.appends.length = 0;
  disk.hold();
  const calls = [log.outcome(outcome('first'))];
  await sleep(5);
  for (let number = 0; number < 100; number++) calls.push(log.outcome(outcome(`e${number}`)));
  disk.release();
  await Promise.all(calls);
  assert.equal(disk.appends.length, 2);
  const records = await readAll(folder);
  assert.deepEqual(
    records.map(({ sequence }) => sequence),
    Array.from({ length: 101 }, (_, index) => index + 1),
  );
  assert.equal(records.at(-1)?.batch, 2);
  await log.close();
});

test('the folder and its files are for the owner only', async (context) => {
  const folder = join(freshFolder(context), 'data', 'audit');
  const log = await openLog(folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name);
  await log.close();
});

test('a folder others can use is refused with the remedy', async (context) => {
  const folder = join(freshFolder(context), 'audit');
  mkdirSync(folder, { mode: 0o755 });
  await assert.rejects(openLog(folder), dataFolderFault(/mode 0755.*\n.*chmod 700/));
});

test('segments rotate under load, each names the one before, and open intents are carried over', async (context) => {
  const folder = freshFolder(context);
  const log = await openLog(folder, { segment_bytes: 20_000 });
  await log.intent(intent('open-1'));
  await log.intent(intent('open-2'));
  for (let round = 0; round < 15; round++) {
    const calls = Array.from({ length: 20 }, async (_, number) => {
      const id = `e${round}-${number}`;
      await log.intent(intent(id));
      await log.outcome(outcome(id));
    });
    await Promise.all(calls);
  }
  await log.outcome(outcome('open-2'));
  await log.close();
  const names = segments(folder);
  assert.ok(names.length > 5, `${names.length} segments`);
  const header = JSON.parse(readFileSync(join(folder, names.at(-1) ?? ''), 'latin1').split('\n')[0] ?? '');
  assert.equal(header.previous.name, names.at(-2));
  assert.equal(header.open_intents[0].exchange_id, 'open-1');
  assert.equal((await readAll(folder)).length, 2 + 15 * 40 + 1);
  const again = await openLog(folder, { segment_bytes: 20_000 });
  assert.deepEqual(again.recovered, { orphans: 1, torn_bytes: 0 });
  assert.deepEqual((await summary(folder)).slice(-2), ['outcome:open-1:OUTCOME_UNKNOWN', 'event:log_recovered']);
  await again.close();
});

test('a full disk refuses at once, and the log comes back without a trace of what it refused', async (context) => {
  const folder = freshFolder(context);
  const disk = new Disk();
  const log = await openLog(folder, { fs: disk });
  const failures: string[] = [];
  log.onFailure((error) => failures.push(error.os_code ?? ''));
  const resumed = new Promise<void>((resolve) => log.onResume(resolve));
  await log.intent(intent('executed'));
  await log.outcome(outcome('kept'));

  disk.free_bytes = 700;
  const refused = [log.outcome(outcome('executed')), log.intent(intent('never')), log.outcome(outcome('gone'))];
  for (const call of refused) await assert.rejects(call, unavailable('write', 'ENOSPC'));
  assert.equal(log.state, 'failed');
  await assert.rejects(log.outcome(outcome('late')), unavailable('failed'));
  await sleep(40);
  assert.equal(log.state, 'failed');
  assert.deepEqual(failures, ['ENOSPC']);

  disk.free_bytes = Number.POSITIVE_INFINITY;
  await resumed;
  await log.outcome(outcome('after'));
  assert.equal(log.state, 'open');
  assert.deepEqual(await summary(folder), [
    'intent:executed',
    'outcome:kept',
    'outcome:executed:OUTCOME_UNKNOWN',
    'event:log_resumed',
    'outcome:after',
  ]);
  assert.deepEqual(segments(folder), ['audit-000001.ndjson', 'audit-000002.ndjson']);
  await log.close();
  const again = await openLog(folder);
  assert.deepEqual(again.recovered, { orphans: 0, torn_bytes: 0 });
  await again.close();
});

test('after a failed sync the old file is not written again, although its bytes seem to be there', async (context) => {
  const folder = freshFolder(context);
  const disk = new Disk();
  const log = await openLog(folder, { fs: disk });
  await log.outcome(outcome('kept'));
  const size = statSync(join(folder, 'audit-000001.ndjson')).size;
  disk.sync_error = 'EIO';
  await assert.rejects(log.outcome(outcome('lost')), unavailable('write', 'EIO'));
  disk.sync_error = undefined;
  await new Promise<void>((resolve) => log.onResume(resolve));
  await log.outcome(outcome('after'));
  assert.equal(statSync(join(folder, 'audit-000001.ndjson')).size, size);
  assert.deepEqual(await summary(folder), ['outcome:kept', 'event:log_resumed', 'outcome:after']);
  await log.close();
});

test('a rotation that fails is a failure like any other', async (context) => {
  const folder = freshFolder(context);
  const disk = new Disk();
  const log = await openLog(folder, { fs: disk, segment_bytes: 1 });
  await log.intent(intent('e1'));
  disk.create_error = 'EMFILE';
  await assert.rejects(log.outcome(outcome('e1')), unavailable('write', 'EMFILE'));
  disk.create_error = undefined;
  await new Promise<void>((resolve) => log.onResume(resolve));
  await log.close();
  assert.deepEqual(await summary(folder), ['intent:e1', 'outcome:e1:OUTCOME_UNKNOWN', 'event:log_resumed']);
});

test('when too much waits for the disk new work is refused, executed work is still taken', async (context) => {
  const folder = freshFolder(context);
  const disk = new Disk();
  const log = await openLog(folder, { fs: disk, waiting_bytes: 5_000 });
  await log.intent(intent('executed'));
  disk.hold();
  const taken: Array<Promise<void>> = [];
  for (let number = 0; number < 4; number++) taken.push(log.outcome(outcome(`e${number}`)));
  await assert.rejects(log.intent(intent('new')), unavailable('backlog'));
  await assert.rejects(log.outcome(outcome('refusal')), unavailable('backlog'));
  taken.push(log.outcome(outcome('executed')));
  disk.release();
  await Promise.all(taken);
  assert.equal(log.state, 'open');
  await log.intent(intent('new'));
  await log.close();
});

test('closing writes what waits, then takes nothing more, and may be repeated', async (context) => {
  const folder = freshFolder(context);
  const log = await openLog(folder);
  const call = log.outcome(outcome('last'));
  await Promise.all([log.close(), log.close()]);
  await call;
  assert.equal(log.state, 'closed');
  await assert.rejects(log.outcome(outcome('late')), unavailable('closed'));
  assert.deepEqual(await summary(folder), ['outcome:last']);
});

test('a log that is closed while it has failed closes', async (context) => {
  const folder = freshFolder(context);
  const disk = new Disk();
  const log = await openLog(folder, { fs: disk });
  disk.sync_error = 'EIO';
  await assert.rejects(log.outcome(outcome('lost')), unavailable('write', 'EIO'));
  await log.close();
  assert.equal(log.state, 'closed');
  const again = await openLog(folder);
  await again.close();
});
