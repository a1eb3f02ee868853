/** The product as it stands on a disk after an install, whatever it is then packed in. */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, lstatSync, lutimesSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

const { runtimePath } = createRequire(import.meta.url)('../../bin/platform.cjs') as {
  runtimePath(root: string): string | null;
};

export interface Release {
  /** The clone. */
  readonly root: string;
  /** A folder to work in that is thrown away. */
  readonly work: string;
  /** Where the result goes. */
  readonly out: string;
  readonly version: string;
  /** Unix seconds that every file bears. */
  readonly date_s: number;
}

function sh(command: string, args: readonly string[], cwd: string): void {
  console.log(`$ ${command} ${args.join(' ')}`);
  execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}

const CI = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

/** Makes the folder with the packed product, its production dependencies and its Node.js, and returns it. */
export function stageProduct({ root, work, date_s }: Release): string {
  sh(process.execPath, [join(root, 'tools', 'build.ts')], root);
  sh('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', work], root);
  const [packed] = readdirSync(work).filter((name) => name.endsWith('.tgz'));
  if (packed === undefined) throw new Error('npm pack made nothing');
  sh('tar', ['--extract', '--no-same-owner', '--file', packed], work);
  const product = join(work, 'package');
  addDependencies(root, product);
  addRuntime(root, work, product);
  settle(product, date_s);
  return product;
}

/** From the lock file, which names each package by its digest. */
function addDependencies(root: string, product: string): void {
  for (const file of ['package-lock.json', '.npmrc']) cpSync(join(root, file), join(product, file));
  sh('npm', [...CI, '--omit=dev'], product);
  // Accounts of npm and names for a shell that nobody uses.
  for (const rest of ['package-lock.json', '.npmrc', 'node_modules/.package-lock.json', 'node_modules/.bin']) {
    rmSync(join(product, rest), { recursive: true, force: true });
  }
}

function addRuntime(root: string, work: string, product: string): void {
  const folder = join(work, 'tools', 'runtime');
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) {
    cpSync(join(root, 'tools', 'runtime', file), join(folder, file));
  }
  sh('npm', CI, folder);
  const node = runtimePath(work);
  if (node === null) throw new Error(`no Node.js is pinned for ${process.platform} ${process.arch}`);
  mkdirSync(join(product, 'runtime', 'bin'), { recursive: true });
  cpSync(node, join(product, 'runtime', 'bin', 'node'));
  cpSync(join(node, '..', '..', 'LICENSE'), join(product, 'runtime', 'LICENSE'));
  cpSync(join(root, 'deploy', 'debian', 'sallyport'), join(product, 'runtime', 'sallyport'));
}

/** One date and the plain modes for everything, deepest first: writing into a folder dates it anew. */
export function settle(folder: string, date_s: number): void {
  for (const path of [...pathsBelow(folder).reverse(), folder]) {
    const stats = lstatSync(path);
    if (!stats.isSymbolicLink()) chmodSync(path, stats.isDirectory() || (stats.mode & 0o111) !== 0 ? 0o755 : 0o644);
    lutimesSync(path, date_s, date_s);
  }
}

/** Everything below a folder, each folder before what is in it, in one order everywhere. */
export function pathsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => join(relative(folder, entry.parentPath), entry.name))
    .sort()
    .map((path) => join(folder, path));
}
