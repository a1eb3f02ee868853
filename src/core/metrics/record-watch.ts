import { METRICS } from './gate-metrics.ts';
import type { MetricRegistry } from './registry.ts';

/** Watches how long records take to be durable. */
export interface RecordWatch {
  /** Given every outcome's promise, and gives it back as it is. */
  watch(durable: Promise<void>): Promise<void>;
  /** Age of the oldest outcome that is known to wait; 0 where none does. */
  lag_ms(): number;
}

/**
 * One outcome at a time is measured, so that the rest cost a comparison; those that fail are all counted.
 *
 * @param now milliseconds, monotonic
 */
export function createRecordWatch(registry: MetricRegistry, now: () => number): RecordWatch {
  const { cell: seconds } = registry.histogram(METRICS.record_seconds).take([]);
  const { cell: unrecorded } = registry.counter(METRICS.unrecorded).take([]);
  let since_ms: number | null = null;
  const settle = (): void => {
    if (since_ms !== null) seconds.observe((now() - since_ms) / 1000);
    since_ms = null;
  };
  const failOnly = (): void => {
    unrecorded.value++;
  };
  const settleFailed = (): void => {
    since_ms = null;
    unrecorded.value++;
  };
  const lag_ms = (): number => (since_ms === null ? 0 : Math.max(0, now() - since_ms));
  registry.reader(METRICS.recorder_lag, () => [[[], lag_ms() / 1000]]);
  return {
    watch(durable) {
      if (since_ms === null) {
        since_ms = now();
        durable.then(settle, settleFailed);
      } else {
        durable.catch(failOnly);
      }
      return durable;
    },
    lag_ms,
  };
}
