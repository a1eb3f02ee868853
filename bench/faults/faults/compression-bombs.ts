import { gzipSync } from 'node:zlib';
import { createAbuser, source, statusOf } from '../abuser.ts';
import type { Fault } from '../fault.ts';

const BOMB_BYTES = 32 * 1024 * 1024;
const ASK_BOMB = 'GET /api/orders HTTP/1.1\r\nHost: localhost\r\nX-Request-Tag: bomb\r\nConnection: close\r\n\r\n';

export const COMPRESSION_BOMBS: Fault = {
  name: 'compression-bombs',
  title: 'Compression bombs, sent and answered',
  promise: 'a body is expanded no further than its limits, whether a caller sends it or the service answers with it',
  records: ['VALIDATE_DECOMPRESSION', 'FILTER_DECOMPRESSION'],
  async run({ project, port, quick, did, expect }) {
    const abuser = createAbuser(project, port);
    const bomb = gzipSync(Buffer.alloc(BOMB_BYTES, 0x20));
    const head = `POST /api/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nConnection: close\r\nContent-Length: ${bomb.length}\r\n\r\n`;
    const send = Buffer.concat([Buffer.from(head), bomb]);
    const statuses: Record<string, number> = {};
    const call = async (bytes: Buffer | string, at: number, kind: string) => {
      const socket = await abuser.open({ from: source(at % 8) });
      if (socket === null) return;
      const status = await statusOf(socket, bytes);
      socket.destroy();
      statuses[`${kind} ${status}`] = (statuses[`${kind} ${status}`] ?? 0) + 1;
    };
    const count = quick ? 10 : 60;
    for (let round = 0; round < count; round++) {
      await Promise.all([
        call(send, round, 'sent'),
        call(send, round + 1, 'sent'),
        call(ASK_BOMB, round + 2, 'answered'),
      ]);
    }
    did('bytes of each bomb', bomb.length);
    did('expanded, MiB', BOMB_BYTES / 1024 / 1024);
    for (const [status, number] of Object.entries(statuses)) did(status, number);
    expect(
      Object.keys(statuses).every((status) => /^(sent 4|answered 502|sent closed|answered closed)/.test(status)),
      'a bomb was taken',
    );
  },
};
