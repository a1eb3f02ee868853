import type { Judging } from '../contract/judge-json.ts';
import type { ApiExchange } from '../exchange.ts';

/** For whom everything in an exchange is judged, and within what bounds. */
export function judgingOf(exchange: ApiExchange): Judging {
  const { caller, operation } = exchange.proven();
  return {
    bindings: { 'principal.party': caller.party, 'principal.machine': caller.machine },
    max_steps: operation.bounds.max_steps,
  };
}
