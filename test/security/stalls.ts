/** How long the event loop did nothing for anybody else. */
import { setTimeout as sleep } from 'node:timers/promises';

const TICK_MS = 5;

export interface Stalls {
  end(): Promise<{ readonly worst_ms: number }>;
}

export function watchStalls(): Stalls {
  let last = performance.now();
  let worst_ms = 0;
  const look = (): void => {
    const now = performance.now();
    worst_ms = Math.max(worst_ms, now - last - TICK_MS);
    last = now;
  };
  const timer = setInterval(look, TICK_MS);
  return {
    async end() {
      await sleep(2 * TICK_MS);
      clearInterval(timer);
      return { worst_ms };
    },
  };
}
