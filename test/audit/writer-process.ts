/**
 * A gate in miniature for the crash tests: opens the folder, says `ready`, then writes intents and outcomes
 * as fast as it can and prints the id of each as soon as it is acknowledged (`i` or `o` before it).
 * Arguments: folder, prefix of the ids, number of exchanges (default: until it is killed),
 * `O_DSYNC` or `fdatasync` (default: as the gate does).
 */

import { writeSync } from 'node:fs';
import { createAuditFs, nodeAuditFs } from '../../src/core/audit/files.ts';
import { openAuditLog } from '../../src/core/audit/log.ts';
import { AuditUnavailable } from '../../src/core/audit/unavailable.ts';
import { intent, outcome } from './records.ts';

const [folder = '', prefix = '', exchanges = 'Infinity', sync = ''] = process.argv.slice(2);
const fs = sync === '' ? nodeAuditFs : createAuditFs(sync === 'O_DSYNC');
const say = (line: string): void => void writeSync(1, `${line}\n`);

try {
  const log = await openAuditLog({ folder, now: Date.now, segment_bytes: 65_536, fs });
  say('ready');
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < Number(exchanges)) {
      const id = `${prefix}-${next++}`;
      await log.intent(intent(id));
      say(`i ${id}`);
      await log.outcome(outcome(id));
      say(`o ${id}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  await log.close();
} catch (error) {
  say(error instanceof AuditUnavailable ? `unavailable ${error.os_code}` : String(error));
  process.exitCode = 1;
}
