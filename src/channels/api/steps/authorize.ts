import { Refusal } from '../../../core/errors/index.ts';
import type { ApiExchange } from '../exchange.ts';

/**
 * Cedar decides: deny by default, and an answer with any evaluation error is a refusal. What `limit` took of the
 * operation for a caller that may not call it is given back at once; its own budgets are spent.
 */
export function authorize(exchange: ApiExchange, now_ms: number): void {
  const { caller, operation } = exchange.proven();
  const decision = exchange.zone_plan.policy.decide({
    machine: caller.machine,
    operation: operation.called.id,
    context: exchange.policy_context!,
  });
  exchange.policies = decision.policies;
  if (decision.allow) return;
  const keys = { machine: caller.machine, party: caller.party, operation: operation.called.id };
  exchange.zone_plan.budgets.giveBackOperation(keys, now_ms);
  exchange.settled();
  throw new Refusal(decision.code ?? 'AUTHZ_DENIED');
}
