import type { Transport } from '../transport.ts';
import type { Connection } from './connection.ts';
import type { ListenerOptions } from './options.ts';

/** Most requests that wait on one HTTP/1.1 connection. */
const MAX_WAITING = 32;

export interface TurnsPorts {
  readonly options: Pick<ListenerOptions, 'now' | 'onRequest' | 'timeouts'>;
  readonly draining: () => boolean;
}

/**
 * HTTP/1.1 requests are handled one after the other: the second may rely on what the first did, and order is kept
 * only by those that wait (RFC 9112 section 9.3.2). Streams of HTTP/2 depend on nothing.
 */
export class Turns {
  readonly #ports: TurnsPorts;

  constructor(ports: TurnsPorts) {
    this.#ports = ports;
  }

  begin(transport: Transport, connection: Connection): void {
    connection.begun++;
    // The last exchange of this connection has been refused: what came with it is counted, not read.
    if (connection.session && connection.ending && !this.#ports.draining()) {
      connection.unread_streams++;
      return transport.abort();
    }
    connection.latest = transport;
    if (connection.session || connection.active === 0) return this.#handle(transport, connection);
    connection.waiting.push(transport);
    // What comes after these is not read; the client sees the connection end and sends it again.
    if (connection.waiting.length >= MAX_WAITING) connection.ending = true;
  }

  #handle(transport: Transport, connection: Connection): void {
    const { now, onRequest, timeouts } = this.#ports.options;
    connection.under_way.add(transport, now() + 2 * timeouts.total_ms);
    void onRequest(transport, connection).then(() => {
      connection.under_way.delete(transport);
      const next = connection.waiting.shift();
      if (next) return this.#handle(next, connection);
      if (connection.active > 0) return;
      if (connection.refused) connection.secure?.destroySoon();
      else connection.timer?.refresh();
    });
  }
}
