import { Refusal } from '../../../core/errors/refusal.ts';
import type { Dispatch } from './dispatch.ts';
import type { UpstreamTimeouts } from './options.ts';

/** How late a time-out may be noticed. */
const TICK_MAX_MS = 50;
const TICK_MIN_MS = 5;

export interface Sweep {
  add(dispatch: Dispatch): void;
  remove(dispatch: Dispatch): void;
  /** Requests under way. */
  readonly size: number;
}

/**
 * Holds the times of all requests under way with one timer that looks at each of them, instead of several
 * timers a request. It runs only while there is something to look at.
 *
 * @param expire is told the request, why, and whether the request as a whole is out of time.
 */
export function createSweep(
  timeouts: UpstreamTimeouts,
  now: () => number,
  expire: (dispatch: Dispatch, refusal: Refusal, for_good: boolean) => void,
): Sweep {
  const live = new Set<Dispatch>();
  const shortest_ms = Math.min(timeouts.response_ms, timeouts.idle_ms);
  const tick_ms = Math.max(TICK_MIN_MS, Math.min(TICK_MAX_MS, shortest_ms / 8));
  let armed = false;

  function look(): void {
    const now_ms = now();
    for (const dispatch of live) check(dispatch, now_ms);
    armed = false;
    if (live.size > 0) arm();
  }

  function check(dispatch: Dispatch, now_ms: number): void {
    const { attempt } = dispatch;
    if (attempt?.written) {
      const late = attempt.head_at_ms === 0 ? 'response' : 'body';
      const since_ms = late === 'response' ? attempt.written_at_ms : attempt.activity_at_ms;
      const bound_ms = late === 'response' ? timeouts.response_ms : timeouts.idle_ms;
      if (now_ms - since_ms >= bound_ms) return expire(dispatch, new Refusal('FORWARD_LATE', { reason: late }), false);
    }
    if (now_ms >= dispatch.request.deadline_ms) {
      expire(dispatch, new Refusal('FORWARD_LATE', { reason: 'deadline' }), true);
    }
  }

  function arm(): void {
    if (armed) return;
    armed = true;
    setTimeout(look, tick_ms);
  }

  return {
    add(dispatch) {
      live.add(dispatch);
      arm();
    },
    remove(dispatch) {
      live.delete(dispatch);
    },
    get size() {
      return live.size;
    },
  };
}
