import type { Socket } from 'node:net';
import type { RefusalCode } from '../../../core/errors/index.ts';
import { Connection } from './connection.ts';
import type { ListenerOptions } from './options.ts';
import { peekClientHello } from './peek.ts';

export interface AcceptPorts {
  readonly options: ListenerOptions;
  readonly connections: Map<Socket, Connection>;
  readonly draining: () => boolean;
  /** Hands the socket to TLS. */
  readonly startTls: (socket: Socket) => void;
  readonly onRefused: ListenerOptions['onRefused'];
  /** Records once per connection, and ends it. */
  readonly refuse: (connection: Connection, code: RefusalCode, reason: string) => void;
}

/**
 * What happens to a connection before any cryptography: the caps of its source, a timer, and a look at its
 * first bytes.
 */
export function acceptConnection(socket: Socket, ports: AcceptPorts): void {
  const { options, connections, refuse } = ports;
  const source = { address: socket.remoteAddress ?? 'unknown', port: socket.remotePort ?? 0 };
  socket.on('error', ignore);
  // Without it the first answer waits 40 ms for the acknowledgement of the session tickets. node:http sets it on
  // its own servers only.
  socket.setNoDelay(true);
  if (options.spare?.short) {
    socket.destroy();
    options.spare.refill();
    void ports.onRefused({ zone: options.zone, source, tls: null }, 'ADMIT_CONNECTIONS', 'no descriptors are left');
    return;
  }
  const admitted = options.admission.admitConnection(source.address, options.now());
  if (!admitted.ok) {
    socket.destroy();
    void ports.onRefused({ zone: options.zone, source, tls: null }, admitted.code, 'connection caps');
    return;
  }
  const connection = new Connection(socket, {
    zone: options.zone,
    names: options.names,
    source,
    lease: admitted.lease,
  });
  connections.set(socket, connection);
  connection.timer = setTimeout(() => refuse(connection, 'ADMIT_TLS_LATE', 'handshake'), options.timeouts.handshake_ms);
  socket.once('close', () => {
    if (connection.timer) clearTimeout(connection.timer);
    connections.delete(socket);
    connection.lease.bytes(connection.newBytes(), options.now());
    connection.lease.end();
    connection.waiting.length = 0;
    recordMalformed(connection, ports.onRefused, true);
    recordUnread(connection, ports.onRefused);
    for (const transport of connection.under_way.keys()) transport.lost();
    // Closed in the middle of a handshake without an error of its own.
    if (!connection.secure && !ports.draining()) refuse(connection, 'ADMIT_TLS', 'closed during the handshake');
  });
  peekClientHello(socket, (outcome) => {
    if (outcome.state === 'not-tls') return refuse(connection, 'ADMIT_NOT_TLS', 'first bytes');
    if (outcome.state === 'malformed') return refuse(connection, 'ADMIT_TLS', outcome.reason);
    connection.hello = outcome.hello;
    ports.startTls(socket);
  });
}

/** Streams that never became a request are on record, counted. */
export function recordMalformed(
  connection: Connection,
  onRefused: ListenerOptions['onRefused'],
  closed: boolean,
): void {
  const count = connection.newMalformedStreams(closed);
  if (count > 0) void onRefused(connection, 'ADMIT_HTTP2', `${count} stream numbers without a request`);
}

/** Streams that came with or after the exchange that ended the connection, in one record. */
function recordUnread(connection: Connection, onRefused: ListenerOptions['onRefused']): void {
  const count = connection.unread_streams;
  if (count > 0) void onRefused(connection, 'ADMIT_HTTP2', `${count} streams after the last`);
}

function ignore(): void {}
