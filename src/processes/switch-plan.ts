/** Two phases: all workers prepare a plan, then all switch to it; where one cannot, none does. */

import type { StoredPlan } from '../wiring/stored-plan.ts';
import { errorOf } from './failure.ts';
import type { Prepared, WorkerKeeper } from './worker-keeper.ts';

/** A worker that is busy or stopped must not keep a withdrawn trust alive for longer. */
const COMMIT_MS = 1_500;
/** Loading the largest contracts takes seconds. */
const PREPARE_MS = 60_000;

/**
 * @param digest of the plan, as the supervisor loaded it
 * @throws LoadError or Error where a worker cannot prepare it; then no worker has switched
 */
export async function switchPlan(workers: readonly WorkerKeeper[], plan: StoredPlan, digest: string): Promise<void> {
  const answers = await within(PREPARE_MS, Promise.all(workers.map((worker) => worker.prepare(plan))));
  const failed =
    answers === null ? LATE : answers.map((answer) => problemOf(answer, digest)).find((one) => one !== null);
  if (failed) {
    for (const worker of workers) worker.abort();
    throw failed;
  }
  await Promise.all(workers.map((worker) => worker.commit(COMMIT_MS)));
}

const LATE = new Error(`a worker has not prepared the plan within ${PREPARE_MS / 1000} s`);

/** A worker that ended meanwhile starts again with whatever plan is in force then. */
function problemOf(answer: Prepared, digest: string): Error | null {
  if (answer === 'gone') return null;
  if (!('digest' in answer)) return errorOf(answer);
  return answer.digest === digest ? null : new Error('a worker loaded another plan from the same files');
}

/** Null where it takes longer. */
async function within<Result>(budget_ms: number, work: Promise<Result>): Promise<Result | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), budget_ms);
  const result = await Promise.race([work, promise]);
  clearTimeout(timer);
  return result;
}
