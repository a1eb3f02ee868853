/** Programs of the system that a test needs. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Daemons stand in folders that are not in everybody's PATH. */
const FOLDERS = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/sbin',
  '/usr/local/sbin',
  '/sbin',
  '/usr/lib/dovecot',
  '/usr/lib/postgresql/15/bin',
];

/** The path of a program, or null where it is not installed. */
export function findTool(program: string): string | null {
  for (const folder of FOLDERS) {
    if (folder === '') continue;
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/**
 * For the `skip` option of a test: the reason where a program is missing, else false.
 *
 * @throws Error where one is missing and SALLYPORT_TOOLS is `required`
 */
export function missingTools(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => findTool(program) === null);
  if (missing.length === 0) return false;
  const reason = `not installed: ${missing.join(', ')}`;
  if (process.env['SALLYPORT_TOOLS'] === 'required') throw new Error(reason);
  return reason;
}
