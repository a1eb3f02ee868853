import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a shell with this PATH would find the program. */
export function onPath(program: string, path: string | undefined): boolean {
  return (path ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
}
