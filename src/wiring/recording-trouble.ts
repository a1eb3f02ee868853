/** What is said, and done, where the log takes nothing. */

import type { GateConfig } from '../config/load.ts';
import type { AuditUnavailable } from '../core/audit/index.ts';
import { LoadError } from '../core/errors/index.ts';
import type { Notify } from '../core/oplog/index.ts';
import type { RunningGate } from './running-gate.ts';

/**
 * A withdrawn trust must not come back because of a full disk: the switch stands, recorded or not, and every record
 * names its plan. While the log is down no exchange passes under either.
 */
export async function recordSwitch(
  event: RunningGate['event'],
  from: string,
  to: string,
  onNotice: Notify,
): Promise<void> {
  await event('plan_switched', { from, to }).catch(() =>
    onNotice('the log takes nothing now: the switch to another plan is not on record', 'error'),
  );
}

export const RECORDS_AGAIN = 'the log is back: exchanges are accepted again';

export function cannotRecord({ data_folder }: GateConfig, why: AuditUnavailable | string): string {
  const reason = typeof why === 'string' ? why : (why.os_code ?? why.reason);
  return `cannot record (${reason}) in ${data_folder}/audit: every exchange is refused until the log is back`;
}

/** A log that opened and then took nothing, such as one on a full disk. */
export function unwritableLog({ data_folder }: GateConfig, why: string): LoadError {
  return new LoadError([
    { code: 'DATA_FOLDER', file: `${data_folder}/audit`, message: `cannot write to the audit log (${why})` },
  ]);
}
