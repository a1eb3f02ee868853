import { Refusal } from '../../../core/errors/index.ts';
import type { ApiExchange } from '../exchange.ts';

/**
 * Takes a place among the streams of the caller's party, until the answer has left: what flows at the pace of a caller
 * holds a connection of the upstream, and callers that do not move must not hold all of them.
 *
 * @throws Refusal LIMIT_CONCURRENCY
 */
export function takeStreamShare(exchange: ApiExchange): void {
  const { caller, operation } = exchange.proven();
  const release = operation.upstream.streams.enter(caller.party);
  if (!release) throw new Refusal('LIMIT_CONCURRENCY', { retry_after_s: 1 });
  exchange.holdUntilSent(release);
}

/** Whether the request is sent while it arrives. */
export function isSentOnce({ outgoing }: ApiExchange): boolean {
  const body = outgoing?.body ?? null;
  return body !== null && !Buffer.isBuffer(body);
}
