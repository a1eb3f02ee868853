import { Refusal } from '../../../core/errors/index.ts';
import type { ApiExchange } from '../exchange.ts';

/** Cedar decides: deny by default, and an answer with any evaluation error is a refusal. */
export function authorize(exchange: ApiExchange): void {
  const { caller, operation } = exchange.proven();
  const decision = exchange.zone_plan.policy.decide({
    machine: caller.machine,
    operation: operation.called.id,
    context: exchange.policy_context!,
  });
  exchange.policies = decision.policies;
  if (!decision.allow) throw new Refusal(decision.code ?? 'AUTHZ_DENIED');
}
