/**
 * Takes a running gate through every fault and abuse, and fails where a promise is broken. See docs/faults.md.
 *
 *   npm run faults -- --help
 */
import { writeFileSync } from 'node:fs';
import { serveCompanion } from './faults/companion.ts';
import { ROLE_VARIABLE } from './faults/companion-process.ts';
import { type FaultReport, runFault } from './faults/frame.ts';
import { FAULTS } from './faults/list.ts';
import { HELP, readOptions } from './faults/options.ts';
import { writePage } from './faults/page.ts';
import { faultText, summary } from './faults/report.ts';
import { describeMachine, machineLine } from './gate/machine.ts';

const BROKEN = 1;
const USAGE = 2;
const UNFINISHED = 3;

async function main(argv: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(
      argv,
      FAULTS.map(({ name }) => name),
    );
  } catch (error) {
    process.stderr.write(`faults: ${(error as Error).message}\n${HELP}`);
    return USAGE;
  }
  if (options === 'help') {
    process.stdout.write(`${HELP}\n${FAULTS.map(({ name, title }) => `  ${name.padEnd(20)}${title}\n`).join('')}`);
    return 0;
  }
  if (process.platform !== 'linux') {
    process.stderr.write('faults: processes are stopped, limited and measured as only Linux can\n');
    return UNFINISHED;
  }
  const { only, quick, json, page } = options;
  const machine = describeMachine();
  process.stdout.write(`${machineLine(machine)}\n`);
  const reports: FaultReport[] = [];
  let end: () => Promise<void> = () => Promise.resolve();
  process.once('SIGINT', () => void end().then(() => process.exit(UNFINISHED)));
  for (const fault of FAULTS.filter(({ name }) => only.length === 0 || only.includes(name))) {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${fault.title} ...`);
    const report = await runFault(fault, {
      quick,
      onBegun: (begun) => {
        end = begun;
      },
    });
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K');
    process.stdout.write(faultText(report));
    reports.push(report);
    // After each, so that a run that is interrupted keeps what it has.
    if (json !== null) writeFileSync(json, `${JSON.stringify({ machine, quick, reports }, null, 2)}\n`);
    if (page) writePage({ machine, quick, reports });
  }
  process.stdout.write(summary(reports));
  return reports.some(({ verdict }) => verdict === 'broken') ? BROKEN : 0;
}

if (process.env[ROLE_VARIABLE] === 'companion') await serveCompanion();
else process.exit(await main(process.argv.slice(2)));
