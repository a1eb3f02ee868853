import { readFileSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';

/** How long what was learned may be in memory alone. */
const STORE_EVERY_MS = 60_000;

/** Something learned from exchanges that should outlive a restart, and that no exchange depends on. */
export interface KeptSource {
  /** The file in the data folder. */
  readonly path: string;
  /** Whether anything was learned since the last `text`. */
  readonly changed: () => boolean;
  readonly text: () => string;
  /** What is lost where the file cannot be written, as the subject of a sentence: `the usual volume of answers`. */
  readonly what: string;
}

export interface Keeper {
  /** Stores what is left, and nothing after that. */
  close(): Promise<void>;
}

/**
 * Writes what is learned once a minute and at the end. Each write is one step: whoever reads meanwhile finds the old
 * file or the new one. A file that cannot be written is told of once until it can, and exchanges go on.
 *
 * @param onNotice told of what an operator should know; one line
 */
export function keepFile({ path, changed, text, what }: KeptSource, onNotice: (line: string) => void): Keeper {
  let failing = false;
  const store = async (): Promise<void> => {
    // What could not be written before is still to be written, whether or not there is more by now.
    if (!changed() && !failing) return;
    try {
      await writeFile(`${path}.new`, text(), { mode: 0o600 });
      await rename(`${path}.new`, path);
      failing = false;
    } catch (error) {
      if (failing) return;
      failing = true;
      const { code } = error as NodeJS.ErrnoException;
      onNotice(`${what} cannot be stored (${code ?? 'unknown error'}); exchanges go on`);
    }
  };
  // One after the other: of two writes the later one must be what stands there.
  let storing = Promise.resolve();
  const save = (): Promise<void> => {
    storing = storing.then(store);
    return storing;
  };
  const timer = setInterval(() => void save(), STORE_EVERY_MS).unref();
  return {
    close() {
      clearInterval(timer);
      return save();
    },
  };
}

/** The text of a kept file; null where there is none, `damaged` where it cannot be read or is larger than ours are. */
export function readKept(path: string, max_bytes: number): { readonly text: string } | 'damaged' | null {
  try {
    if (statSync(path).size > max_bytes) return 'damaged';
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? null : 'damaged';
  }
}
