import { join } from 'node:path';
import type { Contract } from '../channels/api/contract/index.ts';
import { UsageBook } from '../channels/api/review/usage/book.ts';
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
  contracts: readonly Contract[],
  ports: { readonly now: () => number; readonly onNotice: (line: string) => void },
): UsageKeeper {
  const path = usagePath(data_folder);
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

export function usagePath(data_folder: string): string {
  return join(data_folder, 'usage.json');
}

/** Null where nothing is stored. */
export function readUsage(path: string): StoredUsage | 'damaged' | null {
  const kept = readKept(path, MAX_USAGE_BYTES);
  return kept === null || kept === 'damaged' ? kept : (parseUsage(kept.text) ?? 'damaged');
}
