/** Where numbers were taken: without it they mean little. */
import { readFileSync, statfsSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  readonly node: string;
  readonly openssl: string;
  readonly nginx: string | null;
  /** Where the records go. */
  readonly file_system: string;
  /** Average of the last minute, before the benchmark began. */
  readonly load_before: number;
  readonly date: string;
}

const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  16914836: 'tmpfs (nothing is durable there: CPU of a sync is lower)',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlayfs',
};

export function describeMachine(nginx: string | null): Machine {
  const type = statfsSync(tmpdir()).type;
  return {
    cpu: cpus()[0]?.model.trim() || modelFromProc(),
    cores: cpus().length,
    kernel: release(),
    node: process.versions.node,
    openssl: process.versions.openssl,
    nginx,
    file_system: FILE_SYSTEMS[type] ?? `type 0x${type.toString(16)}`,
    load_before: loadavg()[0] ?? 0,
    date: new Date().toISOString(),
  };
}

/** Arm kernels name no model where node:os looks. */
function modelFromProc(): string {
  return /^(?:Model|Hardware)\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'latin1'))?.[1] ?? 'unknown';
}

export function machineLine(machine: Machine): string {
  const { cpu, cores, kernel, node, openssl, nginx, file_system, load_before, date } = machine;
  return (
    `${cpu}, ${cores} cores, Linux ${kernel}, Node.js ${node}, OpenSSL ${openssl}` +
    `${nginx === null ? '' : `, ${nginx}`}, records on ${file_system}\n` +
    `${date}, load average before: ${load_before.toFixed(2)}`
  );
}
