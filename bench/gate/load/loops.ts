/** When requests are sent: each after the answer to the last (closed loop), or at a fixed rate (open loop). */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Caller } from './caller.ts';

export interface LoadResult {
  readonly requests: number;
  /** Answers with another status, connections that ended, answers that could not be read. */
  readonly errors: number;
  /** The first of them, in words. */
  readonly first_error: string | null;
  readonly seconds: number;
  readonly latency_us: Readonly<Record<Percentile, number>>;
}

export const PERCENTILES = { p50: 50, p90: 90, p99: 99, 'p99.9': 99.9 } as const;
export type Percentile = keyof typeof PERCENTILES;

class Tally {
  readonly #histogram: RecordableHistogram = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  readonly #start_ms = performance.now();
  #requests = 0;
  #errors = 0;
  #first_error: string | null = null;

  count(failure: string | null, latency_ms: number): void {
    this.#requests++;
    if (failure === null) return this.#histogram.record(Math.max(1, Math.round(latency_ms * 1000)));
    this.#errors++;
    this.#first_error ??= failure;
  }

  result(): LoadResult {
    const latency = Object.entries(PERCENTILES).map(([name, at]) => [name, this.#histogram.percentile(at)]);
    return {
      requests: this.#requests,
      errors: this.#errors,
      first_error: this.#first_error,
      seconds: (performance.now() - this.#start_ms) / 1000,
      latency_us: Object.fromEntries(latency) as LoadResult['latency_us'],
    };
  }
}

/** Runs for the time, lets what is under way be answered, and tells what happened. A caller that failed stays out. */
export async function closedLoop(callers: readonly Caller[], seconds: number): Promise<LoadResult> {
  const tally = new Tally();
  const until_ms = performance.now() + seconds * 1000;
  const drive = (caller: Caller) =>
    new Promise<void>((resolve) => {
      const next = () => {
        caller.send((failure, latency_ms) => {
          tally.count(failure, latency_ms);
          if (failure === null && performance.now() < until_ms) next();
          else resolve();
        });
      };
      next();
    });
  await Promise.all(callers.map(drive));
  return tally.result();
}

const TICK_MS = 1;

/**
 * The same at a fixed rate. A request that finds no caller free waits for one, and its time counts from when it was
 * meant to be sent: a target that stalls is not spared what would have come meanwhile (coordinated omission).
 */
export function openLoop(callers: readonly Caller[], seconds: number, per_second: number): Promise<LoadResult> {
  const tally = new Tally();
  const free = [...callers];
  const waiting: number[] = [];
  const due_in_all = Math.round(seconds * per_second);
  const start_ms = performance.now();
  let issued = 0;
  let answered = 0;
  return new Promise((resolve) => {
    const serve = () => {
      while (waiting.length > 0 && free.length > 0) {
        const intended_ms = waiting.shift()!;
        const caller = free.pop()!;
        caller.send((failure) => {
          tally.count(failure, performance.now() - intended_ms);
          answered++;
          free.push(caller);
          if (answered === due_in_all) resolve(tally.result());
          else if (waiting.length > 0) serve();
        });
      }
    };
    const timer = setInterval(() => {
      const due = Math.min(due_in_all, Math.floor(((performance.now() - start_ms) / 1000) * per_second));
      for (; issued < due; issued++) waiting.push(start_ms + (issued / per_second) * 1000);
      if (issued === due_in_all) clearInterval(timer);
      serve();
    }, TICK_MS);
  });
}
