import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { GenerationCache } from '../../src/core/policy/cache.ts';
import { authorizeOnce } from '../../src/core/policy/cedar.ts';
import { cedarContext } from '../../src/core/policy/context.ts';
import {
  actionOf,
  exampleContext,
  loadPolicies,
  type PolicyContext,
  prepareContext,
} from '../../src/core/policy/index.ts';
import { ask, contextOf, engineOf, MACHINES, MODEL, OPERATIONS } from './world.ts';

test('without policies everything is denied', () => {
  const engine = loadPolicies({ files: [], model: MODEL });
  for (const machine of MACHINES) {
    for (const operation of OPERATIONS) {
      assert.deepEqual(ask(engine, machine, operation), {
        allow: false,
        code: 'AUTHZ_DENIED',
        policies: [],
        errors: [],
      });
    }
  }
});

test('a permit for a group reaches the machines of its parties, through every level', () => {
  const engine = engineOf('@id("partners") permit(principal in Group::"partners", action, resource);');
  const allowed = MACHINES.filter((machine) => ask(engine, machine, 'orders.listOrders').allow);
  assert.deepEqual(allowed, ['acme-erp', 'acme-batch', 'globex-crm']);
  assert.deepEqual(ask(engine, 'acme-erp', 'orders.listOrders').policies, ['partners']);
});

test('a permit for a party reaches its machines only', () => {
  const engine = engineOf('permit(principal in Party::"acme", action, resource);');
  assert.deepEqual(
    MACHINES.filter((machine) => ask(engine, machine, 'orders.listOrders').allow),
    ['acme-erp', 'acme-batch'],
  );
});

test('a forbid for one group wins over a permit for another', () => {
  const engine = engineOf(`@id("all") permit(principal in Party::"acme", action, resource);
    @id("night") forbid(principal in Group::"night-jobs", action == Action::"write", resource);`);
  assert.equal(ask(engine, 'acme-erp', 'orders.createOrder').allow, true);
  assert.equal(ask(engine, 'acme-batch', 'orders.listOrders').allow, true);
  const denied = ask(engine, 'acme-batch', 'orders.createOrder');
  assert.deepEqual([denied.allow, denied.code, denied.policies], [false, 'AUTHZ_DENIED', ['night']]);
});

test('resources are reached by operation, API and zone', () => {
  const reached = (scope: string) => {
    const engine = engineOf(`permit(principal, action, resource ${scope});`);
    return OPERATIONS.filter((operation) => ask(engine, 'acme-erp', operation).allow);
  };
  assert.deepEqual(reached('== Operation::"orders.getInvoice"'), ['orders.getInvoice']);
  assert.deepEqual(reached('in Api::"stock"'), ['stock.getStock', 'stock.setStock']);
  assert.deepEqual(reached('in Zone::"internal"'), ['stock.getStock', 'stock.setStock']);
  assert.deepEqual(reached('in Zone::"partner"'), OPERATIONS);
});

test('GET, HEAD and OPTIONS read, everything else writes, and both are calls', () => {
  assert.deepEqual(['GET', 'HEAD', 'OPTIONS'].map(actionOf), ['read', 'read', 'read']);
  assert.deepEqual(['POST', 'PUT', 'PATCH', 'DELETE', 'get', 'X'].map(actionOf), new Array(6).fill('write'));
  const read = engineOf('permit(principal, action == Action::"read", resource);');
  assert.equal(ask(read, 'acme-erp', 'orders.createOrder').allow, false);
  const call = engineOf('permit(principal, action in Action::"call", resource);');
  assert.ok(OPERATIONS.every((operation) => ask(call, 'acme-erp', operation).allow));
});

test('conditions see the facts of the connection and of the operation', () => {
  const engine = engineOf(`permit(principal, action, resource) when {
    context.tls.version == "TLSv1.3" && !context.tls.resumed && resource.sensitivity != "high"
    && context.certificate has trust && context.certificate.trust == "acme-ca" };`);
  const trusted = { certificate: { trust: 'acme-ca' } };
  assert.equal(ask(engine, 'acme-erp', 'orders.listOrders', trusted).allow, true);
  assert.equal(ask(engine, 'acme-erp', 'orders.getInvoice', trusted).allow, false);
  assert.equal(ask(engine, 'acme-erp', 'orders.listOrders').allow, false, 'a pinned certificate has no trust');
  assert.equal(ask(engine, 'acme-erp', 'orders.listOrders', { ...trusted, tls: { resumed: true } }).allow, false);
});

test('a permit beside a forbid that cannot be evaluated is a refusal, not an allow', () => {
  const engine = engineOf(`@id("all") permit(principal, action, resource);
    @id("sum") forbid(principal, action, resource)
      when { context.certificate.key_bits + 9223372036854775807 < 0 };`);
  const decision = ask(engine, 'acme-erp', 'orders.listOrders');
  assert.deepEqual([decision.allow, decision.code, decision.policies], [false, 'AUTHZ_ERROR', []]);
  assert.match(decision.errors.join(), /^policy sum: integer overflow/);
  assert.equal(ask(engine, 'acme-erp', 'orders.listOrders', { certificate: { key_bits: 0 } }).allow, true);
});

test('an unknown machine or operation is a refusal', () => {
  const engine = engineOf('permit(principal, action, resource);');
  for (const [machine, operation] of [
    ['nobody', 'orders.listOrders'],
    ['acme-erp', 'orders.deleteAll'],
    ['', ''],
    ['__proto__', 'constructor'],
  ] as const) {
    const decision = ask(engine, machine, operation);
    assert.deepEqual([decision.allow, decision.code, decision.errors.length], [false, 'AUTHZ_ERROR', 1]);
  }
});

test('a context that does not fit the schema is a refusal and is not remembered', () => {
  const engine = engineOf('permit(principal, action, resource);');
  for (const key_bits of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 70]) {
    const decision = ask(engine, 'acme-erp', 'orders.listOrders', { certificate: { key_bits } });
    assert.equal(decision.code, 'AUTHZ_ERROR');
  }
  assert.equal(engine.statistics.entries, 0);
});

test('an entity a condition looks into is known even when it has nothing to do with the caller', () => {
  const engine = engineOf(`permit(principal, action, resource) when {
    Party::"acme" in Group::"partners" && Operation::"orders.getInvoice".sensitivity == "high" };`);
  assert.equal(ask(engine, 'lonely-one', 'stock.getStock').allow, true);
  assert.equal(ask(engine, 'acme-erp', 'orders.getInvoice').allow, true, 'also when it is the caller');
});

test('an equal question is answered from memory', () => {
  const engine = engineOf('permit(principal, action, resource);');
  const first = ask(engine, 'acme-erp', 'orders.listOrders');
  assert.equal(ask(engine, 'acme-erp', 'orders.listOrders'), first);
  assert.deepEqual(engine.statistics, { hits: 1, misses: 1, entries: 1 });
});

test('each policy version answers by its own policies, and has its own name', () => {
  const permit = engineOf('permit(principal, action, resource);');
  const forbid = engineOf('forbid(principal, action, resource);');
  for (const engine of [permit, forbid, permit, forbid]) {
    assert.equal(ask(engine, 'acme-erp', 'orders.listOrders').allow, engine === permit);
  }
  assert.notEqual(permit.version, forbid.version);
  assert.equal(permit.version, engineOf('permit(principal, action, resource);').version);
  const other_model = { ...MODEL, zones: ['partner', 'internal', 'third'] };
  assert.notEqual(permit.version, engineOf('permit(principal, action, resource);', other_model).version);
});

test('a closed version refuses everything and its memory serves the next version', () => {
  const old = engineOf('permit(principal, action, resource);');
  assert.equal(ask(old, 'acme-erp', 'orders.listOrders').allow, true);
  old.close();
  old.close();
  const next = [engineOf('permit(principal, action, resource);'), engineOf('forbid(principal, action, resource);')];
  assert.equal(ask(old, 'acme-erp', 'orders.listOrders').code, 'AUTHZ_ERROR');
  assert.deepEqual(
    next.map((engine) => ask(engine, 'acme-erp', 'orders.listOrders').allow),
    [true, false],
  );
});

const POLICIES = `
  @id("a") permit(principal in Group::"suppliers", action == Action::"read", resource in Zone::"partner")
    when { context.zone == "partner" };
  @id("b") permit(principal in Party::"globex", action, resource in Api::"stock")
    unless { context.tls.version == "TLSv1.2" };
  @id("c") forbid(principal, action, resource) when { resource.tags.contains("money") && context.tls.resumed };
  @id("d") forbid(principal in Group::"night-jobs", action, resource) when { context.certificate.key_bits < 256 };
  @id("e") permit(principal, action, resource) when {
    context.certificate has trust && context.certificate.trust == "acme-ca" && context.tls.group like "X25519*" };
  @id("f") forbid(principal, action, resource) when { context.tls.cipher == "weak" || context.certificate.key_type == "RSA" };
  @id("g") permit(principal, action, resource) when { context.certificate.thumbprint == "ff" };
  @id("h") permit(principal in Party::"lonely", action, resource) when { Party::"acme" in Group::"partners" };
  @id("i") forbid(principal, action, resource) when { context.certificate.key_bits * 9007199254740993 > 0 };`;

const anyContext: fc.Arbitrary<PolicyContext> = fc.record({
  zone: fc.constantFrom('partner', 'internal', ''),
  tls: fc.record({
    version: fc.constantFrom('TLSv1.2', 'TLSv1.3'),
    cipher: fc.constantFrom('weak', 'strong'),
    group: fc.constantFrom('X25519MLKEM768', 'P-256', ''),
    resumed: fc.boolean(),
  }),
  certificate: fc.record({
    trust: fc.constantFrom('acme-ca', 'other', null),
    key_type: fc.constantFrom('EC', 'RSA'),
    key_bits: fc.constantFrom(-1, 0, 255, 256, 4096),
    thumbprint: fc.constantFrom('ff', '00'),
  }),
});

const question = fc.record({
  machine: fc.constantFrom(...MACHINES),
  operation: fc.constantFrom(...OPERATIONS),
  context: anyContext,
});

test('every question gets its own answer: memory never answers otherwise than the library asked afresh with all entities', () => {
  const engine = engineOf(POLICIES);
  const everything = engine.entities.closureOf([
    ...MODEL.groups.map(({ id }) => ({ type: 'Group', id })),
    ...MACHINES.map((id) => ({ type: 'Machine', id })),
    ...MODEL.parties.map(({ id }) => ({ type: 'Party', id })),
    ...OPERATIONS.map((id) => ({ type: 'Operation', id })),
  ]);
  const staticPolicies = Object.fromEntries(engine.policies.map(({ name, text }) => [name, text]));
  fc.assert(
    fc.property(question, ({ machine, operation, context }) => {
      const ask = () => engine.decide({ machine, operation, context: prepareContext(context) });
      const got = ask();
      assert.deepEqual(ask(), got);
      const method = MODEL.operations.find(({ id }) => id === operation)?.method ?? '';
      const answer = authorizeOnce({
        principal: { type: 'Machine', id: machine },
        action: { type: 'Action', id: method === 'GET' ? 'read' : 'write' },
        resource: { type: 'Operation', id: operation },
        context: cedarContext(context),
        policies: { staticPolicies },
        entities: [...everything],
      });
      assert.ok(answer.type === 'success');
      const { decision, diagnostics } = answer.response;
      const erred = diagnostics.errors.length > 0;
      assert.equal(got.allow, decision === 'allow' && !erred);
      assert.equal(got.code, got.allow ? null : erred ? 'AUTHZ_ERROR' : 'AUTHZ_DENIED');
      if (!erred) assert.deepEqual(got.policies, [...diagnostics.reason].sort());
    }),
    { numRuns: 500 },
  );
  assert.ok(engine.statistics.hits > 0);
});

test('contexts have equal keys exactly when they are equal', () => {
  const text = fc.oneof(fc.constantFrom('', '|', '"', '","', 'null'), fc.string());
  const context: fc.Arbitrary<PolicyContext> = fc.record({
    zone: text,
    tls: fc.record({ version: text, cipher: text, group: text, resumed: fc.boolean() }),
    certificate: fc.record({ trust: fc.option(text), key_type: text, key_bits: fc.integer(), thumbprint: text }),
  });
  fc.assert(
    fc.property(context, context, (a, b) => {
      const [one, other] = [prepareContext(a), prepareContext(b)];
      let same = true;
      try {
        assert.deepEqual(
          { ...a, tls: { ...a.tls }, certificate: { ...a.certificate } },
          { ...b, tls: { ...b.tls }, certificate: { ...b.certificate } },
        );
      } catch {
        same = false;
      }
      assert.equal(one.key === other.key, same);
    }),
  );
});

test('a change of any one fact changes the key', () => {
  const base = prepareContext(contextOf()).key;
  const changes = [
    { zone: 'x' },
    { tls: { version: 'x' } },
    { tls: { cipher: 'x' } },
    { tls: { group: 'x' } },
    { tls: { resumed: true } },
    { certificate: { trust: 'x' } },
    { certificate: { key_type: 'x' } },
    { certificate: { key_bits: 1 } },
    { certificate: { thumbprint: 'x' } },
  ];
  const keys = new Set(changes.map((change) => prepareContext(exampleContext('partner', change)).key));
  assert.equal(keys.size, changes.length);
  assert.ok(!keys.has(base));
});

test('the memory of decisions never holds more than its bound and keeps what is in use', () => {
  const cache = new GenerationCache<number>(10);
  cache.set('hot', 1);
  for (let i = 0; i < 1000; i++) {
    cache.set(`cold-${i}`, i);
    assert.equal(cache.get('hot'), 1);
    assert.ok(cache.statistics.entries <= 10);
  }
  assert.equal(cache.get('cold-0'), undefined);
});

test('hostile text in the context changes no answer and breaks nothing', () => {
  const engine = engineOf('permit(principal, action, resource) when { context.zone == "partner" };');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const decision = ask(engine, 'acme-erp', 'orders.listOrders', { zone: text, tls: { cipher: text } });
      assert.equal(decision.allow, text === 'partner');
    }),
    { numRuns: 300 },
  );
  assert.equal(ask(engine, 'acme-erp', 'orders.listOrders', { zone: '\ud800' }).allow, false);
  assert.equal(ask(engine, 'acme-erp', 'orders.listOrders').allow, true);
});
