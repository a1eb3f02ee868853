/** Where numbers were taken: without it they mean little. */
import { readFileSync, statfsSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { GATEWAY_NAMES, gatewayVersion } from './targets/gateways.ts';
import { versionOf } from './targets/target.ts';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_bytes: number;
  /** Of the first core's frequency; null where the kernel does not tell, as in many virtual machines. */
  readonly governor: string | null;
  readonly kernel: string;
  readonly node: string;
  readonly openssl: string;
  /** What peers say of their version, those that are installed. */
  readonly peers: readonly string[];
  /** Where the records go. */
  readonly file_system: string;
  /** Average of the last minute, before the benchmark began. */
  readonly load_before: number;
  /** The same when it was over: the benchmark itself is part of it. Null where it was not looked at. */
  readonly load_after: number | null;
  readonly date: string;
}

const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  16914836: 'tmpfs (nothing is durable there: CPU of a sync is lower)',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlayfs',
};

/** As it is before a benchmark. */
export function describeMachine(): Machine {
  const type = statfsSync(tmpdir()).type;
  const packages = GATEWAY_NAMES.flatMap((name) => {
    const version = gatewayVersion(name);
    return version === null ? [] : [`${name} ${version}`];
  });
  return {
    cpu: cpus()[0]?.model.trim() || modelFromProc(),
    cores: cpus().length,
    memory_bytes: totalmem(),
    governor: readIfThere('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    kernel: release(),
    node: process.versions.node,
    openssl: process.versions.openssl,
    peers: [...programVersions(), ...packages],
    file_system: FILE_SYSTEMS[type] ?? `type 0x${type.toString(16)}`,
    load_before: loadavg()[0] ?? 0,
    load_after: null,
    date: new Date().toISOString(),
  };
}

function programVersions(): string[] {
  return [versionOf('nginx', '-v'), versionOf('haproxy', '-v')].flatMap((said) =>
    said === null
      ? []
      : [
          said
            .replace(/^(nginx|HAProxy) version:? /, '$1 ')
            .replace(/^nginx nginx\//, 'nginx ')
            .replace(/ \d{4}\/.*$/, ''),
        ],
  );
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'latin1').trim();
  } catch {
    return null;
  }
}

/** Arm kernels name no model where node:os looks. */
function modelFromProc(): string {
  return /^(?:Model|Hardware)\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'latin1'))?.[1] ?? 'unknown';
}

export function machineLine(machine: Machine): string {
  const {
    cpu,
    cores,
    memory_bytes,
    governor,
    kernel,
    node,
    openssl,
    peers,
    file_system,
    date,
    load_before,
    load_after,
  } = machine;
  const size = `${Math.round(memory_bytes / 2 ** 30)} GiB`;
  const frequency = governor === null ? 'frequency governor not told' : `governor ${governor}`;
  const after = load_after === null ? '' : ` and ${load_after.toFixed(2)} after`;
  const load = `load average ${load_before.toFixed(2)} before${after}`;
  return (
    `${cpu}, ${cores} cores, ${size}, ${frequency}, Linux ${kernel}, Node.js ${node}, OpenSSL ${openssl}, ` +
    `${[...peers, `records on ${file_system}`].join(', ')}\n${date}, ${load}`
  );
}
