import type { Connection } from './connection.ts';

/** How long a drain waits for the first request of a connection on which TLS stands, and for any byte of another. */
const FIRST_REQUEST_MS = 1000;
const LOOK_MS = 100;

export interface DrainOptions {
  readonly connections: () => Iterable<Connection>;
  readonly budget_ms: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/**
 * Ends connections: at once those that have carried an exchange, when it is over; those that have just come, and may have
 * their first request on the way, after it or when none comes. A port that somebody else holds open promised it to
 * them. What is left when the budget is over is cut off.
 *
 * @returns ends the looking
 */
export function drainConnections({ connections, budget_ms, now }: DrainOptions): () => void {
  const begun_ms = now();
  const secure_since_ms = new WeakMap<Connection, number>();

  function isDone(connection: Connection, now_ms: number): boolean {
    if (connection.begun > 0) return true;
    if (connection.secure === null) {
      return connection.raw.bytesRead === 0 && now_ms - begun_ms >= FIRST_REQUEST_MS;
    }
    const since_ms = secure_since_ms.get(connection);
    if (since_ms === undefined) secure_since_ms.set(connection, now_ms);
    return now_ms - (since_ms ?? now_ms) >= FIRST_REQUEST_MS;
  }
  function look(): void {
    const now_ms = now();
    const is_over = now_ms - begun_ms >= budget_ms;
    for (const connection of connections()) {
      if (is_over) connection.destroy();
      else if (!connection.ending && isDone(connection, now_ms)) connection.end();
    }
  }

  look();
  const timer = setInterval(look, Math.min(LOOK_MS, Math.max(1, budget_ms)));
  return () => clearInterval(timer);
}
