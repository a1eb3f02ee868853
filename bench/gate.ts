/**
 * CPU per exchange and latency of the whole gate, beside a bare proxy on the same Node.js and beside nginx.
 * See docs/performance.md for the method.
 *
 *   npm run bench -- --help
 */
import { writeFileSync } from 'node:fs';
import { bench } from './gate/bench.ts';
import { ROLE_VARIABLE } from './gate/child.ts';
import { type FloorOptions, serveFloor } from './gate/floor.ts';
import { serveLoad } from './gate/load.ts';
import { HELP, readOptions } from './gate/options.ts';
import { renderReport } from './gate/report.ts';
import { serveUpstream } from './gate/upstream.ts';

const USAGE = 2;
const UNFINISHED = 3;

async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === 'json') return (await import('./json.ts')).benchJson();
  if (argv[0] === 'contract') return (await import('./contract.ts')).benchContract(argv.slice(1));
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(argv);
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n${HELP}`);
    return USAGE;
  }
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  if (process.platform !== 'linux') {
    process.stderr.write('bench: CPU of other processes is read from /proc, which only Linux has\n');
    return UNFINISHED;
  }
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  process.once('SIGINT', () => void stopAll().then(() => process.exit(UNFINISHED)));
  try {
    const report = await bench(options, showProgress, (stop) => stops.push(stop));
    showProgress('');
    process.stdout.write(renderReport(report));
    if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
    return report.summaries.some(({ errors }) => errors > 0) ? 1 : 0;
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    return UNFINISHED;
  } finally {
    await stopAll();
  }
}

function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`);
}

switch (process.env[ROLE_VARIABLE]) {
  case 'upstream':
    serveUpstream();
    break;
  case 'floor':
    serveFloor(JSON.parse(process.argv[2] ?? '{}') as FloorOptions);
    break;
  case 'load':
    serveLoad();
    break;
  default:
    process.exitCode = await main(process.argv.slice(2));
}
