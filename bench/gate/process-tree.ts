/** CPU, memory and descriptors of a process and all that descend from it, as Linux tells them. */
import { readdirSync, readFileSync } from 'node:fs';

/** USER_HZ: 100 on every Linux that Node.js runs on. */
const TICK_US = 10_000;
const PAGE_BYTES = 4096;

export interface Stat {
  readonly pid: number;
  readonly parent_pid: number;
  /** User and system time of all its threads, and of the children that it has waited for. */
  readonly cpu_us: number;
  readonly rss_bytes: number;
}

export interface TreeFacts {
  readonly processes: number;
  readonly cpu_us: number;
  /** Sum over the processes: pages that several share count several times. */
  readonly rss_bytes: number;
  /** Proportional set size: a page that n processes share counts as 1/n for each. Null where it may not be read. */
  readonly pss_bytes: number | null;
  readonly descriptors: number;
}

/** proc_pid_stat(5); the name in parentheses may hold blanks and parentheses. */
export function parseStat(text: string): Stat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (index: number) => Number(fields[index - 3]);
  return {
    pid: Number.parseInt(text, 10),
    parent_pid: number(4),
    cpu_us: (number(14) + number(15) + number(16) + number(17)) * TICK_US,
    rss_bytes: number(24) * PAGE_BYTES,
  };
}

/** The process and what descends from it, parents before children. */
export function treeOf(root_pid: number, all: readonly Stat[]): readonly Stat[] {
  const children = Map.groupBy(all, ({ parent_pid }) => parent_pid);
  const tree = all.filter(({ pid }) => pid === root_pid);
  for (const { pid } of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/**
 * CPU only, and cheap. It grows also when a child ends: its time becomes its parent's.
 *
 * @throws Error where the process is gone
 */
export function cpuOfTree(root_pid: number): number {
  return sum(liveTree(root_pid).map(({ cpu_us }) => cpu_us));
}

/** @throws Error where the process is gone */
export function factsOfTree(root_pid: number): TreeFacts {
  const tree = liveTree(root_pid);
  const shares = tree.map(({ pid }) => pssOf(pid));
  return {
    processes: tree.length,
    cpu_us: sum(tree.map(({ cpu_us }) => cpu_us)),
    rss_bytes: sum(tree.map(({ rss_bytes }) => rss_bytes)),
    pss_bytes: shares.includes(null) ? null : sum(shares.map((share) => share ?? 0)),
    descriptors: sum(tree.map(({ pid }) => descriptorsOf(pid))),
  };
}

function liveTree(root_pid: number): readonly Stat[] {
  const tree = treeOf(root_pid, allProcesses());
  if (tree.length === 0) throw new Error(`process ${root_pid} has ended`);
  return tree;
}

function allProcesses(): readonly Stat[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    // It may end while the folder is read.
    const text = readIfThere(`/proc/${name}/stat`);
    return text === null ? [] : [parseStat(text)];
  });
}

function pssOf(pid: number): number | null {
  const found = /^Pss:\s+(\d+) kB$/m.exec(readIfThere(`/proc/${pid}/smaps_rollup`) ?? '');
  return found ? Number(found[1]) * 1024 : null;
}

function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
