import {
  type HistogramFamily,
  histogramOf,
  METRICS,
  type MetricsSnapshot,
  quantile,
  valuesOf,
} from '../core/metrics/index.ts';
import type { GateStatus } from './status.ts';

/** One look at a gate. */
export interface Look {
  readonly status: GateStatus;
  readonly metrics: MetricsSnapshot;
}

/** What happened between two looks at a gate. */
export interface Rates {
  readonly seconds: number;
  readonly allowed_per_s: number;
  readonly refused_per_s: number;
  readonly request_bytes_per_s: number;
  readonly response_bytes_per_s: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly operations: readonly OperationRates[];
  readonly codes: readonly { readonly code: string; readonly per_s: number }[];
  /** Of one core, by name of the process. */
  readonly cpu_share: Readonly<Record<string, number>>;
}

export interface OperationRates {
  readonly operation: string;
  readonly per_s: number;
  readonly refused_per_s: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
}

/**
 * The rates between two looks. After a restart everything is new since then; a counter that fell, as that of one worker
 * that was replaced, counts as begun anew.
 */
export function ratesBetween(before: Look, after: Look): Rates {
  const restarted = before.status.started_ms !== after.status.started_ms;
  const from: MetricsSnapshot = restarted ? { families: [] } : before.metrics;
  const began_ms = restarted ? after.status.started_ms : before.status.now_ms;
  // Clocks are stepped; a rate over no time says nothing.
  const seconds = Math.max(0.001, (after.status.now_ms - began_ms) / 1000);
  const counted = increases(from, after.metrics, METRICS.exchanges.name);
  const durations = histogramIncreases(from, after.metrics, METRICS.exchange_seconds.name);
  const total = (test: (labels: readonly string[]) => boolean): number =>
    counted.reduce((sum, { labels, value }) => (test(labels) ? sum + value : sum), 0) / seconds;
  return {
    seconds,
    allowed_per_s: total(([, , verdict]) => verdict === 'allowed'),
    refused_per_s: total(([, , verdict]) => verdict !== 'allowed'),
    request_bytes_per_s: sumOf(increases(from, after.metrics, METRICS.request_bytes.name)) / seconds,
    response_bytes_per_s: sumOf(increases(from, after.metrics, METRICS.response_bytes.name)) / seconds,
    ...quantilesOf(durations, () => true),
    operations: operationRates(counted, durations, seconds),
    codes: bySize(
      counted,
      ([, , , code = '']) => code,
      (labels) => labels[2] !== 'allowed',
    ).map(([code, count]) => ({
      code,
      per_s: count / seconds,
    })),
    cpu_share: Object.fromEntries(
      increases(from, after.metrics, METRICS.cpu.name).map(({ labels, value }) => [labels[0] ?? '', value / seconds]),
    ),
  };
}

interface Increase {
  readonly labels: readonly string[];
  readonly value: number;
}

function increases(before: MetricsSnapshot, after: MetricsSnapshot, name: string): Increase[] {
  const known = new Map(valuesOf(before, name).map(({ labels, value }) => [JSON.stringify(labels), value]));
  return valuesOf(after, name).map(({ labels, value }) => {
    const was = known.get(JSON.stringify(labels)) ?? 0;
    return { labels, value: value < was ? value : value - was };
  });
}

function histogramIncreases(before: MetricsSnapshot, after: MetricsSnapshot, name: string): HistogramFamily | null {
  const now = histogramOf(after, name);
  if (now === null) return null;
  const known = new Map(histogramOf(before, name)?.series.map((one) => [JSON.stringify(one.labels), one.counts]));
  const series = now.series.map(({ labels, counts, sum }) => {
    const was = known.get(JSON.stringify(labels)) ?? [];
    return { labels, sum, counts: counts.map((count, index) => Math.max(0, count - (was[index] ?? 0))) };
  });
  return { ...now, series };
}

function quantilesOf(family: HistogramFamily | null, test: (labels: readonly string[]) => boolean) {
  if (family === null) return { p50_ms: null, p99_ms: null };
  const sums = new Array<number>(family.bounds.length + 1).fill(0);
  for (const { labels, counts } of family.series) {
    if (!test(labels)) continue;
    for (const [index, count] of counts.entries()) sums[index] = (sums[index] ?? 0) + count;
  }
  const at = (share: number): number | null => {
    const seconds = quantile(family.bounds, sums, share);
    return seconds === null ? null : seconds * 1000;
  };
  return { p50_ms: at(0.5), p99_ms: at(0.99) };
}

function operationRates(
  counted: readonly Increase[],
  durations: HistogramFamily | null,
  seconds: number,
): OperationRates[] {
  const refused = new Map(bySize(counted, operationOf, (labels) => labels[2] !== 'allowed'));
  return bySize(counted, operationOf, () => true).map(([operation, count]) => ({
    operation,
    per_s: count / seconds,
    refused_per_s: (refused.get(operation) ?? 0) / seconds,
    ...quantilesOf(durations, ([name]) => name === operation),
  }));
}

const operationOf = ([, operation = '']: readonly string[]): string => operation;

/** Sums by a key, the largest first, without those of nothing. */
function bySize(
  counted: readonly Increase[],
  key: (labels: readonly string[]) => string,
  test: (labels: readonly string[]) => boolean,
): [string, number][] {
  const sums = new Map<string, number>();
  for (const { labels, value } of counted) {
    if (value > 0 && test(labels)) sums.set(key(labels), (sums.get(key(labels)) ?? 0) + value);
  }
  return [...sums].sort(([left_name, left], [right_name, right]) => right - left || (left_name < right_name ? -1 : 1));
}

function sumOf(all: readonly Increase[]): number {
  return all.reduce((sum, { value }) => sum + value, 0);
}
