/** The table of metrics in docs/metrics.md, from their definitions; the rest of that page is written by hand. */
import { METRICS } from '../src/core/metrics/index.ts';

const TABLE = /(<!-- Generated from [^\n]+ -->\n)[\s\S]*?(<!-- end -->)/;

/** The page with its table as the definitions have it. */
export function renderMetrics(page: string): string {
  if (!TABLE.test(page)) throw new Error('docs/metrics.md has no place for its table');
  return page.replace(TABLE, (_, begin: string, end: string) => `${begin}\n${table()}\n${end}`);
}

function table(): string {
  const rows = Object.values(METRICS).map(({ name, kind, labels, merge, help }) => {
    const shown = merge === 'process' ? [...labels, 'process'] : labels;
    const cells = [`\`${name}\``, kind, shown.map((label) => `\`${label}\``).join(', '), merge, help];
    return `| ${cells.join(' | ')} |\n`;
  });
  return `| metric | kind | labels | merge | says |\n|---|---|---|---|---|\n${rows.join('')}`;
}
