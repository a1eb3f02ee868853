/**
 * The few file operations the log writes with. Everything that must be durable goes through this
 * interface, so that a test can give it a disk that is full, lies or fails.
 */

import fs from 'node:fs';
import { open, unlink } from 'node:fs/promises';

export interface AuditFile {
  /**
   * Writes all bytes at the position, which is the end of the file, and resolves when they are durable. Rejects
   * on any error, on a short write, on a failed sync, and where the path no longer names this file or another
   * changed its size; afterwards nothing at or after the position may be relied on.
   */
  append(bytes: Uint8Array, position: number): Promise<void>;
  /** Cuts or leaves the file at this size, durably. */
  truncate(size_bytes: number): Promise<void>;
  close(): Promise<void>;
}

export interface AuditFs {
  /** Makes a file that must not exist, owner-only (0600). */
  create(path: string): Promise<AuditFile>;
  /** Opens a file that must exist, for writing. */
  open(path: string): Promise<AuditFile>;
  remove(path: string): Promise<void>;
  /** Makes creations and removals in the folder durable. */
  syncFolder(path: string): Promise<void>;
}

const { O_CREAT, O_DSYNC, O_EXCL, O_NOFOLLOW, O_RDWR } = fs.constants;
const OWNER_ONLY = 0o600;

/**
 * @param synced_writes whether files are opened with `O_DSYNC`: a write then returns when its bytes are durable, as
 *   if `fdatasync` had followed it (open(2)), in one trip to the thread pool and the kernel in place of two
 */
export function createAuditFs(synced_writes: boolean): AuditFs {
  // `O_NOFOLLOW` is undefined on Windows.
  const common = O_RDWR | (O_NOFOLLOW ?? 0) | (synced_writes ? O_DSYNC : 0);
  return {
    create: (path) => openFile(path, common | O_CREAT | O_EXCL, synced_writes),
    open: (path) => openFile(path, common, synced_writes),
    remove: (path) => unlink(path),
    async syncFolder(path) {
      const folder = await open(path, 'r');
      try {
        await folder.sync();
      } finally {
        await folder.close();
      }
    },
  };
}

/** Only Linux promises of `O_DSYNC` what it promises of `fdatasync`; macOS needs more for either, which libuv does. */
export const nodeAuditFs: AuditFs = createAuditFs(process.platform === 'linux');

const openFile = (path: string, flags: number, synced_writes: boolean): Promise<AuditFile> =>
  new Promise((resolve, reject) => {
    fs.open(path, flags, OWNER_ONLY, (error, descriptor) => {
      if (error) return reject(error);
      fs.fstat(descriptor, (unknown, own) => {
        if (!unknown) return resolve(onDescriptor(descriptor, path, own, synced_writes));
        fs.close(descriptor, () => reject(unknown));
      });
    });
  });

/** Plain callbacks: one append costs as few trips to the thread pool as it can, and a single promise. */
function onDescriptor(descriptor: number, path: string, own: fs.Stats, synced_writes: boolean): AuditFile {
  return {
    append: (bytes, position) =>
      new Promise((resolve, reject) => {
        const interference = interferenceWith(path, own, position);
        if (interference !== null) return reject(interference);
        fs.write(descriptor, bytes, 0, bytes.length, position, (failure, written) => {
          if (failure) return reject(failure);
          // A regular file writes short when the disk or a limit ends inside the write: the rest would fail.
          if (written !== bytes.length) return reject(shortWrite(written, bytes.length));
          if (synced_writes) return resolve();
          fs.fdatasync(descriptor, (unsynced) => (unsynced ? reject(unsynced) : resolve()));
        });
      }),
    truncate: (size_bytes) =>
      new Promise((resolve, reject) => {
        fs.ftruncate(descriptor, size_bytes, (failure) => {
          if (failure) return reject(failure);
          fs.fsync(descriptor, (unsynced) => (unsynced ? reject(unsynced) : resolve()));
        });
      }),
    close: () =>
      new Promise((resolve, reject) => fs.close(descriptor, (failure) => (failure ? reject(failure) : resolve()))),
  };
}

/**
 * Whether somebody removed, moved, replaced or cut the file since. The descriptor would still take what is written
 * to a removed file, and nobody would ever read it. Synchronous: a look into the kernel's name cache costs less than
 * a trip to the thread pool.
 */
function interferenceWith(path: string, own: fs.Stats, size_bytes: number): Error | null {
  const found = fs.statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return Object.assign(new Error('the file is gone'), { code: 'ENOENT' });
  if (isSameFile(found, own) && found.size === size_bytes) return null;
  return Object.assign(new Error('the file is not what was written'), { code: 'ESTALE' });
}

export const isSameFile = (left: fs.Stats, right: fs.Stats): boolean =>
  left.ino === right.ino && left.dev === right.dev;

const shortWrite = (written: number, wanted: number): Error =>
  Object.assign(new Error(`short write: ${written} of ${wanted} bytes`), { code: 'ENOSPC' });
