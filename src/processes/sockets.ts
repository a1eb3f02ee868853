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
 * (`LISTEN_FDS` for this process), these are taken instead, each by its address and port.
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

/** Each listener gets the socket that is bound to its address and port. */
function takeActivated(wanted: readonly Omit<HeldSocket, 'descriptor'>[], count: number): HeldSockets {
  const brought = Array.from({ length: count }, (_, index) => boundPlace(FIRST_DESCRIPTOR + index));
  const sockets = wanted.map((listener) => {
    const place = placeOf(listener.address, listener.port);
    const found = brought.find((one) => one.place === place);
    if (found === undefined) throw notBrought(place, brought);
    return { ...listener, descriptor: found.descriptor };
  });
  const left = brought.filter(({ descriptor }) => !sockets.some((socket) => socket.descriptor === descriptor));
  if (left.length > 0) throw notWanted(left);
  return { sockets, close: () => undefined };
}

interface Brought {
  readonly descriptor: number;
  readonly place: string;
}

/** Where a descriptor is bound. The object that asks keeps it open and reads nothing of it. */
function boundPlace(descriptor: number): Brought {
  try {
    const socket = new net.Socket({ fd: descriptor, readable: false, writable: false });
    const { address, port } = socket.address() as Partial<net.AddressInfo>;
    return { descriptor, place: placeOf(address ?? '', port ?? 0) };
  } catch {
    return { descriptor, place: 'no socket of ours' };
  }
}

const placeOf = (address: string, port: number): string => `${net.isIPv6(address) ? `[${address}]` : address}:${port}`;

function notBrought(place: string, brought: readonly Brought[]): LoadError {
  return new LoadError([
    {
      code: 'LISTEN',
      message: `the service manager brought no socket for ${place}; it brought ${brought.map((one) => one.place).join(', ')}`,
      suggestion: `Put ListenStream=${place} into the socket unit`,
    },
  ]);
}

function notWanted(left: readonly Brought[]): LoadError {
  return new LoadError([
    {
      code: 'LISTEN',
      message: `no listener of the configuration has ${left.map(({ place }) => place).join(', ')}, which the service manager brought`,
      suggestion: 'Take it out of the socket unit, or give a zone that listener',
    },
  ]);
}
