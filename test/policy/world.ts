/** A small registry and contract for the policy tests. */
import type { PolicyContext, PolicyEngine, PolicyModel } from '../../src/core/policy/index.ts';
import { exampleContext, loadPolicies, type PartialContext, prepareContext } from '../../src/core/policy/index.ts';

export const MODEL: PolicyModel = {
  groups: [
    { id: 'partners', parents: [] },
    { id: 'suppliers', parents: ['partners'] },
    { id: 'night-jobs', parents: [] },
  ],
  parties: [
    { id: 'acme', groups: ['suppliers'] },
    { id: 'globex', groups: ['partners'] },
    { id: 'lonely', groups: [] },
  ],
  machines: [
    { id: 'acme-erp', party: 'acme', groups: [] },
    { id: 'acme-batch', party: 'acme', groups: ['night-jobs'] },
    { id: 'globex-crm', party: 'globex', groups: [] },
    { id: 'lonely-one', party: 'lonely', groups: [] },
  ],
  zones: ['partner', 'internal'],
  apis: [
    { id: 'orders', zones: ['partner'] },
    { id: 'stock', zones: ['internal', 'partner'] },
  ],
  operations: [
    operation('orders', 'listOrders', 'GET', '/orders', 'low', []),
    operation('orders', 'createOrder', 'POST', '/orders', 'normal', ['orders']),
    operation('orders', 'getInvoice', 'GET', '/orders/{id}/invoice', 'high', ['money']),
    operation('stock', 'getStock', 'GET', '/stock', 'low', []),
    operation('stock', 'setStock', 'PUT', '/stock', 'normal', []),
  ],
};

function operation(
  api: string,
  name: string,
  method: string,
  path: string,
  sensitivity: 'low' | 'normal' | 'high',
  tags: string[],
) {
  return { id: `${api}.${name}`, api, method, path, sensitivity, tags };
}

export const MACHINES = MODEL.machines.map((machine) => machine.id);
export const OPERATIONS = MODEL.operations.map((operation) => operation.id);

export function engineOf(text: string, model: PolicyModel = MODEL): PolicyEngine {
  return loadPolicies({ files: [{ path: 'policies/main.cedar', text }], model });
}

export function contextOf(given: PartialContext = {}): PolicyContext {
  return exampleContext('partner', given);
}

export function ask(engine: PolicyEngine, machine: string, operation: string, given: PartialContext = {}) {
  return engine.decide({ machine, operation, context: prepareContext(contextOf(given)) });
}
