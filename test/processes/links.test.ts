/** Links between workers and the recorder, whatever a worker does about its own. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { connectLink, socketPair } from '../../src/processes/link.ts';
import { Links, type LinksOptions } from '../../src/processes/links.ts';
import type { WorkerKeeper } from '../../src/processes/worker-keeper.ts';
import { until } from '../acceptance/durability/site.ts';

const PATIENCE_MS = 30_000;

/** A worker that answers so when it is asked to connect. */
function linked(context: TestContext, link: (path: string) => Promise<boolean>) {
  const folder = mkdtempSync(join(tmpdir(), 'links-'));
  const given: Socket[] = [];
  const notices: string[] = [];
  const state = { pid: 1 as number | null, asked: 0, recorder_restarts: 0, incarnation: '1.0' };
  const worker = {
    slot: 1,
    get incarnation() {
      return state.incarnation;
    },
    get pid() {
      return state.pid;
    },
    link(path: string) {
      state.asked++;
      return link(path);
    },
  } as unknown as WorkerKeeper;
  const recorder = {
    ready: true,
    get restarts() {
      return state.recorder_restarts;
    },
    link: (end: Socket) => void given.push(end),
  } as unknown as ReturnType<LinksOptions['recorder']>;
  const links = new Links({
    recorder: () => recorder,
    temporary_folder: folder,
    onNotice: (text) => void notices.push(text),
    stopping: () => false,
  });
  context.after(() => {
    state.pid = null;
    for (const end of given) end.destroy();
    rmSync(folder, { recursive: true });
  });
  return { links, worker, state, given, notices, left: () => readdirSync(folder) };
}

test('the recorder gets the other end, and nothing is left of the place', async (context) => {
  let near: Socket | undefined;
  const { links, worker, given, left } = linked(context, async (path) => {
    near = await connectLink(path);
    return true;
  });
  await links.make(worker);
  assert.equal(given.length, 1);
  assert.deepEqual(left(), []);
  near?.write('record');
  const [chunk] = (await given[0]!.resume().take(1).toArray()) as Buffer[];
  assert.equal(String(chunk), 'record', 'nothing was read on its way');
  near?.destroy();
});

test('a worker that says that it has connected and has not gets none, and is asked again', async (context) => {
  const { links, worker, state, given, notices, left } = linked(context, () => Promise.resolve(true));
  await links.make(worker);
  assert.deepEqual([given, left(), links.failed(worker)], [[], [], true]);
  await until('it is asked again', () => state.asked > 2, PATIENCE_MS);
  assert.deepEqual(notices, ['worker 1 says that it has connected to the recorder and has not; it is asked again']);
});

test('a worker that connects and denies it leaves nothing open', async (context) => {
  const ends: Socket[] = [];
  const { links, worker, given } = linked(context, async (path) => {
    ends.push(await connectLink(path));
    return false;
  });
  await links.make(worker);
  const [end] = ends;
  end?.resume();
  await until('its end is closed', () => end?.closed === true, PATIENCE_MS);
  assert.equal(given.length, 0);
});

test('a worker that dies before it has connected is not asked again', async (context) => {
  const { links, worker, state } = linked(context, () => {
    state.pid = null;
    return Promise.resolve(false);
  });
  await links.make(worker);
  assert.deepEqual([state.asked, links.failed(worker)], [1, false], 'nothing is to be tried again');
});

test('a link that is wanted while one is made is made once, and goes to the recorder of that time', async (context) => {
  const { links, worker, state, given } = linked(context, async (path) => {
    state.recorder_restarts++;
    void links.make(worker);
    (await connectLink(path)).unref();
    return true;
  });
  await links.make(worker);
  assert.deepEqual([state.asked, given.length], [1, 1]);
});

test('a worker that is another before its link is made gets one of its own', async (context) => {
  const { links, worker, state, given } = linked(context, async (path) => {
    if (state.asked === 1) state.incarnation = '1.1';
    (await connectLink(path)).unref();
    return true;
  });
  await links.make(worker);
  assert.deepEqual([state.asked, given.length, links.failed(worker)], [2, 1, false]);
});

test('a link that broke is not made again where another came meanwhile', async (context) => {
  const { links, worker, state, given } = linked(context, async (path) => {
    (await connectLink(path)).unref();
    return true;
  });
  const making = links.make(worker);
  links.makeAgain(worker);
  await making;
  assert.equal(links.failed(worker), false);
  await sleep(1_500);
  assert.deepEqual([state.asked, given.length], [1, 1]);
});

test('a link that broke before it was handed over is made again', async (context) => {
  const { links, worker, state } = linked(context, async (path) => {
    (await connectLink(path)).unref();
    if (state.asked === 1) for (let times = 0; times < 1_000; times++) links.makeAgain(worker);
    return true;
  });
  await links.make(worker);
  assert.equal(links.failed(worker), true);
  await until('it is made again', () => state.asked > 1 && !links.failed(worker), PATIENCE_MS);
  await sleep(1_500);
  assert.equal(state.asked, 2);
});

test('however many links are handed over, no listener stays in either process', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'links-'));
  const recorder = fork(fileURLToPath(new URL('./kept-child.ts', import.meta.url)));
  context.after(() => {
    recorder.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const counted = async (): Promise<number[]> => {
    recorder.send({ say: 'count' });
    const [{ number }] = (await once(recorder, 'message')) as [{ number: number }];
    return [number, recorder.listenerCount('internalMessage')];
  };
  const before = await counted();
  for (let links = 0; links < 5; links++) {
    const [near, far] = await socketPair(folder);
    near.unref();
    recorder.send({ say: 'link' }, far);
  }
  assert.deepEqual(await counted(), before);
});
