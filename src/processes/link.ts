/** A connected pair of Unix sockets, to be handed to two processes. */

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { LoadError } from '../core/errors/index.ts';

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

/**
 * Makes a pair and lets it go, so that a folder that is of no use is told before anything is started.
 *
 * @throws LoadError LISTEN
 */
export async function probeLinks(folder: string): Promise<void> {
  try {
    for (const end of await socketPair(folder)) end.destroy();
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new LoadError([
      {
        code: 'LISTEN',
        message: `no socket for the processes of the gate can be made in ${folder} (${code})`,
        suggestion: 'Name with TMPDIR a folder that can be written, its path at most 80 bytes long',
      },
    ]);
  }
}
