import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { killRounds, startWriter } from './crash.ts';
import { dataFolderFault, freshFolder, openLog, readAll } from './records.ts';

const has = (command: string): boolean => spawnSync(command, ['-V']).error === undefined;
const is_root = process.geteuid?.() === 0;

test('whenever the process is killed, every acknowledged record is found and every intent is closed', async (context) => {
  await killRounds(freshFolder(context), 20);
});

test('a second gate on the same folder is refused and told who holds it', async (context) => {
  const folder = freshFolder(context);
  const log = await openLog(folder);
  await assert.rejects(
    openLog(folder),
    dataFolderFault(new RegExp(`in use by another gate \\(process ${process.pid}\\)`)),
  );
  const other = startWriter(folder, 'x');
  await other.ended;
  assert.match(other.output(), new RegExp(`DATA_FOLDER .* \\(process ${process.pid}\\)`));
  await log.close();
  await (await openLog(folder)).close();
});

test('a gate that was killed leaves no lock behind', async (context) => {
  const folder = freshFolder(context);
  const writer = startWriter(folder, 'x');
  await writer.until('ready');
  await assert.rejects(openLog(folder), dataFolderFault(new RegExp(`process ${writer.child.pid}`)));
  writer.child.kill('SIGKILL');
  await writer.ended;
  await (await openLog(folder)).close();
});

test('of many gates that start at once after a kill exactly one gets the folder', async (context) => {
  const folder = freshFolder(context);
  const dead = startWriter(folder, 'dead');
  await dead.until('ready');
  dead.child.kill('SIGKILL');
  await dead.ended;
  const writers = Array.from({ length: 4 }, (_, number) => startWriter(folder, `w${number}`));
  await Promise.all(writers.map(({ until }) => until('\n')));
  assert.equal(writers.filter(({ output }) => output().startsWith('ready')).length, 1);
  for (const { child } of writers) child.kill('SIGKILL');
  await Promise.all(writers.map(({ ended }) => ended));
});

test('a file size limit of the system ends in a refusal, and the log is whole afterwards', async (context) => {
  const folder = freshFolder(context);
  const limited = ['bash', '-c', 'trap "" XFSZ; ulimit -f 40; exec "$@"', 'limited'];
  const writer = startWriter(folder, 'x', { wrapper: limited });
  await writer.ended;
  assert.match(writer.output(), /unavailable (EFBIG|ENOSPC)\n$/);
  const acknowledged = writer.output().match(/^[io] /gm)?.length ?? 0;
  assert.ok(acknowledged > 5);
  await (await openLog(folder)).close();
  assert.ok((await readAll(folder)).length >= acknowledged);
});

test('a really full disk ends in a refusal, and the log is whole afterwards', {
  skip: !is_root && 'needs mount',
}, async (context) => {
  const folder = freshFolder(context);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=0700', 'tmpfs', folder]).status === 0;
  if (!mounted) return context.skip('cannot mount');
  try {
    const writer = startWriter(folder, 'x');
    await writer.ended;
    assert.match(writer.output(), /unavailable ENOSPC\n$/);
    const acknowledged = writer.output().match(/^[io] /gm)?.length ?? 0;
    assert.ok(acknowledged > 5);
    execFileSync('mount', ['-o', 'remount,size=8m', folder]);
    await (await openLog(folder)).close();
    assert.ok((await readAll(folder)).length >= acknowledged);
  } finally {
    execFileSync('umount', [folder]);
  }
});

test('a folder that cannot be written is a fault, not a crash', async (context) => {
  const folder = join(freshFolder(context), 'audit');
  const uid = is_root ? 65534 : undefined;
  mkdirSync(folder, { mode: 0o700 });
  if (uid !== undefined) {
    chownSync(folder, uid, uid);
    chmodSync(join(folder, '..'), 0o755);
  }
  chmodSync(folder, 0o500);
  const writer = startWriter(folder, 'x', uid === undefined ? {} : { uid });
  await writer.ended;
  assert.match(writer.output(), /DATA_FOLDER cannot .* \(EACCES\)/);
  chmodSync(folder, 0o700);
});

test('no acknowledgement leaves the process before the sync of its bytes has returned', {
  skip: !has('strace') && 'needs strace',
}, async (context) => {
  const folder = freshFolder(context);
  const trace = join(freshFolder(context), 'trace');
  const strace = ['strace', '-f', '-s', '1000000', '-o', trace, '-e', 'trace=write,pwrite64,fdatasync'];
  const writer = startWriter(folder, 'x', { wrapper: strace, exchanges: 30 });
  await writer.ended;
  checkTrace(readFileSync(trace, 'latin1'));
});

/** Follows calls over threads: ids are written by pwrite64, durable after the next fdatasync that began later. */
function checkTrace(trace: string): void {
  const written = new Set<string>();
  const durable = new Set<string>();
  let acknowledged = 0;
  for (const line of trace.split('\n')) {
    if (/pwrite64\(/.test(line)) {
      for (const [, id = '', suffix] of line.matchAll(/\\"uid\\":\\"(x-\d+)(\.intent)?\\"/g))
        written.add(`${suffix ? 'i' : 'o'} ${id}`);
    }
    if (/fdatasync(\(| resumed).*= 0/.test(line)) for (const id of written) durable.add(id);
    const said = /write\(1, "([io] x-\d+)\\n"/.exec(line)?.[1];
    if (said === undefined) continue;
    assert.ok(durable.has(said), `${said} was acknowledged before it was durable`);
    acknowledged += 1;
  }
  assert.ok(acknowledged >= 20, `${acknowledged} acknowledgements seen`);
}
