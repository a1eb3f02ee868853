import { constants, type FileHandle, open } from 'node:fs/promises';

/** No configuration, party or policy file is larger. */
export const MAX_FILE_BYTES = 1024 * 1024;

export type TextFile =
  | { readonly ok: true; readonly text: string }
  /** `problem` reads after the name of the file. */
  | { readonly ok: false; readonly problem: string };

/** Reads a UTF-8 text file of at most 1 MiB. Never throws for what the file is or holds. */
export async function readTextFile(path: string): Promise<TextFile> {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) =>
    problemOf(error),
  );
  if (typeof handle === 'string') return { ok: false, problem: handle };
  try {
    return await readText(handle);
  } catch (error) {
    return { ok: false, problem: problemOf(error) };
  } finally {
    await handle.close();
  }
}

async function readText(handle: FileHandle): Promise<TextFile> {
  if (!(await handle.stat()).isFile()) return { ok: false, problem: 'is not a regular file' };
  const buffer = Buffer.alloc(MAX_FILE_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  if (length > MAX_FILE_BYTES) return { ok: false, problem: 'is larger than 1MiB' };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, length)) };
  } catch {
    return { ok: false, problem: 'is not UTF-8 text' };
  }
}

const PROBLEMS: Record<string, string> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'cannot be read: permission denied',
  EPERM: 'cannot be read: permission denied',
  EISDIR: 'is a folder',
  ELOOP: 'cannot be read: too many symbolic links',
  ENAMETOOLONG: 'cannot be read: the name is too long',
};

/** A file system error as words; anything that is not one is thrown on. */
export function problemOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : null;
  if (code === null) throw error;
  return PROBLEMS[code] ?? `cannot be read (${code})`;
}
