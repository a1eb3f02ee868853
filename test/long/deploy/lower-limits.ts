/**
 * `lower-limits.ts ARGUMENTS OF AN OCI RUNTIME`: lowers the resource limits of a container to those of this host, where
 * even root may not raise them. The engine asks for more by default.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Limit {
  readonly type: string;
  readonly hard: number;
  readonly soft: number;
}

interface Process {
  rlimits?: readonly Limit[];
}

const NAMES: Readonly<Record<string, string>> = {
  RLIMIT_NOFILE: 'Max open files',
  RLIMIT_NPROC: 'Max processes',
};

const limits = readFileSync('/proc/self/limits', 'utf8').split('\n');

/** This host's hard limit; infinite where there is none. */
function most(type: string): number {
  const name = NAMES[type];
  const line = name === undefined ? undefined : limits.find((candidate) => candidate.startsWith(name));
  const [, hard] = line?.slice(name?.length).trim().split(/\s+/) ?? [];
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

function lower(process: Process): void {
  process.rlimits = (process.rlimits ?? []).map(({ type, hard, soft }) => {
    return { type, hard: Math.min(hard, most(type)), soft: Math.min(soft, most(type)) };
  });
}

const after = (option: string): string | undefined => {
  const index = process.argv.indexOf(option);
  return index === -1 ? undefined : process.argv[index + 1];
};

const bundle = after('--bundle');
if (bundle !== undefined) {
  const path = join(bundle, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as { process: Process };
  lower(config.process);
  writeFileSync(path, JSON.stringify(config));
}
const path = after('--process');
if (path !== undefined) {
  const described = JSON.parse(readFileSync(path, 'utf8')) as Process;
  lower(described);
  writeFileSync(path, JSON.stringify(described));
}
