import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { RefusalCode } from '../../../core/errors/index.ts';
import { type AcceptPorts, acceptConnection, recordMalformed } from './accept.ts';
import type { Connection } from './connection.ts';
import { drainConnections } from './drain.ts';
import { attachHttpEvents } from './http-events.ts';
import { listen } from './listen.ts';
import type { ListenerOptions, ListenerTls } from './options.ts';
import { RefusalLog } from './refusal-log.ts';
import { createTlsServer } from './server.ts';
import { Turns } from './turns.ts';

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

/** How often bytes are counted, and exchanges without an end looked for. */
const CHECK_MS = 1000;

/**
 * Opens one TLS port that speaks HTTP/2 and HTTP/1.1.
 *
 * @throws LoadError LISTEN where the port cannot be opened
 */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const listener = new TlsListener(options);
  await listener.open();
  return listener;
}

class TlsListener implements Listener {
  readonly zone: string;
  readonly address: string;
  readonly #options: ListenerOptions;
  readonly #server: Http2SecureServer;
  readonly #refusals: RefusalLog;
  readonly #connections = new Map<Socket, Connection>();
  /** By TLS socket and by HTTP/2 session. */
  readonly #owners = new WeakMap<object, Connection>();
  /** The session of an HTTP/2 connection is made, and announced, within the same 'secureConnection'. */
  #arriving: Connection | null = null;
  #draining = false;
  #checking: NodeJS.Timeout | undefined;

  constructor(options: ListenerOptions) {
    this.zone = options.zone;
    this.address = options.address;
    this.#options = options;
    this.#refusals = new RefusalLog({ onRefused: options.onRefused, max_single: 20, max_keys: 10_000 });
    this.#server = createTlsServer(options);
    this.#server.setTicketKeys(options.ticket_key);
    this.#accept();
    this.#server.on('tlsClientError', (error, socket) => this.#onHandshakeError(error, socket));
    this.#server.prependListener('secureConnection', (socket: TLSSocket) => this.#onSecured(socket));
    this.#server.on('session', (session) => this.#onSession(session));
    this.#attachHttp();
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async open(): Promise<void> {
    await listen(this.#server, this.#options);
    this.#checking = setInterval(() => this.#check(), CHECK_MS).unref();
  }

  replaceTls(tls: ListenerTls, ticket_key: Buffer): void {
    this.#server.setSecureContext(tls);
    this.#server.setTicketKeys(ticket_key);
  }

  endConnections(test: (connection: Connection) => boolean): void {
    for (const connection of this.#connections.values()) {
      if (!test(connection)) continue;
      connection.withdrawn = true;
      connection.destroy();
    }
  }

  async drain(budget_ms: number): Promise<void> {
    this.#draining = true;
    // Not the server's own `close`: it destroys connections whose answer is complete and has not left yet.
    const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(this.#server, () => resolve()));
    const connections = () => this.#connections.values();
    const stop = drainConnections({ connections, budget_ms, now: this.#options.now });
    await closed;
    stop();
    clearInterval(this.#checking);
    await this.#refusals.flush();
  }

  /** Admission and the look at the ClientHello come before the server's own handling: before any crypto. */
  #accept(): void {
    const [startTls] = this.#server.listeners('connection') as [(this: Http2SecureServer, socket: Socket) => void];
    this.#server.removeAllListeners('connection');
    const ports: AcceptPorts = {
      options: this.#options,
      connections: this.#connections,
      refuse: this.#refuse,
      onRefused: this.#onRefused,
      draining: () => this.#draining,
      startTls: (raw) => startTls.call(this.#server, raw),
    };
    this.#server.on('connection', (socket: Socket) => acceptConnection(socket, ports));
  }

  #attachHttp(): void {
    const draining = () => this.#draining;
    const turns = new Turns({ options: this.#options, draining });
    attachHttpEvents(this.#server, {
      connectionOf: (end) => this.#owners.get(end),
      begin: (transport, connection) => turns.begin(transport, connection),
      onRefused: this.#onRefused,
      draining,
      refuse: this.#refuse,
      max_streams: this.#options.max_streams,
      max_header_bytes: this.#options.max_header_bytes,
    });
  }

  readonly #onRefused: ListenerOptions['onRefused'] = (...refusal) => this.#refusals.record(...refusal);

  readonly #refuse = (connection: Connection, code: RefusalCode, reason: string): void => {
    if (!connection.refused) {
      connection.refused = true;
      void this.#onRefused(connection, code, reason);
    }
    connection.destroy();
  };

  #onHandshakeError(error: NodeJS.ErrnoException, socket: TLSSocket): void {
    const connection = this.#connectionUnder(socket);
    if (connection) this.#refuse(connection, 'ADMIT_TLS', error.code ?? 'handshake');
    else socket.destroy();
  }

  #onSecured(socket: TLSSocket): void {
    const connection = this.#connectionUnder(socket);
    this.#arriving = connection ?? null;
    // Without its connection nothing is known of the far end: fail closed.
    if (!connection) return void socket.destroy();
    this.#owners.set(socket, connection);
    connection.secured(socket);
    if (connection.timer) clearTimeout(connection.timer);
    connection.timer = setTimeout(() => this.#onSilent(connection), this.#options.timeouts.idle_ms);
  }

  #onSession(session: ServerHttp2Session): void {
    const connection = this.#arriving;
    if (!connection) return session.destroy();
    this.#owners.set(session, connection);
    connection.session = session;
    session.on('error', (error: NodeJS.ErrnoException) => this.#onSessionError(connection, error));
  }

  #onSessionError(connection: Connection, error: NodeJS.ErrnoException): void {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') return connection.destroy();
    // Of errors of nghttp2 the message is its own fixed text.
    const reason = error.code === 'ERR_HTTP2_ERROR' ? error.message : (error.code ?? 'session');
    this.#refuse(connection, 'ADMIT_HTTP2', reason);
  }

  /** A silent connection ends, in HTTP/2 too: neither pings nor half-sent frames keep it. */
  #onSilent(connection: Connection): void {
    if (connection.active > 0) return;
    if (connection.begun === 0) return this.#refuse(connection, 'ADMIT_IDLE', 'no request');
    // A far end that neither closes nor takes what is left for it has had its time.
    if (connection.ending) return connection.destroy();
    connection.end();
    connection.timer?.refresh();
  }

  /** Node keeps the socket under a TLS socket as `_parent`; it has no public name for it. */
  #connectionUnder(socket: TLSSocket): Connection | undefined {
    const { _parent } = socket as TLSSocket & { _parent?: Socket };
    return _parent ? this.#connections.get(_parent) : undefined;
  }

  #check(): void {
    const now = this.#options.now();
    for (const connection of this.#connections.values()) this.#checkConnection(connection, now);
    void this.#refusals.flush();
  }

  #checkConnection(connection: Connection, now: number): void {
    const { headers_ms } = this.#options.timeouts;
    if (!connection.lease.bytes(connection.newBytes(), now))
      this.#refuse(connection, 'ADMIT_BYTES', 'bytes per source');
    recordMalformed(connection, this.#onRefused, false);
    if (connection.headersLate(now, headers_ms)) this.#refuse(connection, 'ADMIT_HEADERS_LATE', 'HTTP/2');
    // Who does not take its answer does not hold it either. A reset of the stream alone could not leave either.
    if (connection.under_way.isLate(now)) connection.destroy();
  }
}
