import { setTimeout as sleep } from 'node:timers/promises';
import { createAbuser, source, untilClosed } from '../abuser.ts';
import { type Fault, LONG_MS } from '../fault.ts';

const EVERY_MS = 300;
const HEAD =
  'POST /api/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"item":"';

export const SLOW_BODIES: Fault = {
  name: 'slow-bodies',
  title: 'Slow bodies',
  promise: 'a body has 2 s here, however it trickles; nothing of it reaches the service',
  records: ['ADMIT_BODY_LATE'],
  async run({ project, port, quick, did, expect }) {
    const abuser = createAbuser(project, port);
    // As many as the places of one machine allow: what a body is awaited for is an exchange under way.
    const count = quick ? 30 : 60;
    const sockets = await Promise.all(Array.from({ length: count }, (_, at) => abuser.open({ from: source(at % 10) })));
    const open = sockets.filter((socket) => socket !== null);
    let answered = 0;
    for (const socket of open) {
      socket.once('data', () => answered++);
      socket.write(HEAD);
      void (async () => {
        while (!socket.destroyed) {
          await sleep(EVERY_MS);
          socket.write('z');
        }
      })();
    }
    const lives = await Promise.all(open.map((socket) => untilClosed(socket, LONG_MS)));
    for (const socket of open) socket.destroy();
    const ended = lives.filter((life) => life !== null);
    did('connections', open.length);
    did('answered with a refusal', answered);
    did('ended by the gate', ended.length);
    did('longest life, s', Math.max(0, ...ended) / 1000);
    expect(ended.length === open.length, 'a connection with an endless body stayed open');
  },
};
