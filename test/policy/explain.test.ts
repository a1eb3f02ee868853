import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatFault, LoadError } from '../../src/core/errors/faults.ts';
import { explain, memberships, parseTable, runTable } from '../../src/core/policy/index.ts';
import { engineOf } from './world.ts';

const POLICIES = `// What suppliers may do.
@id("suppliers-read")
permit(principal in Group::"suppliers", action == Action::"read", resource in Api::"orders")
when { context.zone == "partner" }
unless { resource.sensitivity == "high" };

@id("acme-writes")
permit(principal in Party::"acme", action == Action::"write", resource in Api::"orders")
when { context.tls.version == "TLSv1.3" }
when { context.certificate.key_bits >= 384 };

@id("no-night-writes")
forbid(principal in Group::"night-jobs", action == Action::"write", resource);
`;

test('an allow names the policies that made it, with file, line and text', () => {
  const found = explain(engineOf(POLICIES), { machine: 'acme-erp', operation: 'orders.listOrders' });
  assert.equal(found.decision.allow, true);
  assert.equal(found.action, 'read');
  assert.deepEqual(
    found.deciding.map(({ name, effect, file, line }) => [name, effect, file, line]),
    [['suppliers-read', 'permit', 'policies/main.cedar', 2]],
  );
  assert.match(found.deciding[0]?.text ?? '', /^@id\("suppliers-read"\)\npermit/);
  assert.deepEqual(found.near, []);
});

test('a denial by nobody shows the nearest permit and the clause that kept it from applying', () => {
  const found = explain(engineOf(POLICIES), { machine: 'acme-erp', operation: 'orders.createOrder' });
  assert.deepEqual([found.decision.code, found.deciding], ['AUTHZ_DENIED', []]);
  const nearest = found.near[0];
  assert.equal(nearest?.name, 'acme-writes');
  assert.deepEqual(
    [nearest?.principal_matches, nearest?.action_matches, nearest?.resource_matches],
    [true, true, true],
  );
  assert.deepEqual(nearest?.clauses, [
    { kind: 'when', line: 9, text: 'when { context.tls.version == "TLSv1.3" }', holds: true },
    { kind: 'when', line: 10, text: 'when { context.certificate.key_bits >= 384 }', holds: false },
  ]);
  assert.equal(found.near[1]?.name, 'suppliers-read');
  assert.equal(found.near[1]?.action_matches, false);
});

test('a denial by a forbid names the forbid', () => {
  const question = {
    machine: 'acme-batch',
    operation: 'orders.createOrder',
    context: { certificate: { key_bits: 384 } },
  };
  const found = explain(engineOf(POLICIES), question);
  assert.deepEqual(
    found.deciding.map(({ name, effect, line }) => [name, effect, line]),
    [['no-night-writes', 'forbid', 12]],
  );
});

test('a clause that cannot be evaluated says so', () => {
  const engine = engineOf(
    'permit(principal, action, resource) when { context.certificate.key_bits + 9223372036854775807 > 0 };',
  );
  const found = explain(engine, { machine: 'acme-erp', operation: 'orders.listOrders' });
  assert.equal(found.decision.code, 'AUTHZ_ERROR');
  assert.equal(found.near[0]?.clauses[0]?.holds, 'error');
});

test('an unknown machine is explained without policies', () => {
  const found = explain(engineOf(POLICIES), { machine: 'nobody', operation: 'orders.listOrders' });
  assert.deepEqual([found.action, found.decision.code, found.near], [null, 'AUTHZ_ERROR', []]);
});

test('the memberships of both sides are listed', () => {
  assert.deepEqual(memberships(engineOf(POLICIES), { machine: 'acme-batch', operation: 'stock.getStock' }), {
    machine: ['Party::"acme"', 'Group::"night-jobs"', 'Group::"suppliers"', 'Group::"partners"'],
    operation: ['Api::"stock"', 'Zone::"internal"', 'Zone::"partner"'],
  });
});

const TABLE = `cases:
  - { machine: acme-erp, operation: orders.listOrders, expect: allow, policies: [suppliers-read] }
  - machine: acme-erp
    operation: orders.createOrder
    expect: allow
    context: { certificate: { key_bits: 384 } }
  - { machine: globex-crm, operation: orders.listOrders, expect: deny, policies: [] }
  - { machine: acme-erp, operation: orders.createOrder, expect: allow }
  - { machine: acme-erp, operation: orders.listOrders, expect: allow, policies: [acme-writes] }
  - { machine: nobody, operation: orders.listOrders, expect: deny }
`;

test('a table says of each case whether it holds, and why not', () => {
  const results = runTable(engineOf(POLICIES), parseTable('tests.yaml', TABLE));
  assert.deepEqual(
    results.map(({ ok, problems, case: { line } }) => [line, ok, problems.join()]),
    [
      [2, true, ''],
      [3, true, ''],
      [7, true, ''],
      [8, false, 'expected allow, got deny'],
      [9, false, 'expected the policies [acme-writes] to decide, got [suppliers-read]'],
      [10, false, 'could not be decided: the machine is not in the registry of this policy version'],
    ],
  );
});

const BAD_TABLES: [text: string, faults: string[]][] = [
  ['', ['t:1:1: CONFIG_TYPE the table must be a mapping', 't:1:1: CONFIG_MISSING cases: a list of cases is required']],
  [
    'case: []',
    [
      't:1:1: CONFIG_UNKNOWN_KEY case: is not known here\n  → did you mean cases?',
      't:1:1: CONFIG_MISSING cases: a list of cases is required',
    ],
  ],
  [
    'cases:\n  - { machin: a, operation: b, expect: maybe }',
    [
      't:2:7: CONFIG_UNKNOWN_KEY cases[0].machin: is not known here\n  → did you mean machine?',
      't:2:40: CONFIG_VALUE cases[0].expect: expect is allow or deny',
      't:2:5: CONFIG_MISSING cases[0].machine: is required',
    ],
  ],
  [
    'cases:\n  - { machine: a, operation: b, expect: deny, context: { tls: { resumed: 1 }, zon: x }, policies: x }',
    [
      't:2:79: CONFIG_UNKNOWN_KEY cases[0].context.zon: is not known here\n  → did you mean zone?',
      't:2:74: CONFIG_TYPE cases[0].context.tls.resumed: must be a boolean',
      't:2:99: CONFIG_TYPE cases[0].policies: a list of policy names is required',
    ],
  ],
];

for (const [text, faults] of BAD_TABLES) {
  test(`a bad table is refused with its places: ${JSON.stringify(text).slice(0, 60)}`, () => {
    assert.throws(
      () => parseTable('t', text),
      (error) => {
        assert.ok(error instanceof LoadError);
        assert.deepEqual(error.faults.map(formatFault), faults);
        return true;
      },
    );
  });
}

test('a table that is not YAML is refused with its place', () => {
  assert.throws(() => parseTable('t', 'cases: [\n  {'), /^LoadError: t:\d+:\d+: CONFIG_SYNTAX/);
  assert.throws(() => parseTable('t', 'cases: []\ncases: []'), /CONFIG_SYNTAX/);
});

test('a policy that asks for a group is explained as the gate, which knows none, would answer', () => {
  const engine = engineOf('permit(principal, action, resource) when { context.tls.group == "X25519MLKEM768" };');
  assert.equal(explain(engine, { machine: 'acme-erp', operation: 'orders.listOrders' }).decision.allow, false);
});

test('a fault in the syntax of a table quotes nothing of it', () => {
  for (const text of [
    'cases: "hunter2',
    'cases: [*hunter2]',
    'cases: !hunter2 []',
    'cases: !!seq [hunter2]',
    'cases: [',
    '%TAG ! hunter2\n---\ncases: []',
  ]) {
    assert.throws(
      () => parseTable('t', text),
      (error) => error instanceof LoadError && !error.message.includes('hunter2'),
      text,
    );
  }
});

test('whatever a table holds, only a LoadError escapes', () => {
  const word = fc.constantFrom(
    'cases',
    ':',
    '-',
    '{',
    '}',
    '[',
    ']',
    'machine',
    ' ',
    '\n',
    '&a',
    '*a',
    '!!map',
    '<<',
    '"',
    '? ',
    'context',
    'tls',
    ',',
    '1',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word).map((words) => words.join(' ')),
    fc.array(word).map((words) => `cases:\n  - ${words.join('')}`),
  );
  fc.assert(
    fc.property(text, (given) => {
      try {
        parseTable('t', given);
      } catch (error) {
        assert.ok(error instanceof LoadError, String(error));
      }
    }),
    { numRuns: 400 },
  );
});
