/** Microseconds of a policy decision: first answer and remembered answer. `node bench/policy.ts` */
import { exampleContext, loadPolicies, type PolicyModel, prepareContext } from '../src/core/policy/index.ts';

const PARTIES = 25;
const OPERATIONS = 200;

const model: PolicyModel = {
  groups: [
    { id: 'partners', parents: [] },
    { id: 'suppliers', parents: ['partners'] },
  ],
  parties: numbers(PARTIES).map((n) => ({ id: `party-${n}`, groups: ['suppliers'] })),
  machines: numbers(PARTIES * 4).map((n) => ({ id: `machine-${n}`, party: `party-${n % PARTIES}`, groups: [] })),
  zones: ['partner'],
  apis: [{ id: 'orders', zones: ['partner'] }],
  operations: numbers(OPERATIONS).map((n) => ({
    id: `orders.operation${n}`,
    api: 'orders',
    method: n % 2 ? 'GET' : 'POST',
    path: `/orders/${n}`,
    sensitivity: 'normal',
    tags: ['orders'],
  })),
};

for (const policies of [2, 50, 500]) {
  const load_started = performance.now();
  const engine = loadPolicies({ files: [{ path: 'bench.cedar', text: policyText(policies) }], model });
  const load_ms = performance.now() - load_started;
  const context = prepareContext(exampleContext('partner'));
  const first_us = perCall(1_000, (n) =>
    engine.decide({
      machine: `machine-${n % 100}`,
      operation: `orders.operation${n % OPERATIONS}`,
      context: prepareContext({ ...context.value, zone: `${n}` }),
    }),
  );
  engine.decide({ machine: 'machine-1', operation: 'orders.operation1', context });
  const again_us = perCall(1_000_000, () =>
    engine.decide({ machine: 'machine-1', operation: 'orders.operation1', context }),
  );
  console.log(
    `${policies} policies: load ${load_ms.toFixed(0)} ms, first decision ${first_us.toFixed(0)} µs, remembered ${again_us.toFixed(2)} µs`,
  );
  engine.close();
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

function policyText(count: number): string {
  return numbers(count)
    .map(
      (
        n,
      ) => `@id("p${n}") permit(principal in Party::"party-${n % PARTIES}", action == Action::"read", resource in Api::"orders")
        when { context.tls.version == "TLSv1.3" && !resource.tags.contains("orders") };`,
    )
    .join('\n');
}

function perCall(count: number, call: (n: number) => unknown): number {
  const { user, system } = process.cpuUsage();
  for (let n = 0; n < count; n++) call(n);
  const used = process.cpuUsage();
  return (used.user + used.system - user - system) / count;
}
