import type { Contract } from '../channels/api/contract/index.ts';
import { UsageBook } from '../channels/api/review/usage/book.ts';
import { createUsageStore } from './usage-store.ts';

/** How long what was counted may be in memory alone. */
const STORE_EVERY_MS = 60_000;

export interface UsageKeeper {
  readonly book: UsageBook;
  /** Goes on under other contracts. */
  use(contracts: readonly Contract[]): void;
  /** Stores what is left, and nothing after that. */
  close(): Promise<void>;
}

/** Counts what of the contracts is used, and keeps it over restarts and reloads. */
export function keepUsage(
  data_folder: string,
  contracts: readonly Contract[],
  ports: { readonly now: () => number; readonly onNotice: (line: string) => void },
): UsageKeeper {
  const store = createUsageStore(data_folder, ports.onNotice);
  const book = new UsageBook();
  const counted = (given: readonly Contract[]) =>
    given.map(({ api, digest, operations }) => ({ api, digest, operations: operations.map(({ id }) => id) }));
  book.use(counted(contracts), store.read(), ports.now());
  // One after the other: of two writes the later one must be what stands there.
  let saving = Promise.resolve();
  const save = (): Promise<void> => {
    if (book.changed) saving = saving.then(() => store.write(book.stored()));
    return saving;
  };
  const timer = setInterval(() => void save(), STORE_EVERY_MS).unref();
  return {
    book,
    use(next) {
      book.use(counted(next), null, ports.now());
    },
    close() {
      clearInterval(timer);
      return save();
    },
  };
}
