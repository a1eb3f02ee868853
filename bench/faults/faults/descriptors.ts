import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendantsOf } from '../../../test/acceptance/harness/processes.ts';
import { createAbuser, source } from '../abuser.ts';
import type { Fault } from '../fault.ts';

/** What each process has left. */
const LEFT = 8;

export const DESCRIPTORS: Fault = {
  name: 'descriptors',
  title: 'Descriptors exhausted',
  promise:
    'who has a connection is served on; new ones are closed or wait, no process dies, and with descriptors they pass again',
  async run({ project, port, gate, quick, did, expect, until }) {
    const pids = [gate().pid, ...descendantsOf(gate().pid)];
    try {
      for (const pid of pids) {
        const limit = readdirSync(`/proc/${pid}/fd`).length + LEFT;
        execFileSync('prlimit', ['--pid', String(pid), `--nofile=${limit}:`]);
      }
    } catch {
      throw new Error('prlimit could not limit the processes of the gate');
    }
    const abuser = createAbuser(project, port);
    let stood = 0;
    let closed = 0;
    const sockets = Array.from({ length: quick ? 60 : 200 }, (_, at) => {
      const socket = abuser.openTcp(source(at % 10));
      socket.on('close', () => closed++).resume();
      return socket;
    });
    const tried = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        Promise.race([abuser.open({ from: source(20 + at) }), sleep(1_500).then(() => null)]),
      ),
    );
    stood = tried.filter((socket) => socket !== null).length;
    await sleep(quick ? 1_000 : 4_000);
    did('connections begun', sockets.length + tried.length);
    did('TLS stood', stood);
    did('closed by the gate', closed);
    for (const socket of [...sockets, ...tried]) socket?.destroy();
    for (const pid of pids) execFileSync('prlimit', ['--pid', String(pid), '--nofile=4096:']);
    const now = [gate().pid, ...descendantsOf(gate().pid)];
    expect(
      pids.every((pid) => now.includes(pid)),
      'a process of the gate ended',
    );
    await until('new connections pass', async () => {
      const socket = await Promise.race([abuser.open({ from: source(50) }), sleep(1_000).then(() => null)]);
      socket?.destroy();
      return socket !== null;
    });
  },
};
