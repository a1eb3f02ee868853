/**
 * `npm run lock`: completes package-lock.json after dependencies have changed.
 *
 * npm leaves a platform's optional package out of the lock file when the registry it asked does not carry it,
 * and `npm ci` then refuses the whole file. Such a package is entered here with version and platform but
 * without a digest, so that it is only ever looked for on its own platform.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Entry {
  version?: string;
  optional?: boolean;
  dev?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

interface Lock {
  packages: Record<string, Entry>;
}

export interface Missing {
  readonly name: string;
  readonly version: string;
  /** True when only development needs the package that asks for it. */
  readonly dev: boolean;
}

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

/** Optional packages that a locked package names and the lock file does not hold. */
export function missingOptionals(lock: Lock): Missing[] {
  return Object.values(lock.packages).flatMap((entry) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name, version]) => !(`node_modules/${name}` in lock.packages) && /^\d/.test(version))
      .map(([name, version]) => ({ name, version, dev: entry.dev === true })),
  );
}

/** The entry of a package whose name ends in its platform, such as `core-linux-x64-musl`; null if it does not. */
export function platformEntry({ name, version, dev }: Missing): Entry | null {
  const words = name.split(/[-/]/);
  const os = SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  if (os === undefined || cpu === undefined) return null;
  const libc = name.endsWith('musl') ? 'musl' : name.endsWith('gnu') ? 'glibc' : null;
  return {
    version,
    cpu: [cpu],
    ...(dev ? { dev } : {}),
    ...(libc !== null && os === 'linux' ? { libc: [libc] } : {}),
    optional: true,
    os: [os],
  };
}

function complete(lock: Lock): number {
  const missing = missingOptionals(lock);
  for (const part of missing) {
    const entry = platformEntry(part);
    if (entry === null) throw new Error(`${part.name} is not in the lock file and names no platform`);
    lock.packages[`node_modules/${part.name}`] = entry;
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(sorted);
  return missing.length;
}

if (import.meta.main) {
  const file = join(import.meta.dirname, '..', 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  const added = complete(lock);
  if (added > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${added} platform packages added to package-lock.json`);
}
