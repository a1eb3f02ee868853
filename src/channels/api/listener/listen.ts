import type { Http2SecureServer } from 'node:http2';
import { LoadError } from '../../../core/errors/index.ts';
import type { ListenerOptions } from './options.ts';

const BACKLOG = 1024;

/**
 * Opens the port.
 *
 * @throws LoadError LISTEN, with what to do
 */
export function listen(server: Http2SecureServer, options: ListenerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays for as long as the server: a later error, such as no more descriptors, must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) => reject(listenFault(error, options)));
    const where =
      options.descriptor === null ? { port: options.port, host: options.address } : { fd: options.descriptor };
    server.listen({ ...where, backlog: BACKLOG }, resolve);
  });
}

export function listenFault(
  error: NodeJS.ErrnoException,
  { address, port }: Pick<ListenerOptions, 'address' | 'port'>,
): LoadError {
  const place = address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
  const advice: Record<string, [string, string]> = {
    EADDRINUSE: [
      `${place} is in use by another program`,
      'End that program, or choose another port (0 takes any free one)',
    ],
    EACCES: [
      `${place} may not be opened by this user`,
      'Choose a port of 1024 or above, or grant CAP_NET_BIND_SERVICE',
    ],
    EADDRNOTAVAIL: [
      `${address} is no address of this machine`,
      'Name an address that an interface of this machine has',
    ],
  };
  const [message, suggestion] = advice[error.code ?? ''] ?? [
    `${place} cannot be opened (${error.code})`,
    'See the system message',
  ];
  return new LoadError([{ code: 'LISTEN', message, suggestion }]);
}
