/** The file of the CA's key, which nobody but the signer is to read. */

import { stat } from 'node:fs/promises';
import type { Fault } from '../core/errors/faults.ts';
import type { ObeyedFile } from './file-modes.ts';
import type { CaConfig } from './gate-config.ts';

/**
 * A fault where the configuration names the file of the CA's key for something else too, by whatever path or link: what
 * is read for that is in the memory of other processes. What is not there, or may not be looked at, is left to whoever
 * reads it.
 *
 * @param files the gate obeys; that key may stand among them
 */
export async function findSharedKey({ key, key_source }: CaConfig, files: readonly ObeyedFile[]): Promise<Fault[]> {
  const own = await identityOf(key.path);
  for (const { path, file, source } of files) {
    if (source === key_source || (path !== key.path && (own === null || own !== (await identityOf(path))))) continue;
    const where = source ? `${source.file}:${source.line}:${source.column}` : file;
    return [
      {
        code: 'CONFIG_DUPLICATE',
        ...key_source,
        key: 'ca.key',
        message: `${key.path} is the file at ${where} too, which others than the signer read`,
        suggestion: 'give the key of the CA a file that nothing else names',
      },
    ];
  }
  return [];
}

/** Of the file that links lead to; null where there is none. */
async function identityOf(path: string): Promise<string | null> {
  const stats = await stat(path, { bigint: true }).catch(() => null);
  return stats && `${stats.dev}:${stats.ino}`;
}
