/** The processes of a gate, as the system tells of them. */
import { execFileSync } from 'node:child_process';

interface Listed {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function listed(): Listed[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
}

/** Every process below this one. */
export function descendantsOf(pid: number): number[] {
  const all = listed();
  const below = (above: number): number[] =>
    all.filter(({ parent }) => parent === above).flatMap((child) => [child.pid, ...below(child.pid)]);
  return below(pid);
}

/** The processes of this kind below a gate's supervisor, oldest first. */
export function processesOf(pid: number, kind: 'worker' | 'recorder' | 'signer'): number[] {
  const below = new Set(descendantsOf(pid));
  return listed()
    .filter((one) => below.has(one.pid) && one.command.includes(`${kind}-main`))
    .map((one) => one.pid)
    .sort((left, right) => left - right);
}

/** Whether there is a process of that number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
