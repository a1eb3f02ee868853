import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { inspectLog } from '../../src/core/audit/recovery.ts';
import { LoadError } from '../../src/core/errors/faults.ts';
import { dataFolderFault, freshFolder, intent, openLog, outcome, readAll, summary } from './records.ts';

const FIRST = 'audit-000001.ndjson';
const SECOND = 'audit-000002.ndjson';

/** Three writes: an intent, two outcomes together, one outcome; offsets of all lines. */
async function sampleLog(folder: string): Promise<{ path: string; bytes: Buffer; offsets: number[] }> {
  const log = await openLog(folder);
  await log.intent(intent('e1'));
  await Promise.all([log.outcome(outcome('e2')), log.outcome(outcome('e3'))]);
  await log.outcome(outcome('e1'));
  await log.close();
  const path = join(folder, FIRST);
  const bytes = readFileSync(path);
  const offsets = [0];
  for (let at = bytes.indexOf(10); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(10, at + 1))
    offsets.push(at + 1);
  return { path, bytes, offsets };
}

test('a last line cut at any byte is found torn from its beginning, and its intent open', async (context) => {
  const folder = freshFolder(context);
  const { path, bytes, offsets } = await sampleLog(folder);
  const last = offsets.at(-1) ?? 0;
  for (let size = bytes.length - 1; size >= last; size--) {
    truncateSync(path, size);
    const { end } = await inspectLog(folder);
    assert.equal(end?.size_bytes, last);
    assert.equal(end?.torn_bytes, size - last);
    assert.deepEqual([...(end?.open_intents.keys() ?? [])], ['e1']);
  }
});

test('a torn last line is removed and told about, and its intent is closed as unknown', async (context) => {
  const folder = freshFolder(context);
  const { path, bytes, offsets } = await sampleLog(folder);
  const last = offsets.at(-1) ?? 0;
  for (const size of [last, last + 1, last + 500, bytes.length - 1]) {
    writeFileSync(path, bytes.subarray(0, size));
    const log = await openLog(folder);
    assert.deepEqual(log.recovered, { orphans: 1, torn_bytes: size - last });
    await log.close();
    assert.deepEqual((await summary(folder)).slice(3), ['outcome:e1:OUTCOME_UNKNOWN', 'event:log_recovered']);
  }
});

test('a last line that is complete but no JSON is cut off', async (context) => {
  const folder = freshFolder(context);
  const { path } = await sampleLog(folder);
  appendFileSync(path, '{"metadata":\n');
  const log = await openLog(folder);
  assert.deepEqual(log.recovered, { orphans: 0, torn_bytes: 13 });
  await log.close();
  const event = (await readAll(folder)).at(-1);
  assert.deepEqual(event?.ocsf['unmapped'], {
    sallyport: { record: 'event', batch: 5, event: 'log_recovered', plan: null, data: { orphans: 0, torn_bytes: 13 } },
  });
});

test('zeros in the last write, as unwritten blocks leave them, are cut off with what follows of that write', async (context) => {
  const folder = freshFolder(context);
  const { path, bytes, offsets } = await sampleLog(folder);
  const [, , second = 0, third = 0, fourth = 0] = offsets;
  const torn = Buffer.from(bytes.subarray(0, fourth));
  torn.fill(0, second + 100, third - 50);
  writeFileSync(path, torn);
  const log = await openLog(folder);
  assert.deepEqual(log.recovered, { orphans: 1, torn_bytes: fourth - second });
  await log.close();
  assert.deepEqual(await summary(folder), ['intent:e1', 'outcome:e1:OUTCOME_UNKNOWN', 'event:log_recovered']);
});

test('zeros before a later write are damage: the load stops with file and line', async (context) => {
  const folder = freshFolder(context);
  const { path, bytes, offsets } = await sampleLog(folder);
  const damaged = Buffer.from(bytes);
  damaged.fill(0, (offsets[2] ?? 0) + 100, (offsets[3] ?? 0) - 50);
  writeFileSync(path, damaged);
  await assert.rejects(openLog(folder), dataFolderFault(/audit-000001\.ndjson:3: DATA_FOLDER the record is damaged/));
  assert.deepEqual(readFileSync(path), damaged);
});

test('damage in the middle stops the load with file and line, and changes nothing', async (context) => {
  const folder = freshFolder(context);
  const { path, bytes, offsets } = await sampleLog(folder);
  const damaged = Buffer.from(bytes);
  damaged[(offsets[2] ?? 0) + 5] = 0x7b;
  damaged[(offsets[2] ?? 0) + 6] = 0x7b;
  writeFileSync(path, damaged);
  await assert.rejects(openLog(folder), dataFolderFault(/audit-000001\.ndjson:3: DATA_FOLDER the record is damaged/));
  await assert.rejects(readAll(folder), dataFolderFault(/audit-000001\.ndjson:3/));
  assert.deepEqual(readFileSync(path), damaged);
});

test('a removed or exchanged record stops the load', async (context) => {
  const folder = freshFolder(context);
  const { path, bytes, offsets } = await sampleLog(folder);
  const [, first = 0, second = 0, third = 0] = offsets;
  writeFileSync(path, Buffer.concat([bytes.subarray(0, first), bytes.subarray(second)]));
  await assert.rejects(openLog(folder), dataFolderFault(/:2: DATA_FOLDER record 1 should stand here, not 2/));
  writeFileSync(
    path,
    Buffer.concat([
      bytes.subarray(0, first),
      bytes.subarray(second, third),
      bytes.subarray(first, second),
      bytes.subarray(third),
    ]),
  );
  await assert.rejects(openLog(folder), dataFolderFault(/:2: DATA_FOLDER record 1 should stand here, not 2/));
});

test('whatever happens to the file, opening ends in a log or in a fault', async (context) => {
  const pristine = freshFolder(context);
  const { bytes } = await sampleLog(pristine);
  const change = fc.record({
    at: fc.nat(bytes.length - 1),
    length: fc.nat(3000),
    fill: fc.constantFrom(0, 10, 34, 0x30, 0xff),
    size: fc.nat(bytes.length),
  });
  const run = async (changed: { at: number; length: number; fill: number; size: number }): Promise<void> => {
    const folder = freshFolder(context);
    const damaged = Buffer.from(bytes);
    damaged.fill(changed.fill, changed.at, Math.min(bytes.length, changed.at + changed.length));
    writeFileSync(join(folder, FIRST), damaged.subarray(0, changed.size));
    try {
      await (await openLog(folder)).close();
    } catch (error) {
      assert.ok(error instanceof LoadError, String(error));
      return;
    } finally {
      if (changed.size % 16 !== 0) rmSync(folder, { recursive: true });
    }
    if (existsSync(folder)) await readAll(folder);
  };
  await fc.assert(fc.asyncProperty(change, run), { numRuns: 200 });
});

test('a segment whose beginning was interrupted is removed and the one before goes on', async (context) => {
  const folder = freshFolder(context);
  await sampleLog(folder);
  const header = '{"sallyport_audit":1,"segment":2,"created_ms":';
  for (const rest of ['', header.slice(0, 5), header, '\0\0\0\0', `${header}\0\0\0`]) {
    writeFileSync(join(folder, SECOND), rest);
    const log = await openLog(folder);
    assert.equal(log.recovered.torn_bytes, rest.length);
    assert.equal(existsSync(join(folder, SECOND)), false);
    await log.close();
  }
  assert.equal((await readAll(folder)).length, 4 + 4);
});

test('a segment of something else is not touched', async (context) => {
  const folder = freshFolder(context);
  await sampleLog(folder);
  writeFileSync(join(folder, SECOND), 'my notes');
  await assert.rejects(openLog(folder), dataFolderFault(/audit-000002\.ndjson:1: DATA_FOLDER this is not the header/));
  assert.equal(readFileSync(join(folder, SECOND), 'latin1'), 'my notes');
});

test('a missing or changed earlier segment is noticed', async (context) => {
  const folder = freshFolder(context);
  const log = await openLog(folder, { segment_bytes: 1 });
  for (const id of ['a', 'b', 'c']) await log.outcome(outcome(id));
  await log.close();
  const copy = join(freshFolder(context), 'audit');

  cpSync(folder, copy, { recursive: true });
  rmSync(join(copy, SECOND));
  await assert.rejects(
    openLog(copy),
    dataFolderFault(/audit-000002\.ndjson: DATA_FOLDER a segment of the audit log is missing/),
  );

  cpSync(folder, copy, { recursive: true });
  truncateSync(join(copy, SECOND), statSync(join(copy, SECOND)).size - 1);
  await assert.rejects(openLog(copy), dataFolderFault(/audit-000002\.ndjson: DATA_FOLDER the segment has/));

  cpSync(folder, copy, { recursive: true, force: true });
  writeFileSync(join(copy, SECOND), readFileSync(join(copy, SECOND), 'latin1').replace('"acme-erp"', '"acme-crm"'));
  await assert.rejects(
    readAll(copy),
    dataFolderFault(/audit-000003\.ndjson:1: DATA_FOLDER audit-000002\.ndjson is not what it was/),
  );
});

test('old segments may be archived away', async (context) => {
  const folder = freshFolder(context);
  const log = await openLog(folder, { segment_bytes: 1 });
  for (const id of ['a', 'b', 'c']) await log.outcome(outcome(id));
  await log.close();
  rmSync(join(folder, FIRST));
  rmSync(join(folder, SECOND));
  await (await openLog(folder)).close();
  assert.deepEqual(await summary(folder), ['outcome:c']);
});

test('a log in use can be read up to its last complete record', async (context) => {
  const folder = freshFolder(context);
  const log = await openLog(folder);
  await log.outcome(outcome('e1'));
  appendFileSync(join(folder, FIRST), '{"metadata":{"ver');
  assert.deepEqual(await summary(folder), ['outcome:e1']);
  await log.close();
});
