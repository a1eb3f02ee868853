import { readdirSync, readFileSync } from 'node:fs';
import { METRICS } from './gate-metrics.ts';
import type { MetricRegistry, Reading } from './registry.ts';

/** What a process knows of itself; `process` is one. */
export interface OwnProcess {
  cpuUsage(): { readonly user: number; readonly system: number };
  memoryUsage(): { readonly rss: number; readonly heapUsed: number; readonly external: number };
}

/** CPU, memory and descriptors of this process. */
export function watchProcess(registry: MetricRegistry, own: OwnProcess): void {
  registry.reader(METRICS.cpu, () => [[[], cpuSeconds(own)]]);
  registry.reader(METRICS.resident, () => [[[], own.memoryUsage().rss]]);
  registry.reader(METRICS.heap, () => [[[], own.memoryUsage().heapUsed]]);
  registry.reader(METRICS.external, () => [[[], own.memoryUsage().external]]);
  registry.reader(METRICS.descriptors, () => only(openDescriptors()));
  registry.reader(METRICS.descriptors_max, () => only(maxDescriptors()));
}

export function cpuSeconds(own: OwnProcess): number {
  const { user, system } = own.cpuUsage();
  return (user + system) / 1e6;
}

function only(value: number | null): readonly Reading[] {
  return value === null ? [] : [[[], value]];
}

/** Null where there is no /proc. */
function openDescriptors(): number | null {
  try {
    // Reading the folder holds one itself.
    return readdirSync('/proc/self/fd').length - 1;
  } catch {
    return null;
  }
}

function maxDescriptors(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}
