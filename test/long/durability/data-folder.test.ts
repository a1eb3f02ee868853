/** What a gate finds in its data folder when it starts. */
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeSite, type Site, segmentsOf, withoutPrivileges } from '../../acceptance/durability/site.ts';
import { runGateProcess } from '../../acceptance/harness/gate-process.ts';
import { outcomesOf } from '../../acceptance/harness/outcomes.ts';

async function refusesToStart(site: Site, message: RegExp): Promise<void> {
  const run = await runGateProcess(site.project);
  assert.equal(run.code, 2, run.stderr);
  assert.match(run.stderr, message);
  assert.doesNotMatch(run.stderr, /at .*\.ts:\d+/, 'a message, no stack trace');
}

function makeFolder({ project }: Site, mode = 0o700): string {
  const folder = join(project.folder, 'data', 'audit');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, mode);
  return folder;
}

test('a second gate on the same folder is refused with the process id of the first, which goes on', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  await refusesToStart(site, new RegExp(`in use by another gate \\(process ${gate.pid}\\)[\\s\\S]*Stop that gate`));
  assert.equal((await site.partner(gate).order()).status, 201);
  assert.equal(await gate.stop(), 0);
});

test('a torn last line is cut off, told in the log, and its order is closed as unknown', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const { exchange_id } = await site.partner(gate).order();
  await gate.kill();
  const [segment = ''] = segmentsOf(site);
  const lines = readFileSync(segment, 'latin1').trimEnd().split('\n');
  const outcome = lines.pop()!;
  writeFileSync(segment, `${lines.join('\n')}\n${outcome.slice(0, 40)}`);
  await (await site.start()).stop();
  const records = await outcomesOf(site.project);
  assert.deepEqual(
    records.map(({ event, kind, code }) => event ?? code ?? kind),
    ['gate_started', 'intent', 'OUTCOME_UNKNOWN', 'log_recovered', 'gate_started', 'gate_stopped'],
  );
  assert.equal(records[2]?.exchange_id, exchange_id);
  assert.deepEqual(records[3]?.data, { orphans: 1, torn_bytes: 40 });
});

test('damage before the end of the log stops the start with file and line, and nothing is changed', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  await site.partner(gate).order();
  await gate.stop();
  const [segment = ''] = segmentsOf(site);
  const damaged = readFileSync(segment, 'latin1').replace('"record":"intent"', '"record":"inTent"');
  writeFileSync(segment, damaged);
  await refusesToStart(
    site,
    /audit-000001\.ndjson:3: DATA_FOLDER the record is damaged[\s\S]*Keep the folder as evidence/,
  );
  assert.equal(readFileSync(segment, 'latin1'), damaged);
});

test('a data folder that was only half made is finished', async (context) => {
  const site = await makeSite(context);
  const folder = makeFolder(site);
  writeFileSync(join(folder, 'lock'), '', { mode: 0o600 });
  writeFileSync(join(folder, 'audit-000001.ndjson'), '{"sallyport_au', { mode: 0o600 });
  const gate = await site.start();
  assert.equal((await site.partner(gate).read()).status, 200);
  assert.equal(await gate.stop(), 0);
  assert.equal((await outcomesOf(site.project))[0]?.event, 'log_recovered');
});

test('files of others in the folder stay as they are', async (context) => {
  const site = await makeSite(context);
  const folder = makeFolder(site);
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  await (await site.start()).stop();
  assert.equal(readFileSync(join(folder, 'notes.txt'), 'utf8'), 'mine');
});

test('a foreign file under the name of a segment stops the start and is not touched', async (context) => {
  const site = await makeSite(context);
  const foreign = join(makeFolder(site), 'audit-000001.ndjson');
  writeFileSync(foreign, '{"level":"info","msg":"hello"}\n', { mode: 0o600 });
  await refusesToStart(site, /audit-000001\.ndjson:1: DATA_FOLDER this is not the header of this segment/);
  assert.equal(readFileSync(foreign, 'utf8'), '{"level":"info","msg":"hello"}\n');
});

test('a folder that others can use is refused with the command that mends it', async (context) => {
  const site = await makeSite(context);
  const folder = makeFolder(site, 0o755);
  await refusesToStart(
    site,
    new RegExp(`DATA_FOLDER others than the owner can use the folder \\(mode 0755\\)[\\s\\S]*chmod 700 ${folder}`),
  );
});

test('a data folder that is a file gives a clear message', async (context) => {
  const site = await makeSite(context);
  writeFileSync(join(site.project.folder, 'data'), 'not a folder');
  await refusesToStart(site, /data\/audit: DATA_FOLDER cannot use the folder of the audit log \(ENOTDIR\)/);
});

test('a lock that is another kind of file gives a clear message', async (context) => {
  const site = await makeSite(context);
  writeFileSync(join(makeFolder(site), 'lock'), 'this is no lock, this is somebody’s text file '.repeat(40), {
    mode: 0o600,
  });
  await refusesToStart(site, /data\/audit: DATA_FOLDER cannot lock the folder of the audit log/);
});

test('a segment that is a link is not followed', async (context) => {
  const site = await makeSite(context);
  await (await site.start()).stop();
  const [segment = ''] = segmentsOf(site);
  const elsewhere = join(site.project.folder, 'elsewhere.ndjson');
  renameSync(segment, elsewhere);
  symlinkSync(elsewhere, segment);
  await refusesToStart(site, /data\/audit: DATA_FOLDER cannot open the audit log \(ELOOP\)/);
});

test('a folder where the gate may not write stops the start with a clear message', async (context) => {
  const site = await makeSite(context);
  const folder = makeFolder(site, 0o500);
  const run = await runGateProcess(site.project, withoutPrivileges(site));
  chmodSync(folder, 0o700);
  assert.equal(run.code, 2, run.stderr);
  assert.match(run.stderr, /data\/audit: DATA_FOLDER cannot use the folder of the audit log \(EACCES\)/);
});
