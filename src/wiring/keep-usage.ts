import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Contract } from '../channels/api/contract/index.ts';
import { UsageBook } from '../channels/api/review/usage/book.ts';
import { mergeUsage } from '../channels/api/review/usage/merge.ts';
import { MAX_USAGE_BYTES, parseUsage, type StoredUsage } from '../channels/api/review/usage/stored.ts';
import { type Keeper, keepFile, readKept } from './kept-file.ts';

export interface UsageKeeper extends Keeper {
  readonly book: UsageBook;
  /** Goes on under other contracts. */
  use(contracts: readonly Contract[]): void;
}

/** Counts what of the contracts is used, and keeps it over restarts and reloads. */
export function keepUsage(
  data_folder: string,
  slot: number,
  contracts: readonly Contract[],
  ports: { readonly now: () => number; readonly onNotice: (line: string) => void },
): UsageKeeper {
  const path = usagePath(data_folder, slot);
  const stored = readUsage(path);
  if (stored === 'damaged') ports.onNotice(`${path} cannot be used: what is used of the contracts is counted anew`);
  const book = new UsageBook();
  book.use(counted(contracts), stored === 'damaged' ? null : stored, ports.now());
  const source = {
    path,
    changed: () => book.changed,
    text: () => `${JSON.stringify(book.stored())}\n`,
    what: 'what is used of the contracts',
  };
  return {
    ...keepFile(source, ports.onNotice),
    book,
    use(next) {
      book.use(counted(next), null, ports.now());
    },
  };
}

function counted(contracts: readonly Contract[]): Parameters<UsageBook['use']>[0] {
  return contracts.map(({ api, digest, operations }) => ({ api, digest, operations: operations.map(({ id }) => id) }));
}

/** Each worker of a gate has a file of its own; the first worker's has the plain name. */
export function usagePath(data_folder: string, slot: number): string {
  return join(data_folder, slot === 1 ? 'usage.json' : `usage.${slot}.json`);
}

const USAGE_FILE = /^usage(\.\d{1,3})?\.json$/;

/** What all workers counted, and the files that cannot be used. */
export function readAllUsage(data_folder: string): { stored: StoredUsage | null; damaged: string[] } {
  const names = existsSync(data_folder) ? readdirSync(data_folder).filter((name) => USAGE_FILE.test(name)) : [];
  const read = names.map((name) => ({ file: join(data_folder, name), usage: readUsage(join(data_folder, name)) }));
  return {
    stored: mergeUsage(read.flatMap(({ usage }) => (usage === null || usage === 'damaged' ? [] : [usage]))),
    damaged: read.filter(({ usage }) => usage === 'damaged').map(({ file }) => file),
  };
}

/** Null where nothing is stored. */
export function readUsage(path: string): StoredUsage | 'damaged' | null {
  const kept = readKept(path, MAX_USAGE_BYTES);
  return kept === null || kept === 'damaged' ? kept : (parseUsage(kept.text) ?? 'damaged');
}
