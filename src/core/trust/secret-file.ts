import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { type FaultCode, LoadError } from '../errors/faults.ts';

const GROUP_AND_OTHERS = 0o077;
/** Largest secret file; keys and tokens are far smaller. */
const MAX_SECRET_BYTES = 1_048_576;

/**
 * Reads a private key, password or token. The file is opened once and judged by its descriptor, so what was judged
 * is what is read. Symbolic links are followed (certificate tools and secret mounts live by them): whatever they
 * lead to has to be ours and private all the same.
 *
 * @throws LoadError with CONFIG_FILE (missing, unreadable, not a regular file, too large) or CONFIG_FILE_MODE
 */
export function readSecretFile(path: string): Buffer {
  const descriptor = open(path);
  try {
    const stats = fstatSync(descriptor);
    checkFile(path, stats);
    checkOwner(path, stats);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Non-blocking, or opening a FIFO nobody writes to would hang the load. */
function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (reason === 'ENOENT') {
      throw fault('CONFIG_FILE', path, 'the secret file does not exist', 'Put it there, or correct the path.');
    }
    throw fault('CONFIG_FILE', path, `the secret file cannot be opened (${reason})`);
  }
}

function checkFile(path: string, stats: Stats): void {
  if (!stats.isFile()) throw fault('CONFIG_FILE', path, 'the secret file is not a regular file');
  if (stats.size > MAX_SECRET_BYTES) throw fault('CONFIG_FILE', path, 'the secret file is larger than 1 MiB');
}

function checkOwner(path: string, stats: Stats): void {
  if ((stats.mode & GROUP_AND_OTHERS) !== 0) {
    const mode = (stats.mode & 0o777).toString(8).padStart(4, '0');
    const message = `the secret file has mode ${mode}; others than its owner can use it`;
    throw fault('CONFIG_FILE_MODE', path, message, `Run: chmod 600 ${path}`);
  }
  const owner = process.geteuid?.() ?? stats.uid;
  if (stats.uid !== owner && stats.uid !== 0) {
    const message = `the secret file belongs to user ${stats.uid}, not to the gate's user ${owner} or root`;
    throw fault('CONFIG_FILE_MODE', path, message, `Run: chown ${owner} ${path}`);
  }
}

function fault(code: FaultCode, file: string, message: string, suggestion?: string): LoadError {
  return new LoadError([{ code, file, message, ...(suggestion === undefined ? {} : { suggestion }) }]);
}
