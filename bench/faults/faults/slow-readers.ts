import { setTimeout as sleep } from 'node:timers/promises';
import { createAbuser, source, untilClosed } from '../abuser.ts';
import { type Fault, LONG_MS } from '../fault.ts';

const ASK = 'GET /api/orders HTTP/1.1\r\nHost: localhost\r\nX-Request-Tag: large\r\n\r\n';
const TOTAL_MS = 5_000;

export const SLOW_READERS: Fault = {
  name: 'slow-readers',
  title: 'Slow readers',
  promise:
    'an answer that nobody takes is held once for each place of its machine, and let go after twice the total time',
  site: { zone_more: `    timeouts: { handshake: 2s, headers: 2s, body: 2s, total: ${TOTAL_MS / 1000}s }\n` },
  async run({ project, port, quick, did, expect, gate }) {
    const abuser = createAbuser(project, port);
    const count = quick ? 24 : 60;
    const sockets = await Promise.all(Array.from({ length: count }, (_, at) => abuser.open({ from: source(at % 10) })));
    const open = sockets.filter((socket) => socket !== null);
    for (const socket of open) {
      socket.pause();
      // More than one, so that whoever makes answers ahead would be seen.
      socket.write(ASK.repeat(4));
    }
    await sleep(2 * TOTAL_MS + 2_000);
    const lives = await Promise.all(open.map((socket) => untilClosed(socket, LONG_MS)));
    for (const socket of open) socket.destroy();
    did('connections', open.length);
    did('answers asked for', open.length * 4);
    did('MiB each', 4);
    did('cut off', lives.filter((life) => life !== null).length);
    expect(!lives.includes(null), 'a client that takes nothing kept its connection');
    expect(gate().output().length > 0, 'the gate is silent');
  },
};
