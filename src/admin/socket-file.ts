/** The file of the admin socket: that its path fits, and that what stands there may be replaced. */
import { lstatSync, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { type Fault, LoadError } from '../core/errors/index.ts';

/** `sun_path` holds 108 bytes on Linux and 104 on macOS, of which one is the final NUL. */
const MAX_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** How long another gate may take to accept, if one is there. */
const PROBE_MS = 2000;

/**
 * Makes way for a new socket: one that nobody listens on any more, as a crash leaves it, is removed; anything else stays.
 *
 * @throws LoadError LISTEN where the path is too long, is no socket, or is one that somebody listens on
 */
export async function makeWay(path: string): Promise<void> {
  const length = Buffer.byteLength(path);
  if (length > MAX_PATH_BYTES) {
    throw socketFault({
      message: `the path of the admin socket is ${length} bytes long, and the system takes ${MAX_PATH_BYTES}: ${path}`,
      suggestion: 'Name a shorter one with admin.socket, such as /run/sallyport/admin.sock',
    });
  }
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket()) {
    throw socketFault({
      message: `${path} is there and is no socket`,
      suggestion: 'Move it away, or name another path with admin.socket',
    });
  }
  const found = await probe(path);
  if (found === 'ECONNREFUSED') return unlinkSync(path);
  if (found === 'ENOENT') return;
  throw socketFault({
    message: found === null ? `another program listens on ${path}` : `${path} cannot be taken over (${found})`,
    suggestion: 'End that program, or name another path with admin.socket',
  });
}

export function socketFault(words: Pick<Fault, 'message' | 'suggestion'>): LoadError {
  return new LoadError([{ code: 'LISTEN', key: 'admin', ...words }]);
}

/** Null where somebody accepts, else why not. */
function probe(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const end = (found: string | null): void => {
      socket.destroy();
      resolve(found);
    };
    socket.setTimeout(PROBE_MS, () => end('ETIMEDOUT'));
    socket.on('connect', () => end(null));
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'unknown error'));
  });
}
