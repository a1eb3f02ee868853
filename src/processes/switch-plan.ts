/**
 * Two phases: all workers prepare a plan, then all switch to it. The supervisor has loaded the plan itself, so a worker
 * that cannot, or says that it cannot, does not keep the others from it: it is started anew. Where none can, none does.
 */

import type { StoredPlan } from '../wiring/stored-plan.ts';
import { errorOf } from './failure.ts';
import type { Prepared, WorkerKeeper } from './worker-keeper.ts';

/** A worker that is busy or stopped must not keep a withdrawn trust alive for longer. */
const COMMIT_MS = 1_500;
/** Loading the largest contracts takes seconds. */
const PREPARE_MS = 60_000;

/** What a switch needs of a worker. */
export type Switching = Pick<WorkerKeeper, 'prepare' | 'commit' | 'abort'>;

/**
 * @param digest of the plan, as the supervisor loaded it
 * @returns the workers that have not switched and have to be started anew
 * @throws LoadError or Error where no worker can prepare it; then none has switched
 */
export async function switchPlan<Worker extends Switching>(
  workers: readonly Worker[],
  plan: StoredPlan,
  digest: string,
): Promise<Worker[]> {
  const problems = await Promise.all(
    workers.map(async (worker) => problemOf((await within(PREPARE_MS, worker.prepare(plan))) ?? 'late', digest)),
  );
  const able = workers.filter((_worker, index) => problems[index] === null);
  const unable = workers.filter((_worker, index) => problems[index] !== null);
  if (able.length === 0 && unable.length > 0) {
    for (const worker of workers) worker.abort();
    throw problems[0]!;
  }
  await Promise.all(able.map((worker) => worker.commit(COMMIT_MS)));
  return unable;
}

const LATE = new Error(`no worker has prepared the plan within ${PREPARE_MS / 1000} s`);

/** A worker that ended meanwhile starts again with whatever plan is in force then. */
function problemOf(answer: Prepared | 'late', digest: string): Error | null {
  if (answer === 'late') return LATE;
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
