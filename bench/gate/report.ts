/** From runs to a table: medians over the rounds, ratios within each round. */

import { type LoadResult, PERCENTILES, type Percentile } from './load.ts';
import { type Machine, machineLine } from './machine.ts';
import type { BenchOptions, TargetName } from './options.ts';
import { WORKLOADS, type WorkloadName } from './workload.ts';

/** One measured run of one target under one workload. */
export interface Run extends LoadResult {
  readonly round: number;
  readonly target: TargetName;
  readonly workload: WorkloadName;
  readonly cpu_us_per_exchange: number;
  readonly rss_bytes: number;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Summary {
  readonly workload: WorkloadName;
  readonly target: TargetName;
  readonly requests: number;
  readonly errors: number;
  readonly cpu_us_per_exchange: Spread;
  /** Null where the floor was not measured. */
  readonly cpu_to_floor: Spread | null;
  readonly latency_us: Readonly<Record<Percentile, Spread>>;
  readonly latency_to_floor: Readonly<Record<Percentile, Spread>> | null;
  readonly exchanges_per_second: Spread;
  /** At the end of the last run. */
  readonly rss_bytes: number;
}

export interface Report {
  readonly machine: Machine;
  readonly options: BenchOptions;
  readonly summaries: readonly Summary[];
  readonly runs: readonly Run[];
  readonly notes: readonly string[];
}

const PERCENTILE_NAMES = Object.keys(PERCENTILES) as Percentile[];

export function summarise(runs: readonly Run[]): Summary[] {
  const groups = Map.groupBy(runs, ({ workload, target }) => `${workload} ${target}`);
  return [...groups.values()].map((group) => {
    const [{ workload, target }] = group as [Run];
    const floor = runs.filter((run) => run.workload === workload && run.target === 'floor');
    const toFloor = (value: (run: Run) => number): Spread | null => {
      const ratios = group.flatMap((run) => {
        const beside = floor.find(({ round }) => round === run.round);
        return beside ? [value(run) / value(beside)] : [];
      });
      return ratios.length === 0 ? null : spread(ratios);
    };
    const percentiles = <Value>(make: (name: Percentile) => Value) =>
      Object.fromEntries(PERCENTILE_NAMES.map((name) => [name, make(name)])) as Record<Percentile, Value>;
    return {
      workload,
      target,
      requests: total(group.map(({ requests }) => requests)),
      errors: total(group.map(({ errors }) => errors)),
      cpu_us_per_exchange: spread(group.map((run) => run.cpu_us_per_exchange)),
      cpu_to_floor: toFloor((run) => run.cpu_us_per_exchange),
      latency_us: percentiles((name) => spread(group.map((run) => run.latency_us[name]))),
      latency_to_floor:
        floor.length === 0 ? null : percentiles((name) => toFloor((run) => run.latency_us[name]) as Spread),
      exchanges_per_second: spread(group.map(({ requests, seconds }) => requests / seconds)),
      rss_bytes: group.at(-1)!.rss_bytes,
    };
  });
}

function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** The report as text; also valid Markdown. */
export function renderReport({ machine, options, summaries, notes }: Report): string {
  const { connections, rounds, seconds } = options;
  const parts = [`${machineLine(machine)}\n${connections} connections, ${rounds} rounds of ${seconds} s`];
  for (const workload of options.workloads) {
    const { method, about } = WORKLOADS[workload];
    const rows = options.targets.flatMap((target) =>
      summaries.filter((summary) => summary.workload === workload && summary.target === target).map(row),
    );
    parts.push(`${method}: ${about}\n\n${table([HEADINGS, ...rows])}`);
  }
  if (notes.length > 0) parts.push(notes.join('\n'));
  return `${parts.join('\n\n')}\n`;
}

const HEADINGS = [
  'target',
  'exchanges',
  'errors',
  'CPU µs',
  'x floor (min-max)',
  ...PERCENTILE_NAMES.map((name) => `${name} ms (x)`),
  'per s',
  'RSS MiB',
];

function row(summary: Summary): string[] {
  const { target, requests, errors, cpu_us_per_exchange, cpu_to_floor, latency_us, latency_to_floor } = summary;
  const ratio = cpu_to_floor
    ? `${cpu_to_floor.median.toFixed(2)} (${cpu_to_floor.min.toFixed(2)}-${cpu_to_floor.max.toFixed(2)})`
    : '';
  const latencies = PERCENTILE_NAMES.map((name) => {
    const beside = latency_to_floor ? ` (${latency_to_floor[name].median.toFixed(2)})` : '';
    return `${(latency_us[name].median / 1000).toFixed(2)}${beside}`;
  });
  return [
    target,
    String(requests),
    String(errors),
    cpu_us_per_exchange.median.toFixed(1),
    ratio,
    ...latencies,
    summary.exchanges_per_second.median.toFixed(0),
    (summary.rss_bytes / 2 ** 20).toFixed(0),
  ];
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  const [head, ...body] = rows.map(line);
  return [head, rule, ...body].join('\n');
}
