import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { RefusalCode } from '../../../core/errors/index.ts';
import type { Transport } from '../transport.ts';
import { acceptConnection, recordMalformed } from './accept.ts';
import type { Connection } from './connection.ts';
import { drainConnections } from './drain.ts';
import { attachHttpEvents } from './http-events.ts';
import { listen } from './listen.ts';
import type { ListenerOptions, ListenerTls } from './options.ts';
import { RefusalLog } from './refusal-log.ts';
import { createTlsServer } from './server.ts';

export interface Listener {
  readonly zone: string;
  readonly address: string;
  readonly port: number;
  /** New connections get this certificate; with another key session tickets given out before stop working. */
  replaceTls(tls: ListenerTls, ticket_key: Buffer): void;
  /** Ends every connection for which `test` says that its caller is no longer proven. */
  endConnections(test: (connection: Connection) => boolean): void;
  /** Stops accepting, lets exchanges under way finish within the budget, then ends what is left. */
  drain(budget_ms: number): Promise<void>;
}

/** How often bytes are counted and exchanges without an end are looked for. */
const CHECK_MS = 1000;
/** Most requests that wait on one HTTP/1.1 connection. */
const MAX_WAITING = 32;
/**
 * Opens one TLS port that speaks HTTP/2 and HTTP/1.1.
 *
 * @throws LoadError LISTEN where the port cannot be opened
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const connections = new Map<Socket, Connection>();
  const owners = new WeakMap<object, Connection>();
  let draining = false;
  const refusals = new RefusalLog({ onRefused: options.onRefused, max_single: 20, max_keys: 10_000 });
  const onRefused: ListenerOptions['onRefused'] = (...refusal) => refusals.record(...refusal);

  const server = createTlsServer(options);
  server.setTicketKeys(options.ticket_key);

  function refuse(connection: Connection, code: RefusalCode, reason: string): void {
    if (!connection.refused) {
      connection.refused = true;
      void onRefused(connection, code, reason);
    }
    connection.destroy();
  }

  // Admission and the look at the ClientHello come before the server's own handling: before any crypto.
  const [startTls] = server.listeners('connection') as [(this: Http2SecureServer, socket: Socket) => void];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) =>
    acceptConnection(socket, {
      options,
      connections,
      refuse,
      onRefused,
      draining: () => draining,
      startTls: (raw) => startTls.call(server, raw),
    }),
  );

  /** Node keeps the socket under a TLS socket as `_parent`; it has no public name for it. */
  function connectionUnder(socket: TLSSocket): Connection | undefined {
    const { _parent } = socket as TLSSocket & { _parent?: Socket };
    return _parent ? connections.get(_parent) : undefined;
  }

  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    const connection = connectionUnder(socket);
    if (connection) refuse(connection, 'ADMIT_TLS', error.code ?? 'handshake');
    else socket.destroy();
  });

  // The session of an HTTP/2 connection is made, and announced, within the same 'secureConnection'.
  let arriving: Connection | null = null;
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    const connection = connectionUnder(socket);
    arriving = connection ?? null;
    // Without its connection nothing is known of the far end: fail closed.
    if (!connection) return void socket.destroy();
    owners.set(socket, connection);
    connection.secured(socket);
    if (connection.timer) clearTimeout(connection.timer);
    connection.timer = setTimeout(() => onSilent(connection), options.timeouts.idle_ms);
  });
  server.on('session', (session: ServerHttp2Session) => {
    if (!arriving) return session.destroy();
    owners.set(session, arriving);
    const connection = arriving;
    connection.session = session;
    session.on('error', (error: NodeJS.ErrnoException) => onSessionError(connection, error));
  });

  function onSessionError(connection: Connection, error: NodeJS.ErrnoException): void {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return connection.destroy();
    // Of errors of nghttp2 the message is its own fixed text.
    refuse(connection, 'ADMIT_HTTP2', error.code === 'ERR_HTTP2_ERROR' ? error.message : (error.code ?? 'session'));
  }

  /** A silent connection ends, in HTTP/2 too: neither pings nor half-sent frames keep it. */
  function onSilent(connection: Connection): void {
    if (connection.active > 0) return;
    if (connection.begun === 0) return refuse(connection, 'ADMIT_IDLE', 'no request');
    // A far end that neither closes nor takes what is left for it has had its time.
    if (connection.ending) return connection.destroy();
    connection.end();
    connection.timer?.refresh();
  }

  /**
   * HTTP/1.1 requests are handled one after the other: the second may rely on what the first did, and order is kept
   * only by those that wait (RFC 9112 section 9.3.2). Streams of HTTP/2 depend on nothing.
   */
  function begin(transport: Transport, connection: Connection): void {
    connection.begun++;
    // The last exchange of this connection has been refused: what came with it is counted, not read.
    if (connection.session && connection.ending && !draining) {
      connection.unread_streams++;
      return transport.abort();
    }
    connection.latest = transport;
    if (connection.session || connection.active === 0) return handle(transport, connection);
    connection.waiting.push(transport);
    // What comes after these is not read; the client sees the connection end and sends it again.
    if (connection.waiting.length >= MAX_WAITING) connection.ending = true;
  }

  function handle(transport: Transport, connection: Connection): void {
    connection.under_way.add(transport, options.now() + 2 * options.timeouts.total_ms);
    void options.onRequest(transport, connection).then(() => {
      connection.under_way.delete(transport);
      const next = connection.waiting.shift();
      if (next) return handle(next, connection);
      if (connection.active > 0) return;
      if (connection.refused) connection.secure?.destroySoon();
      else connection.timer?.refresh();
    });
  }

  attachHttpEvents(server, {
    connectionOf: (end) => owners.get(end),
    begin,
    onRefused,
    draining: () => draining,
    refuse,
    max_streams: options.max_streams,
    max_header_bytes: options.max_header_bytes,
  });

  const checking = setInterval(() => {
    const now = options.now();
    for (const connection of connections.values()) {
      if (!connection.lease.bytes(connection.newBytes(), now)) refuse(connection, 'ADMIT_BYTES', 'bytes per source');
      recordMalformed(connection, onRefused, false);
      if (connection.headersLate(now, options.timeouts.headers_ms)) refuse(connection, 'ADMIT_HEADERS_LATE', 'HTTP/2');
      // Who does not take its answer does not hold it either. A reset of the stream alone could not leave either.
      if (connection.under_way.isLate(now)) connection.destroy();
    }
    void refusals.flush();
  }, CHECK_MS);
  checking.unref();

  await listen(server, options);

  return {
    zone: options.zone,
    address: options.address,
    port: (server.address() as AddressInfo).port,
    replaceTls(tls, ticket_key) {
      server.setSecureContext(tls);
      server.setTicketKeys(ticket_key);
    },
    endConnections(test) {
      for (const connection of connections.values()) {
        if (!test(connection)) continue;
        connection.withdrawn = true;
        connection.destroy();
      }
    },
    async drain(budget_ms) {
      draining = true;
      // Not the server's own `close`: it destroys connections whose answer is complete and has not left yet.
      const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
      const stop = drainConnections({ connections: () => connections.values(), budget_ms, now: options.now });
      await closed;
      stop();
      clearInterval(checking);
      await refusals.flush();
    },
  };
}
