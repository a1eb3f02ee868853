/** `npm run docs`: writes the generated pages; with --check only says which are stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderCheckRules } from './check-rules.ts';
import { renderErrors } from './errors.ts';
import { renderMetrics } from './metrics.ts';
import { generatedFiles } from './reference.ts';

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');

function current(file: string): string | null {
  try {
    return readFileSync(join(root, file), 'utf8');
  } catch {
    return null;
  }
}

const files = {
  'docs/check-rules.md': renderCheckRules(),
  'docs/errors.md': renderErrors(),
  'docs/metrics.md': renderMetrics(current('docs/metrics.md') ?? ''),
  ...generatedFiles(),
};

for (const [file, text] of Object.entries(files)) {
  if (current(file) === text) continue;
  if (isCheck) {
    console.error(`${file} is stale: run npm run docs`);
    process.exitCode = 1;
  } else {
    writeFileSync(join(root, file), text);
    console.log(`wrote ${file}`);
  }
}
