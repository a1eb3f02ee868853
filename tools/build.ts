/**
 * Compiles src/ to dist/ and the examples' programs to dist/examples/, because Node.js strips no types below
 * a node_modules folder.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const TSC = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

function compile(project: string): void {
  execFileSync(process.execPath, [TSC, '-p', project], { cwd: root, stdio: 'inherit' });
}

/** What the compiler leaves behind: templates and other files that are read at run time. */
function copyAssets(from: string, to: string): number {
  const assets = globSync('**/*', { cwd: from }).filter((file) => {
    return !file.endsWith('.ts') && statSync(join(from, file)).isFile();
  });
  for (const file of assets) cpSync(join(from, file), join(to, file));
  return assets.length;
}

rmSync(join(root, 'dist'), { recursive: true, force: true });
compile('tsconfig.build.json');
const assets = copyAssets(join(root, 'src'), join(root, 'dist'));
if (globSync('examples/**/*.ts', { cwd: root }).length > 0) compile('tsconfig.examples.json');

const entry = join(root, 'dist', 'main.js');
if (!existsSync(entry)) throw new Error('the build made no dist/main.js');
if (/from '\.[^']*\.ts'/.test(readFileSync(entry, 'utf8'))) throw new Error('imports were not rewritten to .js');
console.log(`dist: ${globSync('**/*.js', { cwd: join(root, 'dist') }).length} modules, ${assets} other files`);
