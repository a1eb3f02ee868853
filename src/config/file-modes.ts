/** Who may write what the gate obeys: whoever can change a policy or a trust bundle needs no certificate. */
import { access, constants, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Fault } from '../core/errors/faults.ts';
import type { SourcePosition } from './positions.ts';

const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** A file the gate obeys. */
export interface ObeyedFile {
  /** Absolute path. */
  readonly path: string;
  /** The file for messages. */
  readonly file: string;
  /** Where the configuration names it; null where it is named by the user or found by a pattern. */
  readonly source: SourcePosition | null;
  /**
   * `named`: others may neither write it nor put another in its place. `matched`: nor add one beside it, which a
   * pattern would find. `secret`: its own mode is judged where it is read. `data`: a folder to write in, which may be
   * still to be made.
   */
  readonly kind: 'named' | 'matched' | 'secret' | 'data';
}

/**
 * A fault for each file that everybody on the host may write, and for each folder in which everybody may put another
 * file in its place. Symbolic links are followed, and judged by the folders at both ends. What is not there, or may
 * not be looked at, is left to whoever reads it.
 *
 * Groups are the operator's own choice, and folders above the one a file stands in are the host's.
 */
export async function findWritable(files: readonly ObeyedFile[]): Promise<Fault[]> {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  for (const file of files) {
    for (const place of await placesOf(file)) {
      // A folder is told once, although many files stand in it.
      const key = `${place.path}\n${place.sticky_protects}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const mode = await writableMode(place);
      if (mode !== null) faults.push(faultOf(file, place, mode));
    }
  }
  return faults;
}

interface Place {
  readonly path: string;
  /** In words, after "may write". */
  readonly what: string;
  /** In a sticky folder only the owner of a file may replace it, but anybody may add one. */
  readonly sticky_protects: boolean;
}

async function placesOf({ path, kind }: ObeyedFile): Promise<Place[]> {
  const real = await realpath(path).catch(() => null);
  const parent = dirname(path);
  if (real === null) return kind === 'data' && parent !== path ? placesOf({ ...NOWHERE, path: parent, kind }) : [];
  const folders = new Set([dirname(real), await realpath(parent).catch(() => dirname(real))]);
  const around = [...folders].map((folder) => ({
    path: folder,
    what: 'the folder it stands in',
    sticky_protects: kind !== 'matched',
  }));
  if (kind === 'secret') return around;
  const own = { path: real, what: kind === 'data' ? 'the folder' : 'the file', sticky_protects: kind === 'data' };
  return [own, ...around];
}

const NOWHERE = { file: '', source: null };

/** The mode where others may write, else null. */
async function writableMode({ path, sticky_protects }: Place): Promise<number | null> {
  const stats = await stat(path).catch(() => null);
  if (stats === null || (stats.mode & OTHERS_WRITE) === 0) return null;
  if (sticky_protects && (stats.mode & STICKY) !== 0) return null;
  return (await isReadOnly(path)) ? null : stats.mode & 0o7777;
}

/** Volumes of orchestrators have folders of mode 0777 that are mounted read-only. */
function isReadOnly(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'EROFS',
  );
}

function faultOf({ file, source }: ObeyedFile, { path, what }: Place, mode: number): Fault {
  const octal = mode.toString(8).padStart(4, '0');
  return {
    code: 'CONFIG_FILE_MODE',
    ...(source ?? { file }),
    message: `${source ? `${file}: ` : ''}everybody on this host may write ${what} (mode ${octal})`,
    suggestion: `Run: chmod o-w ${path}`,
  };
}
