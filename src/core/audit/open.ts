/** Makes a folder ready for writing: safe to use, ours alone, cut back to its last complete record. */

import { access, constants, lstat, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { dataFolderError, opening } from './fault.ts';
import { type AuditFs, nodeAuditFs } from './files.ts';
import { type FolderLock, lockFolder } from './lock.ts';
import type { IntentRecord } from './record.ts';
import { inspectLog, type LogEnd } from './recovery.ts';
import { FORMAT_VERSION, segmentName } from './segment.ts';
import { type CurrentSegment, createSegment, SegmentWriter } from './writer.ts';

export interface AuditLogOptions {
  /** Made with mode 0700 when missing; an existing one must be the owner's alone. */
  readonly folder: string;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  /** A segment that has reached this size is followed by the next. Default 64 MiB. */
  readonly segment_bytes?: number;
  /** Records are refused while this many bytes wait for the disk. Default 32 MiB. */
  readonly waiting_bytes?: number;
  /** Pause between two attempts to come back after a failed write. Default 1000. */
  readonly retry_ms?: number;
  /** Version of the gate, stands in every record. Default `0.0.0`. */
  readonly product_version?: string;
  readonly fs?: AuditFs;
  /** How long the folder may still be held by a gate that is ending. Default 0. */
  readonly lock_wait_ms?: number;
  /** The process to name to whoever finds the folder in use. Default: this one. */
  readonly owner_pid?: number;
}

/** The end of the log, open for writing. */
export interface OpenedFolder {
  readonly options: Required<AuditLogOptions>;
  readonly lock: FolderLock;
  readonly writer: SegmentWriter;
  readonly next_sequence: number;
  readonly open_intents: Map<string, IntentRecord>;
  readonly torn_bytes: number;
}

const MIB = 1024 * 1024;
const OWNER_ONLY = 0o700;
const OTHERS = 0o077;

/** Throws LoadError (DATA_FOLDER) when the folder is in use, unsafe, unwritable or damaged. */
export async function openFolder(given: AuditLogOptions): Promise<OpenedFolder> {
  const options = {
    segment_bytes: 64 * MIB,
    waiting_bytes: 32 * MIB,
    retry_ms: 1000,
    product_version: '0.0.0',
    fs: nodeAuditFs,
    lock_wait_ms: 0,
    owner_pid: process.pid,
    ...given,
  };
  const { folder } = options;
  await opening(folder, 'use the folder of the audit log', () => makeFolder(folder, options.fs));
  const lock = await opening(folder, 'lock the folder of the audit log', () => lockFolder(folder, options));
  try {
    return await opening(folder, 'open the audit log', () => openEnd(options, lock));
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function makeFolder(folder: string, fs: AuditFs): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: OWNER_ONLY });
  if (made !== undefined) return fs.syncFolder(dirname(made));
  // The folder itself, not where a link of that name leads.
  const { mode, uid } = await lstat(folder);
  const self = process.geteuid?.();
  if (self !== undefined && uid !== self) {
    throw dataFolderError({ message: `the folder belongs to user ${uid}, the gate runs as ${self}`, file: folder });
  }
  if (self !== undefined && (mode & OTHERS) !== 0) {
    throw dataFolderError({
      message: `others than the owner can use the folder (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
      file: folder,
      suggestion: `Run: chmod 700 ${folder}`,
    });
  }
  await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
}

async function openEnd(options: Required<AuditLogOptions>, lock: FolderLock): Promise<OpenedFolder> {
  const { folder, fs, now, segment_bytes } = options;
  const { end, stillborn } = await inspectLog(folder);
  if (stillborn !== undefined) {
    await fs.remove(join(folder, stillborn.name));
    await fs.syncFolder(folder);
  }
  const current = end === undefined ? await firstSegment(options) : await continueAt(options, end);
  return {
    options,
    lock,
    writer: new SegmentWriter({ folder, fs, now, segment_bytes, isHeld: lock.isHeld }, current),
    next_sequence: end?.next_sequence ?? 1,
    open_intents: end?.open_intents ?? new Map(),
    torn_bytes: (end?.torn_bytes ?? 0) + (stillborn?.size_bytes ?? 0),
  };
}

const firstSegment = ({ folder, fs, now }: Required<AuditLogOptions>): Promise<CurrentSegment> =>
  createSegment(folder, fs, {
    sallyport_audit: FORMAT_VERSION,
    segment: 1,
    created_ms: now(),
    first_sequence: 1,
    previous: null,
    open_intents: [],
  });

async function continueAt({ folder, fs }: Required<AuditLogOptions>, end: LogEnd): Promise<CurrentSegment> {
  const file = await fs.open(join(folder, segmentName(end.segment)));
  // Also where nothing is torn: after a kill the last records may have been read from memory, not from disk.
  await file.truncate(end.size_bytes);
  return {
    segment: end.segment,
    file,
    header_bytes: end.header_bytes,
    sha256: end.sha256,
    size_bytes: end.size_bytes,
  };
}
