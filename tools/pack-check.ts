/**
 * Builds, packs, installs the tarball in an empty folder and starts what a user would start. What works in a
 * clone can still be missing from the package.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'sallyport-pack-'));
const DEMO_READY_MS = 60_000;
const DEMO_END_MS = 30_000;
const NEVER_PACKED = /(^|\/)(test|bench|tools|\.ci|\.sallyport|node_modules)\/|\.key$|\.tgz$/;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly entryCount: number;
  readonly files: readonly { readonly path: string }[];
}

function sh(command: string, args: readonly string[], cwd: string): string {
  console.log(`$ ${command} ${args.join(' ')}`);
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

function pack(): Packed {
  sh(process.execPath, [join(root, 'tools', 'build.ts')], root);
  const output = sh('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  // One npm answers with a list, another with an object by package name.
  const [packed] = Object.values(JSON.parse(output) as Record<string, Packed>);
  if (packed === undefined) throw new Error('npm pack made nothing');
  const wrong = packed.files.map(({ path }) => path).filter((path) => NEVER_PACKED.test(path));
  if (wrong.length > 0) throw new Error(`these do not belong in the package: ${wrong.join(', ')}`);
  return packed;
}

/** Starts the demo, waits until it has said something, ends it as Ctrl-C would and expects exit code 0. */
async function tryDemo(): Promise<void> {
  console.log('$ npx sallyport demo');
  const bin = join(folder, 'node_modules', '.bin', 'sallyport');
  const child = spawn(bin, ['demo'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const closed = new Promise<number | null>((resolve) => {
    child.on('close', resolve);
  });
  const isReady = () => /listening|ready|https:\/\//i.test(output);
  const until = performance.now() + DEMO_READY_MS;
  while (!isReady() && child.exitCode === null && performance.now() < until) await sleep(100);
  const wasReady = isReady() && child.exitCode === null;
  child.kill('SIGINT');
  const patience = setTimeout(() => child.kill('SIGKILL'), DEMO_END_MS);
  const code = await closed;
  clearTimeout(patience);
  if (!wasReady) throw new Error(`the demo did not come up; it said:\n${output}`);
  if (code !== 0) throw new Error(`the demo ended with ${code} after Ctrl-C`);
}

async function main(): Promise<void> {
  const packed = pack();
  console.log(`${packed.filename}: ${packed.entryCount} files, ${(packed.size / 1024).toFixed(0)} KiB`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const tarball = join(folder, packed.filename);
  sh('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', tarball], folder);

  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const printed = sh('npx', ['--no-install', 'sallyport', '--version'], folder).trim();
  if (!printed.includes(version)) throw new Error(`--version printed ${printed}, not ${version}`);

  await tryDemo();

  sh('npx', ['--no-install', 'sallyport', 'init', 'mine'], folder);
  sh('npx', ['--no-install', 'sallyport', 'validate', '--config', join('mine', 'sallyport.yaml')], folder);

  console.log('the package works');
}

try {
  await main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
