import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cpuOfTree, factsOfTree, parseStat, type Stat, treeOf } from '../../bench/gate/process-tree.ts';

const stat = (pid: number, parent_pid: number): Stat => ({ pid, parent_pid, cpu_us: 0, rss_bytes: 0 });

test('a process belongs to a tree with its grandchildren, whatever the order of the list, and no other does', () => {
  const all = [stat(40, 30), stat(30, 20), stat(21, 1), stat(20, 10), stat(10, 1), stat(31, 20)];
  assert.deepEqual(
    treeOf(10, all).map(({ pid }) => pid),
    [10, 20, 30, 31, 40],
  );
  assert.deepEqual(treeOf(99, all), []);
});

test('a stat line is read behind a name with blanks and parentheses, children that ended included', () => {
  const fields = ['S', 7, 1, 1, 0, -1, 0, 0, 0, 0, 0, 11, 22, 33, 44, 20, 0, 9, 0, 100, 5_000_000, 25];
  assert.deepEqual(parseStat(`42 (a) b (c) ${fields.join(' ')}`), {
    pid: 42,
    parent_pid: 7,
    cpu_us: 110 * 10_000,
    rss_bytes: 25 * 4096,
  });
});

test('facts of a process count its child, and a process that has ended is told', { skip: notLinux() }, async () => {
  const child = spawn('sh', ['-c', 'sleep 30 & echo up; wait'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await once(child.stdout, 'data');
    const { processes, rss_bytes, descriptors } = factsOfTree(child.pid!);
    assert.equal(processes, 2);
    assert.ok(rss_bytes > 0);
    assert.ok(descriptors >= 2);
    assert.ok(cpuOfTree(child.pid!) >= 0);
  } finally {
    process.kill(sleepOf(child.pid!), 'SIGKILL');
    await once(child, 'exit');
  }
  assert.throws(() => cpuOfTree(child.pid!), /has ended/);
});

function sleepOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

function notLinux(): string | false {
  return process.platform === 'linux' ? false : 'only Linux has /proc';
}
