/**
 * The text format of Prometheus, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 */
import type { FamilySnapshot, HistogramSeries, MetricsSnapshot } from './snapshot.ts';

export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Every metric with its help and type; the lines of one metric stand together. */
export function exposition({ families }: MetricsSnapshot): string {
  return families.map(familyText).join('');
}

function familyText(family: FamilySnapshot): string {
  const { name, help, kind, labels } = family;
  const lines = [`# HELP ${name} ${escapeHelp(help)}`, `# TYPE ${name} ${kind}`];
  if (family.kind === 'histogram') {
    for (const series of family.series) lines.push(...histogramLines(name, labels, family.bounds, series));
  } else {
    for (const series of family.series)
      lines.push(`${name}${labelText(labels, series.labels)} ${number(series.value)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Buckets are cumulative, and the last of them is the count. */
function histogramLines(
  name: string,
  labels: readonly string[],
  bounds: readonly number[],
  { labels: values, counts, sum }: HistogramSeries,
): string[] {
  let so_far = 0;
  const bucket = (le: number, index: number): string => {
    so_far += counts[index] ?? 0;
    return `${name}_bucket${labelText([...labels, 'le'], [...values, number(le)])} ${number(so_far)}`;
  };
  const buckets = [...bounds, Number.POSITIVE_INFINITY].map(bucket);
  const own = labelText(labels, values);
  return [...buckets, `${name}_sum${own} ${number(sum)}`, `${name}_count${own} ${number(so_far)}`];
}

function labelText(names: readonly string[], values: readonly string[]): string {
  if (names.length === 0) return '';
  return `{${names.map((name, index) => `${name}="${escapeLabel(values[index] ?? '')}"`).join(',')}}`;
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

/** As Go's ParseFloat reads it, which is what the format asks for. */
function number(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return String(value);
}
