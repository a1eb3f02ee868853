/** A file system of a few hundred kibibytes that a test can fill up and empty again. */
import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Site } from './site.ts';

export interface TinyDisk {
  fill(): void;
  free(): void;
}

/** Makes the site's data folder one, until the test ends; null where this user may not mount. */
export function mountTinyDisk({ project, onEnd }: Pick<Site, 'project' | 'onEnd'>, size: string): TinyDisk | null {
  const folder = join(project.folder, 'data');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onEnd(() => execFileSync('umount', [folder]));
  const filler = join(folder, 'filler');
  return {
    fill: () => fillUp(filler),
    free: () => rmSync(filler),
  };
}

/** Writes until nothing more fits, with smaller and smaller pieces. */
function fillUp(path: string): void {
  const descriptor = openSync(path, 'w', 0o600);
  for (let size = 4096; size >= 1; size = size >> 1) {
    try {
      for (;;) writeSync(descriptor, Buffer.alloc(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }
  fsyncSync(descriptor);
  closeSync(descriptor);
}
