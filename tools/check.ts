/** `npm run check`: everything short of the tests. Runs all parts, then tells which failed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bootstrap = join(root, 'tools', 'bootstrap.cjs');

const PARTS: readonly (readonly [string, readonly string[]])[] = [
  ['lint', ['exec', 'biome', 'check', '--error-on-warnings', '.']],
  ['types', ['exec', 'tsc', '-p', '.']],
  ['rules', ['run', join(root, 'tools', 'rules.ts')]],
  ['knip', ['exec', 'knip']],
  ['docs', ['run', join(root, 'tools', 'docs.ts'), '--check']],
];

const failed: string[] = [];
for (const [name, args] of PARTS) {
  const started_ms = performance.now();
  const { status } = spawnSync(process.execPath, [bootstrap, ...args], { cwd: root, stdio: 'inherit' });
  const duration = `${((performance.now() - started_ms) / 1000).toFixed(1)} s`;
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${duration})`);
  if (status !== 0) failed.push(name);
}
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
process.exitCode = failed.length === 0 ? 0 : 1;
