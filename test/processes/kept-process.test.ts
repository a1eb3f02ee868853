import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Failure } from '../../src/processes/failure.ts';
import { KeptProcess } from '../../src/processes/kept-process.ts';
import { Watchdog } from '../../src/processes/watchdog.ts';

type Up =
  | { readonly say: 'started' | 'pong' }
  | { readonly say: 'failed'; readonly failure: Failure }
  | { readonly say: 'heard'; readonly number: number }
  | { readonly say: 'news'; readonly text: string };
type Down = { readonly say: string; readonly number?: number };

/** Longer than a process takes to start on a busy machine. */
const PATIENCE_MS = 30_000;

/** Each test has another, so that both are tried. */
const channels = ['lines', 'ipc'] as const;
let asked = 0;

interface Kept {
  /** What it is told first. */
  readonly first?: () => string;
  /** When that is made. */
  readonly made?: Promise<void>;
  readonly start_within_ms?: number;
  readonly heldUp?: () => boolean;
  readonly channel?: 'lines' | 'ipc';
  readonly wrongStart?: () => string | null;
}

function kept(
  context: TestContext,
  {
    first = () => 'start',
    made = Promise.resolve(),
    start_within_ms = PATIENCE_MS,
    heldUp = () => false,
    channel = channels[asked++ % channels.length]!,
    wrongStart = () => null,
  }: Kept = {},
) {
  const monotonic = () => performance.now();
  const watchdog = new Watchdog(monotonic);
  const told: string[] = [];
  const one = new KeptProcess<Up, Down>({
    who: 'a child',
    child: {
      entry: fileURLToPath(new URL('./kept-child.ts', import.meta.url)),
      exec_path: process.execPath,
      exec_argv: [],
      env: process.env,
      channel,
      descriptors: [],
    },
    watchdog,
    now: () => Date.now(),
    monotonic,
    start: async () => {
      await made;
      return { say: first() };
    },
    start_within_ms,
    heldUp,
    read: (value) => ((value as Up).say === undefined ? null : (value as Up)),
    wrongStart,
    onNonsense: () => void told.push('nonsense'),
    onLaunched: (incarnation) => void told.push(`launched ${incarnation}`),
    onReady: () => void told.push('ready'),
    onNews: ({ text }, incarnation) => void told.push(`${text} of ${incarnation}`),
    onGone: (incarnation) => void told.push(`gone ${incarnation}`),
    onEnded: (how, again_ms, why) => void told.push(`${how}, again in ${again_ms}${why}`),
    onStuck: () => void told.push('stuck'),
  });
  context.after(async () => {
    await one.stop({ say: 'end' }, PATIENCE_MS);
    watchdog.stop();
  });
  const until = async (line: string): Promise<void> => {
    const end_ms = monotonic() + PATIENCE_MS;
    while (!told.includes(line)) {
      assert.ok(monotonic() < end_ms, `${line}: ${told.join('; ')}`);
      await sleep(5);
    }
  };
  return { one, told, until };
}

test('questions are answered by their number, and news comes with the process it is of', async (context) => {
  const { one, until } = kept(context);
  assert.equal(await one.start(), null);
  const numbers = [one.number(), one.number()] as const;
  const answers = await Promise.all(numbers.toReversed().map((number) => one.ask({ say: 'echo', number })));
  assert.deepEqual(
    answers.map((answer) => answer?.number),
    numbers.toReversed(),
  );
  one.tell({ say: 'news' });
  await until('something of 0');
});

test('a question that is not answered in time, or by a process that ends, has no answer', async (context) => {
  const { one, told, until } = kept(context);
  assert.equal(await one.ask({ say: 'echo', number: one.number() }), null);
  await one.start();
  assert.equal(await one.ask({ say: 'silence', number: one.number() }, { budget_ms: 20 }), null);
  const asked = one.ask({ say: 'silence', number: one.number() });
  one.tell({ say: 'end' });
  assert.equal(await asked, null);
  assert.equal(one.pid, null);
  await until('launched 1');
  assert.deepEqual(told.slice(0, 5), ['launched 0', 'ready', 'gone 0', 'exit code 7, again in 100', 'launched 1']);
});

test('one that is killed is gone when that is done, and comes back as another', async (context) => {
  const { one, told, until } = kept(context);
  await one.start();
  await one.kill();
  assert.deepEqual([one.ready, one.pid, one.restarts], [false, null, 1]);
  await until('launched 1');
  assert.ok(told.includes('killed by SIGKILL, again in 100'));
});

test('one that never was ready the first time is the caller’s to judge, and is not started again', async (context) => {
  const { one, told } = kept(context, { first: () => 'fail' });
  assert.deepEqual(await one.start(), { defect: 'as told' });
  await sleep(300);
  assert.deepEqual([one.restarts, told.filter((line) => line.startsWith('launched'))], [0, ['launched 0']]);
});

test('one that cannot start again says why, in few words and in its own', async (context) => {
  const first = ['start', 'fail', 'fail with faults'];
  const { one, until } = kept(context, { first: () => first.shift() ?? 'start' });
  await one.start();
  await one.kill();
  await until('could not start: as told, again in 200');
  await until('could not start: DATA_FOLDER, again in 400data: DATA_FOLDER as told');
  await until('launched 3');
});

test('one that was told to end stays away', async (context) => {
  const { one, told } = kept(context);
  await one.start();
  await one.stop({ say: 'end' }, PATIENCE_MS);
  await sleep(300);
  assert.deepEqual(told, ['launched 0', 'ready', 'gone 0']);
  assert.deepEqual(await one.start(), { defect: 'the gate is stopping' });
});

test('one that never comes to start is killed, told so, and started again after a pause', async (context) => {
  const first = ['start', 'silence', 'silence'];
  const { one, told, until } = kept(context, { first: () => first.shift() ?? 'start', start_within_ms: 4_000 });
  await one.start();
  await one.kill();
  await until('not started within 4 s, again in 200');
  await until('not started within 4 s, again in 400');
  await until('launched 3');
  assert.ok(told.includes('killed by SIGKILL, again in 100'));
});

test('one that never comes to start the first time is the caller’s to judge', async (context) => {
  const { one } = kept(context, { first: () => 'silence', start_within_ms: 1_000 });
  assert.deepEqual(await one.start(), { defect: 'a child ended: not started within 1 s' });
});

test('one that something outside keeps from starting is left its time', async (context) => {
  let held_up = true;
  const { one } = kept(context, { first: () => 'silence', start_within_ms: 1_000, heldUp: () => held_up });
  const started = one.start();
  await sleep(2_500);
  assert.notEqual(one.pid, null);
  held_up = false;
  assert.deepEqual(await started, { defect: 'a child ended: not started within 1 s' });
});

test('its process is there while what it is told is made, and is neither told before nor killed for what it lacks', async (context) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { one, told } = kept(context, { made: promise });
  const started = one.start();
  const { pid } = one;
  assert.ok(pid !== null && pid > 0);
  await one.kill();
  assert.deepEqual([one.pid, told], [pid, []]);
  resolve();
  assert.equal(await started, null);
  assert.deepEqual([one.pid, told], [pid, ['launched 0', 'ready']]);
});

test('one that was told nothing yet ends at once where it is to stay away', async (context) => {
  const { one, told } = kept(context, { made: new Promise(() => undefined) });
  void one.start();
  await one.stop({ say: 'nothing it knows' }, PATIENCE_MS);
  assert.deepEqual([one.pid, told], [null, ['gone 0']]);
});

test('what it is to be told cannot be made: the start fails with that, and its process is the caller’s to stop', async (context) => {
  const { one, told } = kept(context, { made: Promise.reject(new Error('no plan')) });
  await assert.rejects(one.start(), /no plan/);
  await one.stop({ say: 'end' }, PATIENCE_MS);
  assert.deepEqual([one.pid, told], [null, ['gone 0']]);
});

test('one that goes on saying what no such process says is killed for it', async (context) => {
  const { one, told, until } = kept(context);
  await one.start();
  one.tell({ say: 'nonsense' });
  await until('said 100 times what no such process says, again in 100');
  assert.deepEqual(told.slice(0, 4), ['launched 0', 'ready', 'nonsense', 'gone 0']);
});

test('one that started something else than it was told is killed for it, and never was ready', async (context) => {
  const { one, told } = kept(context, { wrongStart: () => 'started something else' });
  assert.deepEqual(await one.start(), { defect: 'a child ended: started something else' });
  assert.deepEqual(told, ['launched 0', 'gone 0']);
});

test('whoever inherited the channel of one that ended is not heard, and loses it', async (context) => {
  const { one, told, until } = kept(context, { channel: 'lines' });
  await one.start();
  one.tell({ say: 'leave a descendant' });
  await until('exit code 0, again in 100');
  const [, pid] = told.map((line) => /^(\d+) of 0$/.exec(line)).find((match) => match !== null) ?? [];
  assert.ok(told.indexOf(`${pid} of 0`) < told.indexOf('gone 0'), 'it spoke');
  const is_there = (): boolean => {
    try {
      return process.kill(Number(pid), 0);
    } catch {
      return false;
    }
  };
  const end_ms = performance.now() + PATIENCE_MS / 2;
  while (is_there()) {
    assert.ok(performance.now() < end_ms, 'it can write no more');
    await sleep(20);
  }
  assert.ok(told.lastIndexOf(`${pid} of 0`) < told.indexOf('gone 0'));
});
