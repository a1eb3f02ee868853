import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2SecureServer, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { RefusalCode } from '../../../core/errors/index.ts';
import type { Transport } from '../transport.ts';
import type { Connection } from './connection.ts';
import { Http1Transport } from './http1.ts';
import { Http2Transport } from './http2.ts';
import { parseErrorCode, parseErrorMessage } from './parse-error.ts';

export interface HttpPorts {
  /** The connection a socket or session belongs to. */
  readonly connectionOf: (end: object) => Connection | undefined;
  readonly begin: (transport: Transport, connection: Connection) => void;
  /** Puts on record that a connection brought something that is no request. */
  readonly onRefused: (connection: Connection, code: RefusalCode, reason: string) => Promise<void>;
  /** Puts a refusal on record and ends the connection. */
  readonly refuse: (connection: Connection, code: RefusalCode, reason: string) => void;
  readonly draining: () => boolean;
  readonly max_streams: number;
  readonly max_header_bytes: number;
}

/** Exchanges a connection may have under way, in multiples of the streams it may have open. */
const RESET_STREAMS = 2;
/** The parser's word for a connection that ends before the message does. */
const ENDED_INSIDE_MESSAGE = 'HPE_INVALID_EOF_STATE';

/** Turns the events of the HTTP parsers into transports and refusals. */
export function attachHttpEvents(server: Http2SecureServer, ports: HttpPorts): void {
  // node:http2 emits the events of node:http for HTTP/1.1 connections, but its types do not say so.
  const http1 = server as unknown as NodeJS.EventEmitter;
  const onRequest =
    (how: { expects_continue: boolean; wants_switch: boolean }) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const connection = ports.connectionOf(request.socket);
      if (!connection) return void request.socket.destroy();
      // What follows the last request of a connection is not a request any more (RFC 9112 section 9.6).
      // Nor is what crosses the end that a drain has sent: its answer could not be sent any more.
      if (connection.ending && (!ports.draining() || request.socket.writableEnded)) return;
      const close_after = (transport: Transport) =>
        (ports.draining() || connection.ending) && connection.latest === transport;
      ports.begin(new Http1Transport(request, response, { ...how, close_after }), connection);
    };
  http1.on('request', onRequest({ expects_continue: false, wants_switch: false }));
  http1.on('checkContinue', onRequest({ expects_continue: true, wants_switch: false }));
  http1.on('checkExpectation', onRequest({ expects_continue: false, wants_switch: true }));
  http1.on('upgrade', (_request: IncomingMessage, socket: Socket) =>
    refuseBytes(socket, 'ADMIT_UPGRADE', 'Upgrade', ports),
  );
  http1.on('connect', (_request: IncomingMessage, socket: Socket) =>
    refuseBytes(socket, 'ADMIT_METHOD', 'CONNECT', ports),
  );
  http1.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // node:http times the headers from the beginning of the connection; without a byte it is merely idle.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && ports.connectionOf(socket)?.silent) return;
    refuseBytes(socket, parseErrorCode(error), error.code ?? 'parse error', ports);
  });

  // The listener for 'request' above brought the HTTP/2 compatibility layer with it; streams are handled as they are.
  server.removeAllListeners('stream');
  server.on('stream', (stream: ServerHttp2Stream, _headers: unknown, flags: number, raw: string[]) => {
    const connection = stream.session ? ports.connectionOf(stream.session) : undefined;
    if (!connection) return stream.destroy();
    // Streams that are reset at once make room for others while their exchanges are still under way (CVE-2023-44487).
    if (connection.under_way.size >= RESET_STREAMS * ports.max_streams) {
      return ports.refuse(connection, 'ADMIT_HTTP2', 'streams opened and reset');
    }
    connection.first_stream ??= stream.id ?? null;
    connection.latest_stream = Math.max(connection.latest_stream, stream.id ?? 0);
    ports.begin(new Http2Transport(stream, flags, raw, ports.max_header_bytes), connection);
  });
}

/**
 * Bytes that are no request. They are recorded, answered where no other answer is on its way (the client would
 * take ours for it), and the connection ends: what follows cannot be told apart.
 */
function refuseBytes(socket: Socket, code: RefusalCode | null, reason: string, ports: HttpPorts): void {
  const connection = ports.connectionOf(socket);
  // A reset has no code: the client went, there is nothing to refuse.
  if (!connection || code === null) return void socket.destroy();
  const { latest, ending } = connection;
  connection.ending = true;
  // Inside a request the refusal is that request's own: one answer, one record.
  if (latest instanceof Http1Transport && latest.incomplete && connection.holds(latest)) {
    return latest.breakBody(reason === ENDED_INSIDE_MESSAGE ? 'CLIENT_GONE' : code);
  }
  // What follows the last request of a connection was never going to be read.
  if (connection.refused || ending) return;
  connection.refused = true;
  const answer_here = connection.active === 0;
  void ports.onRefused(connection, code, reason).then(() => {
    if (connection.active > 0) return;
    if (answer_here && socket.writable) socket.end(parseErrorMessage(code), () => socket.destroy());
    else socket.destroy();
  });
}
