/** `npm run bench -- chart FILE`: tables and charts of docs/performance.md from saved results. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { makePage, replaceBlocks } from './gate/report/page.ts';
import type { Report } from './gate/report/summary.ts';

const ROOT = join(import.meta.dirname, '..');
const DOCS = join(ROOT, 'docs');

const USAGE = 2;

export function chart([file]: readonly string[]): number {
  if (file === undefined) {
    process.stderr.write('bench: chart needs a file of results, such as bench/results/2026-12-01-full.json\n');
    return USAGE;
  }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const { blocks, charts } = makePage(report, relative(ROOT, resolve(file)));
  const page = join(DOCS, 'performance.md');
  writeFileSync(page, replaceBlocks(readFileSync(page, 'utf8'), blocks));
  for (const [name, svg] of charts) writeFileSync(join(DOCS, name), svg);
  process.stdout.write(
    `written: docs/performance.md, ${[...charts.keys()].map((name) => `docs/${name}`).join(', ')}\n`,
  );
  return 0;
}
