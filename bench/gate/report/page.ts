/** The parts of docs/performance.md that come from results: tables and charts, between markers. */
import { machineLine } from '../machine.ts';
import { describeScenario, type Scenario, SECTION_NAMES, SECTIONS, type SectionName } from '../scenarios.ts';
import { PERCENTILE_NAMES, type Report, type Summary } from './summary.ts';
import { type BarChart, barChart } from './svg.ts';
import { ratioText, table } from './text.ts';

export interface Page {
  /** By the name between the markers. */
  readonly blocks: ReadonlyMap<string, string>;
  /** By file name. */
  readonly charts: ReadonlyMap<string, string>;
}

/** What the gate is meant to cost, as ratio to the floor. */
const TARGET_RATIO = 1.35;

export function makePage(report: Report, source: string): Page {
  const blocks = new Map<string, string>();
  const charts = new Map<string, string>();
  const { rounds, seconds } = report.options;
  blocks.set(
    'machine',
    `${machineLine(report.machine)}; ${rounds} rounds of ${seconds} s. Every run stands in [${source}](../${source}).`,
  );
  for (const section of SECTION_NAMES) {
    const scenarios = report.options.scenarios.filter((scenario) => scenario.section === section);
    const chart = chartOf(section, report, scenarios);
    if (chart) charts.set(chartFile(section), barChart(chart));
    const picture = chart ? [`![${chart.description}](${chartFile(section)})`] : [];
    const tables = scenarios.flatMap((scenario) => scenarioTable(report, scenario));
    blocks.set(section, [...picture, ...tables].join('\n\n') || 'Not measured.');
  }
  blocks.set('targets', targetsTable(report));
  const lines = [...report.failures.map((failure) => `Not measured: ${failure}`), ...report.notes];
  blocks.set('notes', lines.map((line) => `- ${line}`).join('\n') || 'None.');
  return { blocks, charts };
}

/**
 * Puts each block between its markers. Blocks without markers are left out, and so are markers without a block.
 *
 * @throws Error where a marker is opened and not closed
 */
export function replaceBlocks(markdown: string, blocks: ReadonlyMap<string, string>): string {
  let text = markdown;
  for (const [name, block] of blocks) {
    const open = `<!-- results: ${name} -->`;
    const close = `<!-- /results: ${name} -->`;
    const from = text.indexOf(open);
    if (from === -1) continue;
    const to = text.indexOf(close, from);
    if (to === -1) throw new Error(`the marker ${open} is not closed`);
    text = `${text.slice(0, from)}${open}\n\n${block}\n\n${text.slice(to)}`;
  }
  return text;
}

function chartFile(section: SectionName): string {
  return `performance-${section}.svg`;
}

/** Charts are drawn of the sections that compare many targets. */
function chartOf(section: SectionName, report: Report, scenarios: readonly Scenario[]): BarChart | null {
  if (section !== 'answers' && section !== 'layers') return null;
  const find = (scenario: Scenario, target: string) =>
    report.summaries.find((summary) => summary.scenario === scenario.id && summary.target === target);
  const names = [...new Set(scenarios.flatMap(({ targets }) => targets))];
  const rows = names.flatMap((label) => {
    const bars = scenarios.map((scenario) => {
      const summary = find(scenario, label);
      const ratio = summary?.cpu_to_floor;
      // What went wrong is told among the notes; a bar for it would look like speed.
      return ratio && summary?.errors === 0 ? { value: ratio.median, min: ratio.min, max: ratio.max } : null;
    });
    return bars.every((bar) => bar === null) ? [] : [{ label, bars }];
  });
  if (rows.length === 0) return null;
  const series = scenarios.map(({ workload }) => workload.toUpperCase());
  const said = rows.map(
    ({ label, bars }) => `${label} ${bars.map((bar) => bar?.value.toFixed(2) ?? 'not measured').join(' and ')}`,
  );
  const title = `CPU per exchange as ratio to the floor: ${SECTIONS[section].toLowerCase()}`;
  return {
    title,
    description: `${title}. ${series.join(' and ')}: ${said.join('; ')}.`,
    series,
    rows,
    mark: { value: TARGET_RATIO, label: `target ${TARGET_RATIO}` },
  };
}

const PAGE_HEADINGS = [
  'target',
  'CPU µs',
  'x floor (min-max)',
  ...PERCENTILE_NAMES.filter((name) => name !== 'p90').map((name) => `${name} ms (x)`),
  'per s',
  'MiB',
  'descriptors',
  'errors',
];

function scenarioTable({ summaries }: Report, scenario: Scenario): string[] {
  const own = scenario.targets.flatMap((target) =>
    summaries.filter((summary) => summary.scenario === scenario.id && summary.target === target),
  );
  if (own.length === 0) return [];
  const steps = scenario.section === 'layers';
  const headings = steps ? [...PAGE_HEADINGS.slice(0, 2), 'step µs', ...PAGE_HEADINGS.slice(2)] : PAGE_HEADINGS;
  const rows = own.map((summary, at) => {
    const cells = pageRow(summary);
    return steps ? [...cells.slice(0, 2), stepText(own, at), ...cells.slice(2)] : cells;
  });
  return [`${describeScenario(scenario)}.`, table([headings, ...rows])];
}

/** What a layer costs more than the one before it. */
function stepText(own: readonly Summary[], at: number): string {
  const [before, here] = [own[at - 1], own[at]!];
  if (!before || !here.target.startsWith('+') || !before.target.startsWith('+')) return '';
  const step = here.cpu_us_per_exchange.median - before.cpu_us_per_exchange.median;
  return `${step < 0 ? '' : '+'}${step.toFixed(1)}`;
}

function pageRow(summary: Summary): string[] {
  const { target, cpu_us_per_exchange, cpu_to_floor, latency_us, latency_to_floor } = summary;
  const latencies = PERCENTILE_NAMES.filter((name) => name !== 'p90').map((name) => {
    const beside = latency_to_floor ? ` (${latency_to_floor[name].median.toFixed(2)})` : '';
    return `${(latency_us[name].median / 1000).toFixed(2)}${beside}`;
  });
  return [
    target,
    cpu_us_per_exchange.median.toFixed(1),
    ratioText(cpu_to_floor),
    ...latencies,
    summary.exchanges_per_second.median.toFixed(0),
    (summary.memory_bytes / 2 ** 20).toFixed(0),
    String(summary.descriptors),
    String(summary.errors),
  ];
}

function targetsTable({ targets }: Report): string {
  const rows = targets.map(({ name, does, does_not }) => `| ${name} | ${does} | ${does_not} |`);
  return ['| target | does | does not |', '|---|---|---|', ...rows].join('\n');
}
