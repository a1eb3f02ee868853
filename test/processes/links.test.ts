/** Links between workers and the recorder, whatever a worker does about its own. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { connectLink } from '../../src/processes/link.ts';
import { Links, type LinksOptions } from '../../src/processes/links.ts';
import type { WorkerKeeper } from '../../src/processes/worker-keeper.ts';
import { until } from '../acceptance/durability/site.ts';

const PATIENCE_MS = 30_000;

/** A worker that answers so when it is asked to connect. */
function linked(context: TestContext, link: (path: string) => Promise<boolean>) {
  const folder = mkdtempSync(join(tmpdir(), 'links-'));
  const given: Socket[] = [];
  const state = { pid: 1 as number | null, asked: 0, recorder_restarts: 0 };
  const worker = {
    slot: 1,
    incarnation: '1.0',
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
    onNotice: () => undefined,
    stopping: () => false,
  });
  context.after(() => {
    state.pid = null;
    for (const end of given) end.destroy();
    rmSync(folder, { recursive: true });
  });
  return { links, worker, state, given, left: () => readdirSync(folder) };
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
  const { links, worker, state, given, left } = linked(context, () => Promise.resolve(true));
  await links.make(worker);
  assert.deepEqual([given, left(), links.failed(worker)], [[], [], true]);
  await until('it is asked again', () => state.asked > 1, PATIENCE_MS);
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

test('a link that is wanted while one is made is made once, and again where the recorder is another by then', async (context) => {
  const { links, worker, state, given } = linked(context, async (path) => {
    if (state.asked === 1) state.recorder_restarts++;
    void links.make(worker);
    (await connectLink(path)).unref();
    return true;
  });
  await links.make(worker);
  assert.deepEqual([state.asked, given.length], [2, 2]);
});
