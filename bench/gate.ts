/**
 * CPU per exchange and latency of the whole gate, beside a bare proxy on the same Node.js and beside what does some of
 * the same work. See docs/performance.md for the method.
 *
 *   npm run bench -- --help
 */
import { writeFileSync } from 'node:fs';
import { bench } from './gate/bench.ts';
import { ROLE_VARIABLE } from './gate/child.ts';
import { type LayerOptions, serveLayer } from './gate/layers/serve.ts';
import { serveLoad } from './gate/load/serve.ts';
import { type BenchOptions, HELP, readOptions } from './gate/options.ts';
import { showProgress } from './gate/progress.ts';
import { resultsText, saveResults } from './gate/report/save.ts';
import { renderReport } from './gate/report/text.ts';
import { soak } from './gate/soak.ts';
import { type FloorOptions, serveFloor } from './gate/targets/floor-server.ts';
import { serveUpstream } from './gate/upstream.ts';

const GOOD = 0;
const FINDINGS = 1;
const USAGE = 2;
const UNFINISHED = 3;

async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === 'json') return (await import('./json.ts')).benchJson();
  if (argv[0] === 'contract') return (await import('./contract.ts')).benchContract(argv.slice(1));
  if (argv[0] === 'check') return (await import('./check.ts')).benchCheck(argv.slice(1));
  if (argv[0] === 'parity') return (await import('./check-parity.ts')).benchParity(argv.slice(1));
  if (argv[0] === 'chart') return (await import('./chart.ts')).chart(argv.slice(1));
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(argv);
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n${HELP}`);
    return USAGE;
  }
  if (options === 'help') {
    process.stdout.write(HELP);
    return GOOD;
  }
  if (process.platform !== 'linux') {
    process.stderr.write('bench: CPU of other processes is read from /proc, which only Linux has\n');
    return UNFINISHED;
  }
  const stops: (() => Promise<void>)[] = [];
  const stopAll = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stopAll().then(() => process.exit(UNFINISHED)));
  }
  try {
    const run = options.soak_seconds === null ? measure : soakFor;
    return await run(options, (stop) => stops.push(stop));
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`);
    return UNFINISHED;
  } finally {
    await stopAll();
  }
}

async function measure(options: BenchOptions, starting: (stop: () => Promise<void>) => void): Promise<number> {
  const progress = showProgress(options, process.stderr);
  const report = await bench(options, progress, starting);
  progress.end();
  process.stdout.write(renderReport(report));
  keep(report, options);
  return report.failures.length > 0 || report.summaries.some(({ errors }) => errors > 0) ? FINDINGS : GOOD;
}

async function soakFor(options: BenchOptions, starting: (stop: () => Promise<void>) => void): Promise<number> {
  const report = await soak(options, (line) => void process.stdout.write(`${line}\n`), starting);
  keep(report, options);
  return report.failures.length > 0 ? FINDINGS : GOOD;
}

function keep(results: { readonly machine: { readonly date: string } }, { json, save }: BenchOptions): void {
  if (json !== null) writeFileSync(json, resultsText(results));
  if (save !== null) process.stdout.write(`\nsaved as ${saveResults(results, save)}\n`);
}

// A role ends with whoever asked for it, however that ended. A worker of the floor has its own parent to tell it.
if (process.env[ROLE_VARIABLE] !== undefined) process.once('disconnect', () => process.exit());

const argument = () => JSON.parse(process.argv[2] ?? '{}') as unknown;

switch (process.env[ROLE_VARIABLE]) {
  case 'upstream':
    serveUpstream();
    break;
  case 'floor':
    serveFloor(argument() as FloorOptions);
    break;
  case 'layer':
    await serveLayer(argument() as LayerOptions);
    break;
  case 'load':
    serveLoad();
    break;
  default:
    process.exitCode = await main(process.argv.slice(2));
}
