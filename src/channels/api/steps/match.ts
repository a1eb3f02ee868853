import { Refusal } from '../../../core/errors/index.ts';
import type { ApiExchange } from '../exchange.ts';

/** Method and path name exactly one operation of one contract of this zone; anything else does not exist. */
export function match(exchange: ApiExchange): void {
  const { request, transport, zone_plan } = exchange;
  const found = zone_plan.matcher.match(transport.method, request!.path);
  if (found === 'path') throw new Refusal('MATCH_PATH');
  if (found === 'method') throw new Refusal('MATCH_METHOD');
  const planned = zone_plan.operations.get(found.operation.id)!;
  exchange.operation = planned;
  exchange.captures = found.captures;
  exchange.called = planned.called;
  const { total_ms } = zone_plan.timeouts;
  exchange.deadline_ms -= total_ms - Math.min(total_ms, planned.bounds.time_ms ?? total_ms);
}
