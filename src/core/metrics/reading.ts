import type { MetricDefinition } from './definition.ts';
import { METRICS } from './gate-metrics.ts';
import type { MetricsSnapshot } from './snapshot.ts';

/** Longer than any name of a zone, an operation or a rule. */
const MAX_LABEL_LENGTH = 1_024;

const DEFINITIONS: ReadonlyMap<unknown, MetricDefinition> = new Map(
  Object.values(METRICS).map((definition) => [definition.name, definition]),
);

/**
 * A snapshot as one process receives it of another. A worker that was taken over must not bring down the process that
 * sums what all counted, nor write what it likes into the text that Prometheus reads.
 *
 * @returns null for what is no snapshot of the metrics of a gate
 */
export function readSnapshot(value: unknown): MetricsSnapshot | null {
  if (!isRecord(value) || !Array.isArray(value['families'])) return null;
  const { families } = value;
  const names = new Set(families.map((family) => (isRecord(family) ? family['name'] : null)));
  const sound = names.size === families.length && families.every(isFamily);
  return sound ? (value as unknown as MetricsSnapshot) : null;
}

function isFamily(family: unknown): boolean {
  if (!isRecord(family)) return false;
  const definition = DEFINITIONS.get(family['name']);
  if (definition === undefined || !isAsDefined(family, definition)) return false;
  const { series } = family;
  // As many as are folded stand beside those that are not, see `Family`.
  if (!Array.isArray(series) || series.length > 2 * definition.max_series + 1) return false;
  const { length } = definition.labels;
  return series.every((one) => isRecord(one) && isLabels(one['labels'], length) && hasValue(one, definition));
}

function isAsDefined(
  family: Record<string, unknown>,
  { kind, help, labels, merge, bounds }: MetricDefinition,
): boolean {
  return (
    family['kind'] === kind &&
    family['help'] === help &&
    family['merge'] === merge &&
    JSON.stringify(family['labels']) === JSON.stringify(labels) &&
    (kind !== 'histogram' || JSON.stringify(family['bounds']) === JSON.stringify(bounds))
  );
}

function hasValue(series: Record<string, unknown>, { kind, bounds }: MetricDefinition): boolean {
  if (kind !== 'histogram') return Number.isFinite(series['value']);
  const { counts, sum } = series;
  return (
    Array.isArray(counts) &&
    counts.length === bounds.length + 1 &&
    counts.every(Number.isFinite) &&
    Number.isFinite(sum)
  );
}

function isLabels(value: unknown, length: number): boolean {
  return (
    Array.isArray(value) &&
    value.length === length &&
    value.every((label) => typeof label === 'string' && label.length <= MAX_LABEL_LENGTH)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
