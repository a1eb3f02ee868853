/** Processes that take no turn any more. */
import type { Fault, Stage } from '../fault.ts';
import { oldestOf } from '../processes.ts';

/** What a partner with patience of its own sees of a process that does not answer and is then killed. */
const torn = (failure: string): boolean => ['ECONNRESET', 'EPIPE', 'no answer', 'ECONNREFUSED'].includes(failure);

/** Waits until the watchdog has killed it and it is there again. */
async function untilReplaced({ gate, until, did }: Stage, who: RegExp, begun_ms: number): Promise<void> {
  const line = (text: string) => new RegExp(`${who.source} ${text}`);
  await until('it is noticed', () => line('takes no turn any more').test(gate().output()));
  did('noticed after, s', (performance.now() - begun_ms) / 1000);
  await until('it is back', () => line('is back').test(gate().output()));
  did('back after, s', (performance.now() - begun_ms) / 1000);
}

export const WORKER_STOPPED: Fault = {
  name: 'worker-stopped',
  title: 'A worker that is stopped',
  promise: 'a worker without a turn for 10 s is killed and replaced; the other serves all new connections meanwhile',
  accepts: torn,
  records: ['process_stuck worker', 'process_ended worker', 'process_restarted worker'],
  async run(stage) {
    const victim = oldestOf(stage.gate().pid, 'worker');
    const begun_ms = performance.now();
    process.kill(victim, 'SIGSTOP');
    await untilReplaced(stage, /worker 1/, begun_ms);
  },
};

export const WORKER_LOOP: Fault = {
  name: 'worker-loop',
  title: 'A worker in an endless loop',
  promise: 'as for one that is stopped: the loop ends with the process, and the other worker serves meanwhile',
  accepts: torn,
  // A gate opens no inspector by itself, and for no signal; here its operator asked for one.
  site: { wrapper: () => ['env', 'NODE_OPTIONS=--inspect=127.0.0.1:0'] },
  records: ['process_stuck worker', 'process_ended worker', 'process_restarted worker'],
  async run(stage) {
    const victim = oldestOf(stage.gate().pid, 'worker');
    const debug = await debuggerOf(victim, stage);
    if (debug === null) return stage.skip('the runtime opened no inspector');
    const begun_ms = performance.now();
    debug.send(evaluate('for (;;);'));
    await untilReplaced(stage, /worker 1/, begun_ms);
    debug.close();
  },
};

const INSPECTOR = /Debugger listening on (ws:\/\/127\.0\.0\.1:\d+\/[0-9a-f-]+)/g;

/** The debugger of this process among those of all processes of the gate: each is asked who it is. */
async function debuggerOf(pid: number, { gate }: Stage): Promise<WebSocket | null> {
  for (const [, url = ''] of gate().output().matchAll(INSPECTOR)) {
    const socket = new WebSocket(url);
    if ((await pidBehind(socket)) === pid) return socket;
    socket.close();
  }
  return null;
}

async function pidBehind(socket: WebSocket): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  socket.addEventListener('error', () => resolve(null), { once: true });
  socket.addEventListener('open', () => socket.send(evaluate('process.pid')), { once: true });
  socket.addEventListener(
    'message',
    ({ data }) => resolve((JSON.parse(String(data)) as { result: { result: { value: number } } }).result.result.value),
    { once: true },
  );
  return promise;
}

const evaluate = (expression: string): string =>
  JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } });

export const RECORDER_STOPPED: Fault = {
  name: 'recorder-stopped',
  leaves_doubt: true,
  title: 'A recorder that is stopped',
  promise:
    'nothing is acknowledged without a record: 503 after 5 s; the recorder is killed after 10 s, and exchanges pass again',
  accepts: (failure) => failure === '503',
  records: ['process_stuck recorder', 'process_ended recorder', 'process_restarted recorder'],
  async run(stage) {
    const victim = oldestOf(stage.gate().pid, 'recorder');
    const begun_ms = performance.now();
    process.kill(victim, 'SIGSTOP');
    await untilReplaced(stage, /the recorder/, begun_ms);
  },
};
