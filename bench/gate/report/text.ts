/** The report as text; also valid Markdown. */
import { machineLine } from '../machine.ts';
import { describeScenario } from '../scenarios.ts';
import { PERCENTILE_NAMES, type Report, type Spread, type Summary } from './summary.ts';

export function renderReport(report: Report): string {
  const { machine, options, summaries, notes, failures } = report;
  const { rounds, seconds, rate } = options;
  const load = rate === null ? 'closed loop' : `open loop of ${rate} requests a second`;
  const parts = [`${machineLine(machine)}\n${rounds} rounds of ${seconds} s, ${load}`];
  for (const scenario of options.scenarios) {
    const rows = scenario.targets.flatMap((target) =>
      summaries.filter((summary) => summary.scenario === scenario.id && summary.target === target).map(row),
    );
    if (rows.length > 0) parts.push(`${describeScenario(scenario)}\n\n${table([HEADINGS, ...rows])}`);
  }
  if (notes.length > 0) parts.push(notes.join('\n'));
  if (failures.length > 0) parts.push(`Not measured, or not right:\n${failures.map((line) => `- ${line}`).join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}

export const HEADINGS = [
  'target',
  'exchanges',
  'errors',
  'CPU µs',
  'x floor (min-max)',
  ...PERCENTILE_NAMES.map((name) => `${name} ms (x)`),
  'per s',
  'MiB',
  'descriptors',
  'processes',
  'group',
];

export function row(summary: Summary): string[] {
  const { target, requests, errors, cpu_us_per_exchange, cpu_to_floor, latency_us, latency_to_floor } = summary;
  const latencies = PERCENTILE_NAMES.map((name) => {
    const beside = latency_to_floor ? ` (${latency_to_floor[name].median.toFixed(2)})` : '';
    return `${(latency_us[name].median / 1000).toFixed(2)}${beside}`;
  });
  return [
    target,
    String(requests),
    String(errors),
    cpu_us_per_exchange.median.toFixed(1),
    ratioText(cpu_to_floor),
    ...latencies,
    summary.exchanges_per_second.median.toFixed(0),
    (summary.memory_bytes / 2 ** 20).toFixed(0),
    String(summary.descriptors),
    String(summary.processes),
    summary.group,
  ];
}

export function ratioText(ratio: Spread | null): string {
  return ratio ? `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}-${ratio.max.toFixed(2)})` : '';
}

export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const [head, ...body] = rows.map(line);
  return [head, rule, ...body].join('\n');
}
