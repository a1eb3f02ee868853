/**
 * What loading a contract costs a worker: CPU and memory of the first load in a process of its own, and of the next,
 * as after a reload. The reading of the file, every schema and the matcher are in it.
 *
 *   npm run bench -- contract [FILE ...]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine, machineLine } from './gate/machine.ts';

const ROOT = join(import.meta.dirname, '..');
const KNOWN = [
  'examples/orders/contracts/orders.yaml',
  'node_modules/@figma/rest-api-spec/openapi/openapi.yaml',
  'tools/specs/node_modules/@octokit/openapi/generated/api.github.com.json',
];
/** Overlays without which a known file does not load. */
const OVERLAYS: Readonly<Record<string, string>> = { 'api.github.com.json': 'github', 'openapi.yaml': 'figma' };
const RUNS = 5;
const UNFINISHED = 3;

interface Measured {
  readonly operations: number;
  readonly cold_ms: number;
  readonly warm_ms: number;
  /** Resident memory of the process: before, after the first load, after the second. */
  readonly rss_mib: readonly [number, number, number];
  /** Most it was. */
  readonly peak_mib: number;
  /** What one loaded contract keeps on the heap, after a collection. */
  readonly kept_mib: number;
}

export function benchContract(named: readonly string[]): number {
  const files = named.length > 0 ? named : KNOWN.map((file) => join(ROOT, file)).filter((file) => existsSync(file));
  if (named.length === 0 && files.length < KNOWN.length) {
    console.log("GitHub's contract is left out: npm ci --ignore-scripts --prefix tools/specs");
  }
  console.log(machineLine(describeMachine()));
  console.log(`${RUNS} processes a file; CPU of loading in ms as p50 (min-max), memory in MiB as p50\n`);
  console.log('| contract | MiB | operations | cold | again | ms/MiB | RSS before | after | again | peak | kept |');
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|');
  for (const file of files) {
    const runs = Array.from({ length: RUNS }, () => inChild(file));
    if (runs.includes(null)) return UNFINISHED;
    console.log(row(file, runs as Measured[]));
  }
  return 0;
}

function inChild(file: string): Measured | null {
  const self = fileURLToPath(import.meta.url);
  try {
    return JSON.parse(execFileSync(process.execPath, ['--expose-gc', self, file], { encoding: 'utf8' })) as Measured;
  } catch {
    return null;
  }
}

function row(file: string, runs: readonly Measured[]): string {
  const of = (value: (run: Measured) => number) => runs.map(value).toSorted((left, right) => left - right);
  const middle = (value: (run: Measured) => number) => of(value)[runs.length >> 1]!;
  const span = (value: (run: Measured) => number) =>
    `${middle(value).toFixed(0)} (${of(value)[0]!.toFixed(0)}-${of(value).at(-1)!.toFixed(0)})`;
  const size_mib = statSync(file).size / 2 ** 20;
  const cells = [
    basename(file),
    size_mib.toFixed(2),
    runs[0]!.operations,
    span((run) => run.cold_ms),
    span((run) => run.warm_ms),
    (middle((run) => run.cold_ms) / size_mib).toFixed(0),
    ...[0, 1, 2].map((index) => middle((run) => run.rss_mib[index]!).toFixed(0)),
    middle((run) => run.peak_mib).toFixed(0),
    middle((run) => run.kept_mib).toFixed(1),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** In the child: loads the file twice. Modules are there before, as in a gate that starts. */
async function measure(file: string): Promise<Measured> {
  const { buildMatcher, loadContract } = await import('../src/channels/api/contract/index.ts');
  const overlays = overlaysOf(file);
  const load = () => {
    const text = readFileSync(file, 'utf8');
    const contract = loadContract({ api: 'bench', path: basename(file), text, overlays });
    return { contract, matcher: buildMatcher([{ prefix: '/', contract }]) };
  };
  const collect = (globalThis as unknown as { gc: () => void }).gc;
  collect();
  const heap_before = process.memoryUsage().heapUsed;
  const before = rss();
  const cold = timed(load);
  const after = rss();
  collect();
  const kept_mib = (process.memoryUsage().heapUsed - heap_before) / 2 ** 20;
  const warm = timed(load);
  return {
    operations: cold.value.contract.operations.length,
    cold_ms: cold.cpu_ms,
    warm_ms: warm.cpu_ms,
    rss_mib: [before, after, rss()],
    peak_mib: process.resourceUsage().maxRSS / 1024,
    kept_mib,
  };
}

function overlaysOf(file: string): { path: string; text: string }[] {
  const name = OVERLAYS[basename(file)];
  if (name === undefined) return [];
  const path = join(ROOT, 'test', 'real', 'overlays', `${name}.overlay.yaml`);
  return [{ path: basename(path), text: readFileSync(path, 'utf8') }];
}

function timed<Value>(run: () => Value): { readonly value: Value; readonly cpu_ms: number } {
  const start = process.cpuUsage();
  const value = run();
  const { user, system } = process.cpuUsage(start);
  return { value, cpu_ms: (user + system) / 1000 };
}

function rss(): number {
  return process.memoryUsage().rss / 2 ** 20;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file] = process.argv.slice(2);
  if (file === undefined) process.exitCode = benchContract([]);
  else process.stdout.write(JSON.stringify(await measure(file)));
}
