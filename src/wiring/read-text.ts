import { readFileSync } from 'node:fs';
import type { FileReference } from '../config/load.ts';
import { type FaultCode, LoadError } from '../core/errors/index.ts';
import { liveFiles, type ProjectFiles } from './project-files.ts';

/**
 * Reads a text file that the configuration names.
 *
 * @param key key path of the place that names it
 * @param files default: as they are on disk now
 * @throws LoadError CONFIG_FILE at the place that names it
 */
export function readText({ path, file, source }: FileReference, key: string, files: ProjectFiles = liveFiles): string {
  try {
    return files.text(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new LoadError([
      {
        code: 'CONFIG_FILE',
        ...source,
        key,
        message: `${file} cannot be read (${code ?? 'unknown error'})`,
        suggestion:
          code === 'ENOENT' ? 'Create the file, or correct the path' : 'Give the user of the gate read access',
      },
    ]);
  }
}

/**
 * Reads a text file that somebody named on the command line, or that stands beside another.
 *
 * @param file as the user would name it
 * @throws LoadError with this code
 */
export function readNamedFile(path: string, file: string, code: FaultCode = 'CONFIG_FILE'): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code: why } = error as NodeJS.ErrnoException;
    throw new LoadError([{ code, file, message: `the file cannot be read (${why ?? 'unknown error'})` }]);
  }
}
