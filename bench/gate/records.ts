/** Every exchange that was sent must be on record: a gate that is fast and forgets is not what is measured. */
import { readRecords } from '../../src/core/audit/index.ts';

export interface RecordCounts {
  /** Outcomes that say allowed. */
  readonly allowed: number;
  readonly intents: number;
}

export interface Sent {
  /** Answered as expected. */
  readonly sent: number;
  /** Of these, those that may have had effects. */
  readonly unsafe: number;
  /** Answered otherwise or not at all: they may be on record as allowed, or not. */
  readonly errors: number;
}

async function countRecords(audit_folder: string): Promise<RecordCounts> {
  let allowed = 0;
  let intents = 0;
  for await (const { kind, ocsf } of readRecords(audit_folder)) {
    if (kind === 'intent') intents++;
    if (kind === 'outcome' && ocsf['status_code'] === undefined) allowed++;
  }
  return { allowed, intents };
}

/**
 * Holds the log against what was sent. Answers that are passed on as they arrive have an intent too, so that of these
 * there may be more.
 *
 * @throws Error where records are missing or too many
 */
export async function checkRecords(audit_folder: string, { sent, unsafe, errors }: Sent): Promise<RecordCounts> {
  const counts = await countRecords(audit_folder);
  if (counts.allowed < sent || counts.allowed > sent + errors || counts.intents < unsafe) {
    throw new Error(
      `${sent} exchanges, ${unsafe} unsafe, ${errors} errors; on record ${counts.allowed} allowed, ${counts.intents} intents`,
    );
  }
  return counts;
}
