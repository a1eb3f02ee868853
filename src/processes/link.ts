/** A connected pair of Unix sockets, for a link between two processes. */

import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { LoadError } from '../core/errors/index.ts';

/** Where one end of a pair is waited for. */
export interface LinkPlace {
  readonly path: string;
  /** The end here, once the other has connected; null once the place is closed. Nothing of it has been read. */
  readonly connected: Promise<Socket | null>;
  /** Takes the place away; an end that has connected stays. */
  close(): Promise<void>;
}

/**
 * Node.js has no socketpair(2). The path exists until it is closed, in a folder of our own (mode 0700), and takes one
 * connection.
 *
 * @param folder where a temporary folder can be made; its path short enough for a socket's (about 80 bytes)
 */
export async function openLinkPlace(folder: string): Promise<LinkPlace> {
  const own = await mkdtemp(join(folder, 'sallyport-'));
  const path = join(own, 'link');
  const server = createServer({ pauseOnConnect: true });
  server.maxConnections = 1;
  const { promise, resolve } = Promise.withResolvers<Socket | null>();
  let closed = false;
  server.once('connection', (end) => {
    // For each server that a socket handed over was accepted by, Node.js keeps a list and listeners in both processes, for
    // as long as they live, so that the server can count its connections. Nobody asks this one.
    Object.assign(end, { server: null });
    if (closed) end.destroy();
    else resolve(end);
  });
  const close = async (): Promise<void> => {
    closed = true;
    resolve(null);
    server.close();
    await rm(own, { recursive: true, force: true });
  };
  try {
    server.listen(path);
    await once(server, 'listening');
  } catch (error) {
    await close();
    throw error;
  }
  return { path, connected: promise, close };
}

/** The other end of a pair. */
export async function connectLink(path: string): Promise<Socket> {
  const end = connect({ path });
  end.pause();
  await once(end, 'connect');
  return end;
}

/** Both ends in this process. Nothing may be written at either before it has been handed over, or it is lost. */
export async function socketPair(folder: string): Promise<readonly [Socket, Socket]> {
  const place = await openLinkPlace(folder);
  try {
    const near = await connectLink(place.path);
    return [near, (await place.connected)!];
  } finally {
    await place.close();
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
