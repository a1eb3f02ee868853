import { setTimeout as sleep } from 'node:timers/promises';
import * as h2 from '../../../test/acceptance/wire/http2-frames.ts';
import { createAbuser, source, untilClosed } from '../abuser.ts';
import { type Fault, LONG_MS } from '../fault.ts';

/** A byte now and then, so that no timer of silence ends it. */
const EVERY_MS = 300;

export const SLOW_HEADERS: Fault = {
  name: 'slow-headers',
  title: 'Slow headers',
  promise: 'a header section has 2 s here, however it trickles; the connection ends and others do not wait for it',
  records: ['ADMIT_HEADERS_LATE'],
  async run({ project, port, quick, did, expect }) {
    const abuser = createAbuser(project, port);
    const each = quick ? 20 : 100;
    const sockets = await Promise.all(
      Array.from({ length: 2 * each }, (_, at) =>
        abuser.open({ from: source(at % 10), alpn: at % 2 === 0 ? 'h2' : 'http/1.1' }),
      ),
    );
    const open = sockets.filter((socket) => socket !== null);
    let bytes = 0;
    const trickle = async (socket: (typeof open)[number]) => {
      const is_http2 = socket.alpnProtocol === 'h2';
      const fields = h2.getFields({}, [['x-slow', 'z'.repeat(4000)]]);
      const text = `GET /api/orders HTTP/1.1\r\nHost: localhost\r\nX-Slow: ${'z'.repeat(4000)}`;
      const whole = is_http2 ? Buffer.concat([h2.OPENING, h2.headers(1, fields)]) : Buffer.from(text);
      let at = is_http2 ? h2.OPENING.length + 40 : 30;
      socket.write(whole.subarray(0, at));
      while (!socket.destroyed) {
        await sleep(EVERY_MS);
        socket.write(whole.subarray(at, ++at));
        bytes++;
      }
    };
    for (const socket of open) void trickle(socket);
    const lives = await Promise.all(open.map((socket) => untilClosed(socket, LONG_MS)));
    for (const socket of open) socket.destroy();
    const ended = lives.filter((life) => life !== null);
    did('connections', open.length);
    did('bytes after the first', bytes);
    did('ended by the gate', ended.length);
    did('longest life, s', Math.max(0, ...ended) / 1000);
    expect(ended.length === open.length, 'a connection with an endless header section stayed open');
  },
};
