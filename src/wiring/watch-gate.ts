import { setTimeout as sleep } from 'node:timers/promises';
import { AdminUnreachable } from '../admin/ask-admin.ts';
import { type Look, ratesBetween } from '../admin/rates.ts';
import { askToReload, lookAt } from '../admin/read-gate.ts';
import type { WatchActions } from '../cli/watch-actions.ts';
import { placeOf, reaching, unreachable } from './reach-gate.ts';

/** Between the two looks that a rate needs. */
const STATUS_MS = 1000;

/** The commands that watch a running gate. */
export const watchActions: WatchActions = {
  async status(options) {
    const place = await placeOf(options);
    const before = await reaching(place, () => lookAt(place.target));
    await sleep(STATUS_MS);
    const after = await reaching(place, () => lookAt(place.target));
    return { status: after.status, rates: ratesBetween(before, after) };
  },

  async *top(options) {
    const place = await placeOf(options);
    let before: Look = await reaching(place, () => lookAt(place.target));
    while (await slept(options.interval_ms, options.signal)) {
      try {
        const after = await lookAt(place.target);
        yield { status: after.status, rates: ratesBetween(before, after) };
        before = after;
      } catch (error) {
        if (!(error instanceof AdminUnreachable)) throw error;
        yield { lost: unreachable(place, error) };
      }
    }
  },

  async reload(options) {
    const place = await placeOf(options);
    if (place.target.kind === 'tcp') {
      throw new Error(
        'this gate listens on no Unix socket (admin.listen), and takes no orders elsewhere: send it SIGHUP',
      );
    }
    return reaching(place, () => askToReload(place.target));
  },
};

/** False where the signal came first. */
function slept(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return sleep(milliseconds, undefined, { signal }).then(
    () => true,
    () => false,
  );
}
