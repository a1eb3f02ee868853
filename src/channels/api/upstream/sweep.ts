import { Refusal } from '../../../core/errors/refusal.ts';
import type { Attempt } from './attempt.ts';
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
  const live: Dispatch[] = [];
  const shortest_ms = Math.min(timeouts.response_ms, timeouts.idle_ms);
  const tick_ms = Math.max(TICK_MIN_MS, Math.min(TICK_MAX_MS, shortest_ms / 8));
  let armed = false;

  function look(): void {
    const now_ms = now();
    for (const dispatch of live.slice()) check(dispatch, now_ms);
    armed = false;
    if (live.length > 0) arm();
  }

  function check(dispatch: Dispatch, now_ms: number): void {
    const late = lateness(dispatch.attempt, now_ms);
    if (late !== null) return expire(dispatch, new Refusal('FORWARD_LATE', { reason: late }), false);
    if (now_ms < dispatch.request.deadline_ms) return;
    const caller = callerLate(dispatch.attempt);
    const refusal = caller
      ? new Refusal('ADMIT_TOTAL_LATE', { reason: caller })
      : new Refusal('FORWARD_LATE', { reason: 'deadline' });
    expire(dispatch, refusal, true);
  }

  /** What the caller was slow with, where it is its turn and not the upstream's. */
  function callerLate(attempt: Attempt | null): string | null {
    if (attempt?.stream?.paused) return 'the answer was not taken';
    const { under_way = false, stalled_since_ms = 0 } = attempt?.sending ?? {};
    return under_way && stalled_since_ms === Number.POSITIVE_INFINITY ? 'the request did not end' : null;
  }

  /** What the upstream is late with; null where it is not its turn, or it is in time. */
  function lateness(attempt: Attempt | null, now_ms: number): 'request' | 'response' | 'body' | null {
    if (!attempt?.written) return null;
    const { sending, stream, head_at_ms } = attempt;
    if (sending?.under_way) return now_ms - sending.stalled_since_ms >= timeouts.idle_ms ? 'request' : null;
    if (head_at_ms > 0) {
      return !stream?.paused && now_ms - attempt.activity_at_ms >= timeouts.idle_ms ? 'body' : null;
    }
    return now_ms - attempt.written_at_ms >= timeouts.response_ms ? 'response' : null;
  }

  function arm(): void {
    if (armed) return;
    armed = true;
    setTimeout(look, tick_ms);
  }

  return {
    add(dispatch) {
      live.push(dispatch);
      arm();
    },
    remove(dispatch) {
      const at = live.indexOf(dispatch);
      if (at < 0) return;
      const last = live.pop() as Dispatch;
      if (last !== dispatch) live[at] = last;
    },
    get size() {
      return live.length;
    },
  };
}
