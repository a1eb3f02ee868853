/** A connected pair of Unix sockets, to be handed to two processes. */

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

/**
 * Node.js has no socketpair(2). The path exists for a moment in a folder of our own (mode 0700).
 *
 * Nothing may be written at either end before both have been handed over: what this process reads is lost.
 *
 * @param folder where a temporary folder can be made; its path short enough for a socket's (about 80 bytes)
 */
export async function socketPair(folder: string): Promise<readonly [Socket, Socket]> {
  const own = await mkdtemp(join(folder, 'sallyport-'));
  const path = join(own, 'link');
  const server = createServer({ pauseOnConnect: true });
  try {
    server.listen(path);
    await once(server, 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const near = connect({ path });
    near.pause();
    await once(near, 'connect');
    const [far] = await accepted;
    return [near, far];
  } finally {
    server.close();
    await rm(own, { recursive: true, force: true });
  }
}
