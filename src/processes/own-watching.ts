/** What this process can tell of itself. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Watching } from '../wiring/single-gate.ts';

/** A timer that fires fifty times a second; to be asked for only where a gate runs. */
export function ownWatching(own: Watching['own']): Watching {
  const resolution_ms = 20;
  const histogram = monitorEventLoopDelay({ resolution: resolution_ms });
  histogram.enable();
  return { own, event_loop: { histogram, resolution_ms } };
}
