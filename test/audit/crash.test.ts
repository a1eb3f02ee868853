import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { killRounds, startWriter } from './crash.ts';
import { dataFolderFault, freshFolder, openLog, readAll } from './records.ts';

/** Tracing takes the program and the right to use it. */
const can_trace = spawnSync('strace', ['-f', 'true']).status === 0;
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

for (const sync of ['O_DSYNC', 'fdatasync'] as const) {
  test(`no acknowledgement leaves the process before its bytes are durable by ${sync}`, {
    skip: !can_trace && 'needs strace and the right to trace',
  }, async (context) => {
    const folder = freshFolder(context);
    const trace = join(freshFolder(context), 'trace');
    const calls = 'trace=openat,write,pwrite64,fdatasync';
    const strace = ['strace', '-f', '-s', '1000000', '-o', trace, '-e', calls];
    const writer = startWriter(folder, 'x', { wrapper: strace, exchanges: 30, sync });
    await writer.ended;
    checkTrace(readFileSync(trace, 'latin1'), sync);
  });
}

/**
 * Follows calls over threads and descriptors. The ids that a `pwrite64` wrote whole are durable when it returns, if
 * its descriptor was opened with `O_DSYNC`; else when an `fdatasync` of the descriptor returns that began later.
 */
function checkTrace(trace: string, sync: 'O_DSYNC' | 'fdatasync'): void {
  /** By thread, the first half of a call that strace shows in two, because calls of other threads came between. */
  const begun = new Map<string, string>();
  const syncing = new Set<string>();
  const written = new Map<string, string[]>();
  const covered = new Map<string, readonly string[]>();
  const durable = new Set<string>();
  let opened_synced = false;
  let acknowledged = 0;
  for (const line of trace.split('\n')) {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    const said = /^write\(1, "([io] x-\d+)\\n"/.exec(text)?.[1];
    if (said !== undefined) {
      assert.ok(durable.has(said), `${said} was acknowledged before it was durable`);
      acknowledged += 1;
    }
    const syncs = /^fdatasync\((\d+)/.exec(text)?.[1];
    if (syncs !== undefined) covered.set(thread, written.get(syncs) ?? []);
    const half = / <unfinished \.\.\.>$/.exec(text);
    if (half) {
      begun.set(thread, text.slice(0, half.index));
      continue;
    }
    const call = text.replace(/^<\.\.\. \w+ resumed>/, () => begun.get(thread) ?? '');

    const [, flags = '', opened = ''] = /^openat\(.*", ([A-Z_|]+).*\) += (\d+)$/.exec(call) ?? [];
    if (flags.split('|').includes('O_DSYNC')) syncing.add(opened);
    else syncing.delete(opened);
    opened_synced ||= syncing.has(opened);

    const [, descriptor = '', wanted, done] = /^pwrite64\((\d+), .*, (\d+), \d+\) += (\d+)$/.exec(call) ?? [];
    if (descriptor !== '' && wanted === done) {
      const ids = [...call.matchAll(/\\"uid\\":\\"(x-\d+)(\.intent)?\\"/g)];
      const named = ids.map(([, id, suffix]) => `${suffix ? 'i' : 'o'} ${id}`);
      if (syncing.has(descriptor)) for (const id of named) durable.add(id);
      else written.set(descriptor, [...(written.get(descriptor) ?? []), ...named]);
    }
    if (/^fdatasync\(\d+\) += 0$/.test(call)) for (const id of covered.get(thread) ?? []) durable.add(id);
  }
  assert.ok(acknowledged >= 20, `${acknowledged} acknowledgements seen`);
  assert.equal(opened_synced, sync === 'O_DSYNC', 'the log was opened the other way');
}
