/** Metrics as plain values: what processes send each other, and what is written out. */
import type { Merge, MetricKind } from './definition.ts';

export interface ValueSeries {
  readonly labels: readonly string[];
  readonly value: number;
}

export interface HistogramSeries {
  readonly labels: readonly string[];
  /** One for each bound and one for what is above; not cumulative. */
  readonly counts: readonly number[];
  readonly sum: number;
}

interface FamilyHead {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly merge: Merge;
}

export interface ValueFamily extends FamilyHead {
  readonly kind: Exclude<MetricKind, 'histogram'>;
  readonly series: readonly ValueSeries[];
}

export interface HistogramFamily extends FamilyHead {
  readonly kind: 'histogram';
  readonly bounds: readonly number[];
  readonly series: readonly HistogramSeries[];
}

export type FamilySnapshot = ValueFamily | HistogramFamily;

/** Survives JSON: it holds no number that JSON has no word for. */
export interface MetricsSnapshot {
  readonly families: readonly FamilySnapshot[];
}

/** The series of one metric; none where it is not there. */
export function valuesOf({ families }: MetricsSnapshot, name: string): readonly ValueSeries[] {
  const family = families.find((one) => one.name === name);
  return family === undefined || family.kind === 'histogram' ? [] : family.series;
}

export function histogramOf({ families }: MetricsSnapshot, name: string): HistogramFamily | null {
  const family = families.find((one) => one.name === name);
  return family?.kind === 'histogram' ? family : null;
}
