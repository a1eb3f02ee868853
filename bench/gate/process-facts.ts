/** CPU and memory of processes, as Linux tells them. */
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: 100 on every Linux that Node.js runs on. */
const TICK_US = 10_000;
const PAGE_BYTES = 4096;

interface Stat {
  readonly parent_pid: number;
  /** User and system time of all its threads. */
  readonly cpu_us: number;
  readonly rss_bytes: number;
}

/** proc_pid_stat(5); the name in parentheses may hold blanks. */
function statOf(pid: number): Stat {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number) => Number(fields[index - 3]);
  return {
    parent_pid: number(4),
    cpu_us: (number(14) + number(15)) * TICK_US,
    rss_bytes: number(24) * PAGE_BYTES,
  };
}

/** A process and its children: a gate or nginx may have workers. */
export function processesOf(pid: number): readonly number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((other) => isChild(other, pid));
  return [pid, ...children];
}

function isChild(pid: number, parent_pid: number): boolean {
  try {
    return statOf(pid).parent_pid === parent_pid;
  } catch {
    // Ended since the folder was read.
    return false;
  }
}

export function cpuOf(pids: readonly number[]): number {
  return sum(pids.map((pid) => statOf(pid).cpu_us));
}

export function rssOf(pids: readonly number[]): number {
  return sum(pids.map((pid) => statOf(pid).rss_bytes));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
