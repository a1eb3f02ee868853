/** Metrics: what other folders may use of them. */

export { type DelayHistogram, type EventLoopOptions, watchEventLoop } from './event-loop.ts';
export { EXPOSITION_TYPE, exposition } from './exposition.ts';
export { METRICS } from './gate-metrics.ts';
export { mergeSnapshots, type ProcessSnapshot } from './merge.ts';
export { MergedMetrics } from './merged-metrics.ts';
export { createOutcomeObserver, type ObserveOutcome } from './observe-outcome.ts';
export { cpuSeconds, type OwnProcess, watchProcess } from './process-metrics.ts';
export { quantile } from './quantile.ts';
export { readSnapshot } from './reading.ts';
export { createRecordWatch, type RecordWatch } from './record-watch.ts';
export { MetricRegistry, type Reading } from './registry.ts';
export {
  type FamilySnapshot,
  type HistogramFamily,
  histogramOf,
  type MetricsSnapshot,
  type ValueFamily,
  valuesOf,
} from './snapshot.ts';
