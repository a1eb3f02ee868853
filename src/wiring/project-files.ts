import { existsSync, readFileSync } from 'node:fs';
import { diskFiles, type IdentityFiles } from '../core/trust/index.ts';

/** The files that a configuration names, read at a load. */
export interface ProjectFiles extends IdentityFiles {
  /** Null where there is no such file. */
  optionalText(path: string): string | null;
}

/** What a load read: enough to load the same plan again, whatever stands on disk by then. Holds private keys. */
export interface StoredFiles {
  readonly texts: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Optional files that were not there. */
  readonly absent: readonly string[];
}

/** Files as they are now. */
export const liveFiles: ProjectFiles = {
  ...diskFiles,
  optionalText: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : null),
};

/** Files as they are now, each read once; `stored` gives what was read. */
export function rememberingFiles(): ProjectFiles & { stored(): StoredFiles } {
  const texts: Record<string, string> = {};
  const secrets: Record<string, string> = {};
  const absent = new Set<string>();
  return {
    text: (path) => (texts[path] ??= liveFiles.text(path)),
    secret(path) {
      secrets[path] ??= liveFiles.secret(path).toString('latin1');
      return Buffer.from(secrets[path], 'latin1');
    },
    optionalText(path) {
      const known = texts[path] ?? liveFiles.optionalText(path);
      if (known === null) absent.add(path);
      else texts[path] = known;
      return known;
    },
    stored: () => ({ texts, secrets, absent: [...absent] }),
  };
}

/** Files as an earlier load found them. */
export function storedFiles({ texts, secrets, absent }: StoredFiles): ProjectFiles {
  const missing = new Set(absent);
  const known = (from: Readonly<Record<string, string>>, path: string): string => {
    const text = Object.hasOwn(from, path) ? from[path] : undefined;
    if (text === undefined) throw Object.assign(new Error('the load did not read this file'), { code: 'ENOENT' });
    return text;
  };
  return {
    text: (path) => known(texts, path),
    secret: (path) => Buffer.from(known(secrets, path), 'latin1'),
    optionalText: (path) => (missing.has(path) ? null : known(texts, path)),
  };
}
