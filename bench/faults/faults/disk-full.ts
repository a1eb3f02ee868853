import { setTimeout as sleep } from 'node:timers/promises';
import { mountTinyDisk, type TinyDisk } from '../../../test/acceptance/durability/tiny-disk.ts';
import { createAbuser, statusOf } from '../abuser.ts';
import type { Fault, Stage } from '../fault.ts';

const GET = 'GET /api/orders HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';

/** Status of one call on a connection of its own. */
async function statusNow({ project, port }: Stage): Promise<string> {
  const socket = await createAbuser(project, port).open();
  if (socket === null) return 'closed';
  const status = await statusOf(socket, GET);
  socket.destroy();
  return status;
}

/** While nothing can be written. */
export async function refusesAll(stage: Stage, while_ms: number): Promise<void> {
  const statuses: Record<string, number> = {};
  const end_ms = performance.now() + while_ms;
  while (performance.now() < end_ms) {
    const status = await statusNow(stage);
    statuses[status] = (statuses[status] ?? 0) + 1;
    await sleep(50);
  }
  for (const [status, count] of Object.entries(statuses)) stage.did(`answers ${status} meanwhile`, count);
  stage.expect(Object.keys(statuses).join() === '503', `answers other than 503: ${Object.keys(statuses).join()}`);
}

let disk: TinyDisk | null = null;

export const DISK_FULL: Fault = {
  name: 'disk-full',
  title: 'The disk is full',
  promise: 'every exchange is refused with 503 and nothing is executed; with room the gate is back by itself',
  accepts: (failure) => failure === '503',
  records: ['log_resumed'],
  site: {
    prepare(place) {
      disk = mountTinyDisk(place, '16m');
    },
  },
  async run(stage) {
    if (disk === null) return stage.skip('this user may not mount a file system');
    disk.fill();
    await stage.until('the gate refuses', async () => (await statusNow(stage)) === '503');
    const before = stage.gate().output().split('cannot record').length;
    stage.did('told', before - 1);
    await refusesAll(stage, stage.quick ? 1_000 : 4_000);
    disk.free();
    await stage.companion.lifted();
    await stage.until('the log is back', () => stage.gate().output().includes('the log is back'));
  },
};
