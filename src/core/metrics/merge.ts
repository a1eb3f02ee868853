import type { Merge } from './definition.ts';
import { keyOf } from './family.ts';
import type {
  FamilySnapshot,
  HistogramFamily,
  HistogramSeries,
  MetricsSnapshot,
  ValueFamily,
  ValueSeries,
} from './snapshot.ts';

/** A snapshot and the process it is of. */
export interface ProcessSnapshot {
  /** Its name, such as `worker-1`: a later process that takes its place has the same one. */
  readonly process: string;
  readonly snapshot: MetricsSnapshot;
}

/**
 * One snapshot of several processes: counters and histograms are summed, gauges merged as they declare, and what is told
 * apart by process gets a label `process`.
 *
 * @throws TypeError where two processes mean different things by one name
 */
export function mergeSnapshots(parts: readonly ProcessSnapshot[]): MetricsSnapshot {
  const families = new Map<string, { readonly process: string; readonly family: FamilySnapshot }[]>();
  for (const { process, snapshot } of parts) {
    for (const family of snapshot.families) {
      const all = families.get(family.name) ?? [];
      families.set(family.name, all);
      all.push({ process, family });
    }
  }
  return { families: [...families.values()].map(mergeFamily) };
}

type Part = { readonly process: string; readonly family: FamilySnapshot };

function mergeFamily(parts: readonly Part[]): FamilySnapshot {
  const first = parts[0]!.family;
  if (!parts.every(({ family }) => isAlike(first, family))) throw new TypeError(`metric ${first.name} differs`);
  const { merge } = first;
  const apart = merge === 'process';
  // What was told apart before keeps its label: a merged snapshot can be merged again.
  const named = apart && first.labels.at(-1) !== 'process';
  const labels = named ? [...first.labels, 'process'] : first.labels;
  const relabel = (process: string, values: readonly string[]) => (named ? [...values, process] : values);
  if (first.kind === 'histogram') {
    const series = parts.flatMap(({ process, family }) =>
      (family as HistogramFamily).series.map((one) => ({ ...one, labels: relabel(process, one.labels) })),
    );
    return { ...first, labels, series: joined(series, addHistograms) };
  }
  const series = parts.flatMap(({ process, family }) =>
    (family as ValueFamily).series.map((one) => ({ ...one, labels: relabel(process, one.labels) })),
  );
  return { ...first, labels, series: joined(series, (left, right) => mergeValues(merge, left, right)) };
}

function isAlike(left: FamilySnapshot, right: FamilySnapshot): boolean {
  const shape = (family: FamilySnapshot) =>
    JSON.stringify([family.kind, family.merge, family.labels, family.kind === 'histogram' ? family.bounds : null]);
  return shape(left) === shape(right);
}

function joined<Series extends { readonly labels: readonly string[] }>(
  series: readonly Series[],
  join: (left: Series, right: Series) => Series,
): Series[] {
  const by_labels = new Map<string, Series>();
  for (const one of series) {
    const key = keyOf(one.labels);
    const other = by_labels.get(key);
    by_labels.set(key, other ? join(other, one) : one);
  }
  return [...by_labels.values()];
}

function addHistograms(left: HistogramSeries, right: HistogramSeries): HistogramSeries {
  const counts = left.counts.map((count, index) => count + (right.counts[index] ?? 0));
  return { labels: left.labels, counts, sum: left.sum + right.sum };
}

function mergeValues(merge: Merge, left: ValueSeries, right: ValueSeries): ValueSeries {
  const { labels } = left;
  if (merge === 'max') return { labels, value: Math.max(left.value, right.value) };
  if (merge === 'min') return { labels, value: Math.min(left.value, right.value) };
  // Of one process told apart the later one counts; everything else adds up.
  return { labels, value: merge === 'process' ? right.value : left.value + right.value };
}
