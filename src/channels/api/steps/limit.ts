import { Refusal } from '../../../core/errors/index.ts';
import type { ApiExchange } from '../exchange.ts';

/** Budgets of machine, party and operation, exchanges under way, and the declared size of the body. */
export function limit(exchange: ApiExchange, now_ms: number): void {
  const { request, caller, operation } = exchange.proven();
  const { content_length } = request.framing;
  if (content_length !== null && content_length > operation.bounds.body_bytes) throw new Refusal('LIMIT_BODY');
  const { budgets } = exchange.zone_plan;
  const keys = { machine: caller.machine, party: caller.party, operation: operation.called.id };
  const taken = budgets.take(keys, now_ms);
  exchange.limit_headers = taken.headers;
  if (!taken.ok) throw new Refusal(taken.code, { retry_after_s: taken.retry_after_s });
  const release = budgets.enter(keys);
  if (!release) throw new Refusal('LIMIT_CONCURRENCY', { retry_after_s: 1 });
  // An answer that is not taken holds memory, so it counts until it is sent.
  exchange.holdUntilSent(release);
}
