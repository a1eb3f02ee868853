/**
 * One gate per folder. The lock is a kernel lock that SQLite takes on the file `lock`: it ends with the
 * process, however that ends, so there is no stale lock to judge and no moment in which two gates can both
 * find one stale. (A file with a process id has both problems, and ids mean nothing across containers that
 * share a volume.) SQLite also keeps two openers inside one process apart, which fcntl alone does not.
 *
 * `lock.owner` names the holder for the message only; nothing is decided by it.
 */

import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { dataFolderError } from './fault.ts';
import { isSameFile } from './files.ts';

export interface FolderLock {
  /** False once the folder was removed, moved or replaced: another gate may hold what now has its name. */
  isHeld(): boolean;
  release(): void;
}

const OWNER_ONLY = 0o600;
const SQLITE_BUSY = 5;

const RETRY_MS = 50;

export interface LockOptions {
  /** How long another gate may still hold the folder. */
  readonly lock_wait_ms: number;
  /** Named as the holder, for messages. */
  readonly owner_pid: number;
}

/** Throws LoadError (DATA_FOLDER) when another gate still holds the folder after the wait. */
export async function lockFolder(folder: string, { lock_wait_ms, owner_pid }: LockOptions): Promise<FolderLock> {
  for (let left_ms = lock_wait_ms; ; left_ms -= RETRY_MS) {
    try {
      return await takeLock(folder, owner_pid);
    } catch (error) {
      if (left_ms <= 0) throw isBusy(error) ? inUse(folder) : error;
      if (!isBusy(error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

async function takeLock(folder: string, owner_pid: number): Promise<FolderLock> {
  const database = new DatabaseSync(join(folder, 'lock'));
  try {
    // Nothing is ever stored: no journal file is wanted.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    // By path: opening and closing the file here would drop the kernel lock.
    await chmod(join(folder, 'lock'), OWNER_ONLY);
    nameOwner(folder, owner_pid);
  } catch (error) {
    database.close();
    throw error;
  }
  const held = statSync(join(folder, 'lock'));
  return {
    isHeld() {
      const found = statSync(join(folder, 'lock'), { throwIfNoEntry: false });
      return found !== undefined && isSameFile(found, held);
    },
    release: () => database.close(),
  };
}

function nameOwner(folder: string, pid: number): void {
  const path = join(folder, 'lock.owner');
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${pid}\n`, { mode: OWNER_ONLY });
  renameSync(fresh, path);
}

const isBusy = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY;

function inUse(folder: string): Error {
  const pid = ownerPid(folder);
  return dataFolderError({
    message: `the audit log is in use by another gate${pid === null ? '' : ` (process ${pid})`}`,
    file: folder,
    suggestion: 'Stop that gate, or give this one a data folder of its own.',
  });
}

function ownerPid(folder: string): string | null {
  try {
    return /^\d{1,10}$/m.exec(readFileSync(join(folder, 'lock.owner'), 'latin1'))?.[0] ?? null;
  } catch {
    return null;
  }
}
