/** The listening sockets of a gate. The supervisor holds them, so that they outlive every worker. */

import * as net from 'node:net';
import { getSystemErrorName } from 'node:util';
import { listenFault } from '../channels/api/listener/listen.ts';
import type { GateConfig } from '../config/load.ts';
import { LoadError } from '../core/errors/index.ts';

export interface HeldSocket {
  readonly zone: string;
  readonly address: string;
  readonly port: number;
  readonly descriptor: number;
}

export interface HeldSockets {
  readonly sockets: readonly HeldSocket[];
  /** No further connection is queued here. Sockets that came from outside stay open there. */
  close(): void;
}

/** First descriptor of socket activation, sd_listen_fds(3). */
const FIRST_DESCRIPTOR = 3;

/**
 * Binds the address and port of every listener; workers begin to listen. Where the service manager brought sockets
 * (`LISTEN_FDS` for this process), these are taken instead, in the order of the listeners.
 *
 * @throws LoadError LISTEN
 */
export function holdSockets(
  config: GateConfig,
  activation: { readonly pid: number; readonly env: Readonly<Record<string, string | undefined>> },
): HeldSockets {
  const wanted = config.zones.flatMap(({ id, listen }) =>
    listen.map(({ address, port }) => ({ zone: id, address, port })),
  );
  const count = activatedCount(activation);
  if (count > 0) return takeActivated(wanted, count);
  const held: BoundPort[] = [];
  const close = (): void => {
    for (const bound of held.splice(0)) bound.close();
  };
  try {
    for (const { address, port } of wanted) held.push(bind(address, port));
  } catch (error) {
    close();
    throw error;
  }
  const sockets = held.map(({ port, descriptor }, index) => ({ ...wanted[index]!, port, descriptor }));
  return { sockets, close };
}

/** Bound, and not listening: that would accept connections in this process. */
interface BoundPort {
  readonly port: number;
  readonly descriptor: number;
  close(): void;
}

function bind(address: string, port: number): BoundPort {
  try {
    return 'BoundSocket' in net ? bindSocket(address, port) : bindHandle(address, port);
  } catch (error) {
    throw listenFault(error as NodeJS.ErrnoException, { address, port });
  }
}

function bindSocket(address: string, port: number): BoundPort {
  const bound = new net.BoundSocket({ host: address, port });
  return { port: bound.address().port, descriptor: bound.fd(), close: () => bound.close() };
}

/** What `node:cluster` binds with before Node.js 26.4, which has no public name for it. */
interface ServerHandle {
  readonly fd: number;
  getsockname(into: { port?: number }): number;
  close(): void;
}

function bindHandle(address: string, port: number): BoundPort {
  const { _createServerHandle: create } = net as unknown as {
    _createServerHandle(
      address: string,
      port: number,
      family: number,
      fd: number,
      flags: number,
    ): ServerHandle | number;
  };
  const handle = create(address, port, net.isIPv6(address) ? 6 : 4, -1, 0);
  const name: { port?: number } = {};
  const failed = typeof handle === 'number' ? handle : handle.getsockname(name);
  if (typeof handle === 'number' || failed !== 0) throw systemError(failed);
  return { port: name.port ?? port, descriptor: handle.fd, close: () => handle.close() };
}

const systemError = (number: number): Error =>
  Object.assign(new Error('cannot bind'), { code: getSystemErrorName(number) });

function activatedCount({ pid, env }: Parameters<typeof holdSockets>[1]): number {
  // The variables are for one process: a child inherits the variables, but not the descriptors.
  return Number(env['LISTEN_PID']) === pid ? Number(env['LISTEN_FDS'] ?? 0) : 0;
}

function takeActivated(wanted: readonly Omit<HeldSocket, 'descriptor'>[], count: number): HeldSockets {
  if (count !== wanted.length) {
    throw new LoadError([
      {
        code: 'LISTEN',
        message: `the service manager brought ${count} ${count === 1 ? 'socket' : 'sockets'} for ${wanted.length} listeners`,
        suggestion: 'Give the socket unit one ListenStream for each listener, in the order of the configuration',
      },
    ]);
  }
  const sockets = wanted.map((socket, index) => ({ ...socket, descriptor: FIRST_DESCRIPTOR + index }));
  return { sockets, close: () => undefined };
}
