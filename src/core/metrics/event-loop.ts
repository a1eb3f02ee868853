import { METRICS } from './gate-metrics.ts';
import type { MetricRegistry, Reading } from './registry.ts';

/** What `perf_hooks.monitorEventLoopDelay` gives; nanoseconds. */
export interface DelayHistogram {
  percentile(percentile: number): number;
  readonly max: number;
  reset(): void;
}

export interface EventLoopOptions {
  /** Enabled, and reset by nobody else. */
  readonly histogram: DelayHistogram;
  /** The resolution it was made with: it measures from one wake-up to the next, of which this much was asked for. */
  readonly resolution_ms: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

/** How long turns are gathered before they are told: several readers may ask, and none takes another's values. */
const WINDOW_MS = 10_000;

/** How late the event loop was in the last whole window; while there is none, since the start. */
export function watchEventLoop(registry: MetricRegistry, { histogram, resolution_ms, now }: EventLoopOptions): void {
  let since_ms = now();
  let told: readonly Reading[] | null = null;
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - resolution_ms / 1000);
  const look = (): readonly Reading[] => [
    [['0.5'], late(histogram.percentile(50))],
    [['0.99'], late(histogram.percentile(99))],
    [['1'], late(histogram.max)],
  ];
  registry.reader(METRICS.event_loop, () => {
    if (now() - since_ms < WINDOW_MS) return told ?? look();
    told = look();
    histogram.reset();
    since_ms = now();
    return told;
  });
}
