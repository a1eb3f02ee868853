/** Traces: what other folders may use of them. */

export { type CollectorAnswer, type Delivery, judgeAnswer } from './answer.ts';
export {
  type Collector,
  DROP_REASONS,
  type DropReason,
  type ExporterSettings,
  type SpanCounts,
  TraceExporter,
} from './exporter.ts';
export type { OtlpResource, TracedExchange } from './otlp.ts';
export { createSampler, type Sampler } from './sampling.ts';
export type { Batch } from './span-queue.ts';
