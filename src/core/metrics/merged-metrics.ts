import { mergeSnapshots } from './merge.ts';
import type { FamilySnapshot, MetricsSnapshot } from './snapshot.ts';

/**
 * The metrics of a gate of several processes. What an ended process had counted stays in the sum: a sum that fell would
 * look to Prometheus like a counter that began anew, and everything in it would count again.
 *
 * What a process counted after its last snapshot is lost with it.
 */
export class MergedMetrics {
  readonly #latest = new Map<string, MetricsSnapshot>();
  #ended: MetricsSnapshot = { families: [] };

  /** The latest of a process. */
  take(process: string, snapshot: MetricsSnapshot): void {
    this.#latest.set(process, snapshot);
  }

  /** The process is no more; one that takes its name begins at nothing. */
  ended(process: string): void {
    const last = this.#latest.get(process);
    if (last === undefined) return;
    this.#latest.delete(process);
    const kept = { families: last.families.filter(isSummed) };
    this.#ended = mergeSnapshots([
      { process: '', snapshot: this.#ended },
      { process: '', snapshot: kept },
    ]);
  }

  /** All together, with those that have ended. */
  merged(): MetricsSnapshot {
    const living = [...this.#latest].map(([process, snapshot]) => ({ process, snapshot }));
    return mergeSnapshots([...living, { process: '', snapshot: this.#ended }]);
  }
}

/** Gauges end with their process, and so does what is told apart by process. */
function isSummed({ kind, merge }: FamilySnapshot): boolean {
  return kind !== 'gauge' && merge === 'sum';
}
