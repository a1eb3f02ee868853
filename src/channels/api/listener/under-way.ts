import type { Transport } from '../transport.ts';

/**
 * Exchanges under way on one connection, each with the monotonic milliseconds at which it must be over.
 *
 * Two arrays and not a Map: V8 gives a Map that members come to and leave a new table every few of them, and links each
 * table to the next. Once one of them has grown old, all later ones live until the next full collection, and with them
 * what they held: request, response and exchange. A connection has few members, so that a search costs nothing.
 */
export class UnderWay {
  readonly #transports: Transport[] = [];
  readonly #until_ms: number[] = [];

  get size(): number {
    return this.#transports.length;
  }

  has(transport: Transport): boolean {
    return this.#transports.includes(transport);
  }

  add(transport: Transport, until_ms: number): void {
    this.#transports.push(transport);
    this.#until_ms.push(until_ms);
  }

  delete(transport: Transport): void {
    const at = this.#transports.indexOf(transport);
    if (at < 0) return;
    // The last takes its place: the order of exchanges means nothing here.
    const last = this.#transports.pop() as Transport;
    const last_until_ms = this.#until_ms.pop() as number;
    if (last === transport) return;
    this.#transports[at] = last;
    this.#until_ms[at] = last_until_ms;
  }

  /** As they are now; what comes or goes meanwhile changes nothing. */
  keys(): readonly Transport[] {
    return this.#transports.slice();
  }

  /** Whether one of them should be over. */
  isLate(now_ms: number): boolean {
    return this.#until_ms.some((until_ms) => now_ms > until_ms);
  }
}
