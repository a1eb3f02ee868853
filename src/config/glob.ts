import { readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** More files than this match no glob on purpose. */
const MAX_MATCHES = 10_000;

export interface GlobResult {
  /** Paths relative to the folder, sorted. */
  readonly files: readonly string[];
  /** Paths that lead out of the folder through a symbolic link. */
  readonly escapes: readonly string[];
}

/**
 * Files in a folder that match a pattern of segments, where `*` stands for any characters of one segment and `?`
 * for one. Names that begin with a dot match only where the pattern writes the dot. A folder that cannot be
 * listed matches nothing.
 */
export async function glob(folder: string, pattern: string): Promise<GlobResult> {
  let paths = [''];
  const segments = pattern.split('/').filter((segment) => segment !== '' && segment !== '.');
  for (const [index, segment] of segments.entries()) {
    paths = await step(folder, paths, segment, index === segments.length - 1);
  }
  const root = await realpath(folder);
  const real = await Promise.all(paths.map((path) => realpath(join(folder, path)).catch(() => null)));
  const inside = paths.filter((_, index) => real[index] === null || real[index]?.startsWith(withSeparator(root)));
  return { files: inside.sort(), escapes: paths.filter((path) => !inside.includes(path)).sort() };
}

async function step(folder: string, paths: readonly string[], segment: string, last: boolean): Promise<string[]> {
  const matches = segmentPattern(segment);
  const found: string[] = [];
  for (const path of paths) {
    const entries = await readdir(join(folder, path), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const fits = matches.test(entry.name) && (segment.startsWith('.') || !entry.name.startsWith('.'));
      // A symbolic link may be either; reading it tells. A folder at the end of the pattern is not a file.
      const kind = entry.isSymbolicLink() || (last ? !entry.isDirectory() : entry.isDirectory());
      if (fits && kind && found.length < MAX_MATCHES) found.push(path === '' ? entry.name : `${path}/${entry.name}`);
    }
  }
  return found;
}

/** Consecutive stars are one, so that matching stays linear in practice. */
function segmentPattern(segment: string): RegExp {
  const source = segment
    .replace(/\*+/g, '*')
    .replace(/[.+^$()|]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'su');
}

function withSeparator(folder: string): string {
  return folder.endsWith(sep) ? folder : folder + sep;
}
