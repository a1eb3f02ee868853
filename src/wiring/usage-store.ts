import { readFileSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_USAGE_BYTES, parseUsage, type StoredUsage } from '../channels/api/review/usage/stored.ts';

/** What the gate remembers of the use of its contracts, in its data folder. */
export interface UsageStore {
  /** Null where nothing is stored, or what is stored cannot be read; that is told once. */
  read(): StoredUsage | null;
  /** In one step: whoever reads meanwhile finds the old one or the new one. A failure is told once until it works. */
  write(usage: StoredUsage): Promise<void>;
}

export function usagePath(data_folder: string): string {
  return join(data_folder, 'usage.json');
}

/** @param onNotice told of what an operator should know; one line */
export function createUsageStore(data_folder: string, onNotice: (line: string) => void): UsageStore {
  const path = usagePath(data_folder);
  let failing = false;
  return {
    read() {
      const read = readUsage(path);
      if (read !== 'damaged') return read;
      onNotice(`${path} cannot be used: what is used of the contracts is counted anew`);
      return null;
    },
    async write(usage) {
      try {
        await writeFile(`${path}.new`, `${JSON.stringify(usage)}\n`, { mode: 0o600 });
        await rename(`${path}.new`, path);
        failing = false;
      } catch (error) {
        if (failing) return;
        failing = true;
        const { code } = error as NodeJS.ErrnoException;
        onNotice(`what is used of the contracts cannot be stored (${code ?? 'unknown error'}); exchanges go on`);
      }
    },
  };
}

/** Null where there is none. */
export function readUsage(path: string): StoredUsage | 'damaged' | null {
  try {
    if (statSync(path).size > MAX_USAGE_BYTES) return 'damaged';
    return parseUsage(readFileSync(path, 'utf8')) ?? 'damaged';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'damaged';
  }
}
