import { dirname, resolve } from 'node:path';
import { ADMIN_SOCKET, type AdminPlace, adminConfig } from '../admin/config.ts';
import { LoadError } from '../core/errors/faults.ts';
import { readTextFile } from './read-file.ts';
import { itemsAt, textAt } from './written.ts';
import { readYaml } from './yaml.ts';

/** Where the gate of a configuration file can be asked, as far as that file tells. */
export interface GateLocation {
  readonly listen: readonly AdminPlace[];
  /** Absolute path. */
  readonly socket: string;
  /** False where the file could not be read for it, and this is where a gate usually is. */
  readonly certain: boolean;
}

const USUAL_DATA = '.sallyport/data';

/**
 * Finds a running gate by its configuration file, also while that has faults: just then one wants to ask it.
 *
 * @throws LoadError where there is no such file
 */
export async function locateGate(path: string): Promise<GateLocation> {
  const read = await readTextFile(path);
  if (!read.ok) {
    const suggestion = 'name the configuration of the gate with --config';
    throw new LoadError([{ code: 'CONFIG_FILE', message: `the file ${read.problem}`, file: path, suggestion }]);
  }
  const { value } = readYaml(path, read.text);
  const data = textAt(value, ['gate', 'data']) ?? USUAL_DATA;
  const socket = textAt(value, ['admin', 'socket']) ?? `${data}/${ADMIN_SOCKET}`;
  const admin = adminConfig.safeParse({ listen: itemsAt(value, ['admin', 'listen']) });
  return {
    listen: admin.success ? admin.data.listen : [{ kind: 'unix' }],
    socket: resolve(dirname(resolve(path)), socket),
    certain: value !== null,
  };
}
