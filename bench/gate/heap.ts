/** Asks Node.js processes of a target for their heap: each writes it to a file of its own, again and again. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface HeapProbe {
  /** For NODE_OPTIONS of the target. */
  readonly node_options: string;
  /** The sum of what the processes told last that still live; null where none has. */
  heapBytes(): number | null;
}

export function openHeapProbe(site_folder: string): HeapProbe {
  const folder = join(site_folder, 'heap');
  mkdirSync(folder);
  const teller = pathToFileURL(join(import.meta.dirname, 'heap-teller.ts'));
  teller.search = `?folder=${encodeURIComponent(folder)}`;
  return {
    node_options: `--import=${teller.href}`,
    heapBytes() {
      const told = readdirSync(folder)
        .filter(lives)
        .map((pid) => Number(readFileSync(join(folder, pid), 'utf8')))
        .filter((bytes) => bytes > 0);
      return told.length === 0 ? null : told.reduce((sum, bytes) => sum + bytes, 0);
    },
  };
}

function lives(pid: string): boolean {
  try {
    readFileSync(`/proc/${pid}/stat`);
    return true;
  } catch {
    return false;
  }
}
