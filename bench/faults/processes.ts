/** Memory and descriptors of each process of a gate, as Linux tells them. */
import { readdirSync, readFileSync } from 'node:fs';
import { descendantsOf, processesOf } from '../../test/acceptance/harness/processes.ts';

const KIB = 1024;
const SAMPLE_MS = 300;

/** Of all processes together. */
export interface Held {
  readonly processes: number;
  readonly memory_bytes: number;
  readonly descriptors: number;
  /** One for each process: kind, memory in MiB, descriptors. */
  readonly each: readonly string[];
}

export function heldBy(supervisor: number): Held {
  const each = [supervisor, ...descendantsOf(supervisor)].flatMap((pid) => {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1');
      const memory_bytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * KIB;
      return [{ kind: kindOf(pid), memory_bytes, descriptors: readdirSync(`/proc/${pid}/fd`).length }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
  const sum = (key: 'memory_bytes' | 'descriptors') => each.reduce((total, one) => total + one[key], 0);
  return {
    processes: each.length,
    memory_bytes: sum('memory_bytes'),
    descriptors: sum('descriptors'),
    each: each.map(
      ({ kind, memory_bytes, descriptors }) => `${kind} ${Math.round(memory_bytes / KIB / KIB)} MiB ${descriptors} fd`,
    ),
  };
}

function kindOf(pid: number): string {
  const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  return /(worker|recorder|signer)-main/.exec(command)?.[1] ?? 'supervisor';
}

/** The most that was held, looked at a few times a second. */
export function watchPeak(supervisor: () => number): () => { memory_bytes: number; descriptors: number } {
  const peak = { memory_bytes: 0, descriptors: 0 };
  const look = () => {
    try {
      const { memory_bytes, descriptors } = heldBy(supervisor());
      peak.memory_bytes = Math.max(peak.memory_bytes, memory_bytes);
      peak.descriptors = Math.max(peak.descriptors, descriptors);
    } catch {
      // A look that fails, because the listing was interrupted, is one look less.
    }
  };
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    look();
    return peak;
  };
}

/** The oldest process of this kind of a gate. */
export function oldestOf(supervisor: number, kind: 'worker' | 'recorder'): number {
  const [pid] = processesOf(supervisor, kind);
  if (pid === undefined) throw new Error(`the gate has no ${kind}`);
  return pid;
}
