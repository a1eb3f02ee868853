/** Processes that are killed. */
import { descendantsOf, isAlive } from '../../../test/acceptance/harness/processes.ts';
import { createAbuser } from '../abuser.ts';
import type { Fault } from '../fault.ts';
import { oldestOf } from '../processes.ts';

const torn = (failure: string): boolean => ['ECONNRESET', 'EPIPE', 'ECONNREFUSED'].includes(failure);

export const WORKER_KILLED: Fault = {
  name: 'worker-killed',
  title: 'A worker that is killed',
  promise: 'only what was under way in it is lost, and that is on record; it is back by itself',
  accepts: torn,
  records: ['process_ended worker', 'process_restarted worker'],
  async run({ gate, until, did, quick }) {
    const rounds = quick ? 1 : 3;
    for (let round = 1; round <= rounds; round++) {
      const begun_ms = performance.now();
      const victim = oldestOf(gate().pid, 'worker');
      process.kill(victim, 'SIGKILL');
      await until(
        'it is back',
        () =>
          gate()
            .output()
            .split(/worker \d is back/).length > round,
      );
      did(`back after, s (${round})`, (performance.now() - begun_ms) / 1000);
    }
  },
};

export const RECORDER_KILLED: Fault = {
  name: 'recorder-killed',
  leaves_doubt: true,
  title: 'A recorder that is killed',
  promise: 'without it every exchange is refused with 503 and nothing is executed; it is back by itself',
  accepts: (failure) => failure === '503',
  records: ['process_ended recorder', 'process_restarted recorder'],
  async run({ gate, until, did }) {
    const begun_ms = performance.now();
    const victim = oldestOf(gate().pid, 'recorder');
    process.kill(victim, 'SIGKILL');
    await until('it is back', () => gate().output().includes('the recorder is back'));
    did('back after, s', (performance.now() - begun_ms) / 1000);
  },
};

export const SUPERVISOR_KILLED: Fault = {
  name: 'supervisor-killed',
  title: 'The supervisor killed',
  promise: 'every process of the gate ends with it and the port is closed; the next start closes what was open',
  accepts: torn,
  async run({ gate, until, did, restart, companion, project, port, expect }) {
    const begun_ms = performance.now();
    const below = descendantsOf(gate().pid);
    process.kill(gate().pid, 'SIGKILL');
    await until('all are gone', () => below.every((pid) => !isAlive(pid)));
    did('processes that ended', below.length + 1);
    did('all ended after, s', (performance.now() - begun_ms) / 1000);
    expect((await createAbuser(project, port).open()) === null, 'the port is still open');
    await companion.lifted();
    const restarted_ms = performance.now();
    await restart();
    did('started anew in, s', (performance.now() - restarted_ms) / 1000);
  },
};
