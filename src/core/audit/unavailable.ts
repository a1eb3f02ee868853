/** Why a record was not taken. */
export type UnavailableReason =
  /** The write or its sync failed just now; the record is not in the log. */
  | 'write'
  /** An earlier write failed and the log has not come back yet. */
  | 'failed'
  /** More bytes wait for the disk than may. */
  | 'backlog'
  /** The process that writes the log is gone, and another has not taken its place yet. */
  | 'recorder'
  /** The process that writes the log does not answer in time; the record is on its way, and may be in the log later. */
  | 'late'
  | 'closed';

/**
 * A record could not be made durable. The exchange it belongs to must be refused (RECORD_UNAVAILABLE) or,
 * for an intent, not be forwarded (FORWARD_INTENT).
 */
export class AuditUnavailable extends Error {
  readonly reason: UnavailableReason;
  /** Error code of the operating system, such as `ENOSPC`; null when there is none. */
  readonly os_code: string | null;

  constructor(reason: UnavailableReason, cause?: unknown) {
    super(`the audit log took no record (${reason})`, cause === undefined ? undefined : { cause });
    this.name = 'AuditUnavailable';
    this.reason = reason;
    this.os_code = osCode(cause);
  }
}

/** The errno name of a failed system call, or null. */
export function osCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}
