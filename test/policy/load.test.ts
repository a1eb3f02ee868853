import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatFault, LoadError } from '../../src/core/errors/faults.ts';
import { describeSchema, loadPolicies } from '../../src/core/policy/index.ts';
import { lex } from '../../src/core/policy/lexer.ts';
import { ask, engineOf, MODEL } from './world.ts';

function faultsOf(text: string): string[] {
  try {
    engineOf(text);
  } catch (error) {
    assert.ok(error instanceof LoadError, String(error));
    return error.faults.map((fault) => formatFault(fault).replaceAll('policies/main.cedar', 'f'));
  }
  return [];
}

const BAD: [what: string, text: string, faults: string[]][] = [
  [
    'a syntax error',
    '\n  permit(principal action, resource);',
    [
      'f:2:20: POLICY_SYNTAX unexpected token `action`, expected `!=`, `)`, `,`, `:`, `<`, `<=`, `==`, `>`, `>=`, `in`, or `is`',
    ],
  ],
  [
    'a missing semicolon',
    'permit(principal, action, resource)',
    ['f:1:36: POLICY_SYNTAX unexpected end of input, expected `;` or identifier'],
  ],
  [
    'a position after text that is not ASCII',
    '// é🙂\n@id("é🙂") permit(principal, action, resource) when { "é🙂" == context.zonee };',
    [
      'f:2:64: POLICY_INVALID policy "é🙂": attribute `zonee` in context for Action::"read" not found\n  → did you mean `zone`?',
    ],
  ],
  [
    'an unknown party',
    'permit(\n  principal in Party::"acmee",\n  action,\n  resource\n);',
    ['f:2:16: POLICY_INVALID policy "f#1": Party::"acmee" does not exist\n  → did you mean Party::"acme"?'],
  ],
  [
    'an id that belongs to another type',
    '@id("x") permit(principal, action, resource) when { principal in [Party::"acme", Party::"suppliers"] };',
    ['f:1:82: POLICY_INVALID policy "x": Party::"suppliers" does not exist\n  → did you mean Group::"suppliers"?'],
  ],
  [
    'an unknown operation, API, zone, group and machine',
    `permit(principal == Machine::"zzz", action, resource == Operation::"orders.zzzzzz");
permit(principal in Group::"zzz", action, resource in Api::"zzz");
permit(principal, action, resource is Operation in Zone::"zzz");`,
    [
      'f:1:21: POLICY_INVALID policy "f#1": Machine::"zzz" does not exist',
      'f:1:57: POLICY_INVALID policy "f#1": Operation::"orders.zzzzzz" does not exist',
      'f:2:21: POLICY_INVALID policy "f#2": Group::"zzz" does not exist',
      'f:2:55: POLICY_INVALID policy "f#2": Api::"zzz" does not exist',
      'f:3:52: POLICY_INVALID policy "f#3": Zone::"zzz" does not exist',
    ],
  ],
  [
    'an unknown action',
    'permit(principal, action == Action::"reed", resource);',
    ['f:1:29: POLICY_INVALID policy "f#1": unrecognized action `Action::"reed"`\n  → did you mean `Action::"read"`?'],
  ],
  [
    'an unknown entity type',
    'permit(principal in Partyy::"acme", action, resource);',
    ['f:1:21: POLICY_INVALID policy "f#1": unrecognized entity type `Partyy`\n  → did you mean `Party`?'],
  ],
  [
    'a zone, sensitivity, method or TLS version that cannot be',
    `permit(principal, action, resource) when { context.zone == "partnr" };
permit(principal, action, resource) when { "hihg" != resource.sensitivity };
permit(principal, action, resource) when { ["GET", "get"].contains(resource.method) };
permit(principal, action, resource) when { context.tls.version == "1.3" };`,
    [
      'f:1:60: POLICY_INVALID policy "f#1": context.zone is never "partnr"\n  → did you mean "partner"?',
      'f:2:44: POLICY_INVALID policy "f#2": resource.sensitivity is never "hihg"\n  → did you mean "high"?',
      'f:3:52: POLICY_INVALID policy "f#3": resource.method is never "get"\n  → did you mean "GET"?',
      'f:4:67: POLICY_INVALID policy "f#4": context.tls.version is never "1.3"\n  → use one of "TLSv1.2", "TLSv1.3"',
    ],
  ],
  [
    'a comparison of different types',
    'permit(principal, action, resource) when { context.tls.resumed == "no" };',
    [
      'f:1:44: POLICY_INVALID policy "f#1": the types Bool and String are not compatible\n  → for policy `f#1`, both operands to a `==` expression must have compatible types. Types must be exactly equal to be compatible',
    ],
  ],
  [
    'an optional attribute read without asking for it',
    'permit(principal, action, resource) when { context.certificate.trust == "x" };',
    [
      'f:1:44: POLICY_INVALID policy "f#1": unable to guarantee safety of access to optional attribute `certificate.trust` in context for Action::"read"\n  → try testing for the attribute\'s presence with `context.certificate has trust && ..`',
    ],
  ],
  [
    'a template',
    'permit(principal == ?principal, action, resource);',
    ['f:1:1: POLICY_SYNTAX policy templates are not supported\n  → write the principal or resource out'],
  ],
  [
    'two policies of one name',
    '@id("x") permit(principal, action, resource);\n@id("x") forbid(principal, action, resource);',
    [
      'f:2:1: CONFIG_DUPLICATE two policies are named "x"; the other stands at f:1\n  → give each policy its own @id("…")',
    ],
  ],
];

for (const [what, text, faults] of BAD) {
  test(`${what} stops the load and says where`, () => {
    assert.deepEqual(faultsOf(text), faults);
  });
}

test('a trust that is not configured stops the load when the trusts are known', () => {
  const text =
    'permit(principal, action, resource) when { context.certificate has trust && context.certificate.trust == "acme-c" };';
  assert.equal(faultsOf(text).length, 0);
  assert.throws(
    () => engineOf(text, { ...MODEL, trusts: ['acme-ca'] }),
    /trust is never "acme-c"\n {2}→ did you mean "acme-ca"\?$/,
  );
});

test('the version of the policies does not depend on what the model holds beside its fields', () => {
  const text = 'permit(principal, action, resource);';
  const groups = MODEL.groups.map((group) => ({ ...group, line: 7 }));
  assert.equal(engineOf(text, { ...MODEL, groups }).version, engineOf(text).version);
});

test('the faults of all files come at once', () => {
  const files = [
    { path: 'a.cedar', text: 'permit(principal;' },
    { path: 'b.cedar', text: 'permit(principal, action, resource);\nforbid(;' },
  ];
  assert.throws(
    () => loadPolicies({ files, model: MODEL }),
    (error) =>
      error instanceof LoadError && error.faults.map((f) => `${f.file}:${f.line}`).join() === 'a.cedar:1,b.cedar:2',
  );
});

test('policies are named by @id, else by file and number', () => {
  const engine = engineOf('permit(principal, action, resource); @id("two") forbid(principal, action, resource);');
  assert.deepEqual(
    engine.policies.map(({ name, line, column }) => [name, line, column]),
    [
      ['policies/main.cedar#1', 1, 1],
      ['two', 1, 38],
    ],
  );
});

test('names that mean something to JavaScript are only names', () => {
  const engine = engineOf(
    '@id("__proto__") permit(principal, action, resource); @id("constructor") forbid(principal in Group::"night-jobs", action, resource);',
  );
  assert.deepEqual(ask(engine, 'acme-erp', 'orders.listOrders').policies, ['__proto__']);
  assert.deepEqual(ask(engine, 'acme-batch', 'orders.listOrders').policies, ['constructor']);
});

test('a policy behind a bare carriage return is a policy, not a comment', () => {
  const engine = engineOf('permit(principal, action, resource); // all\rforbid(principal, action, resource);');
  assert.equal(engine.policies.length, 2);
  assert.equal(ask(engine, 'acme-erp', 'orders.listOrders').allow, false);
});

test('a semicolon in a string or a comment does not end a policy', () => {
  const engine = engineOf(
    '// ; \n@id("a;\\"b;") permit(principal, action, resource) // ;\nwhen { context.zone != ";" || context.tls.cipher like "*;*" };'.replace(
      'context.zone != ";"',
      'context.tls.group != ";"',
    ),
  );
  assert.deepEqual(
    engine.policies.map((policy) => policy.name),
    ['a;"b;'],
  );
});

test('policies that can never apply, and tags nobody has, are warned of with their place', () => {
  const engine = engineOf(`permit(principal == Party::"acme", action, resource);
    forbid(principal, action, resource)
      when { resource.tags.contains("mony") };`);
  assert.deepEqual(
    engine.warnings.map(({ message, line, column }) => [message, line, column]),
    [
      ['unable to find an applicable action given the policy scope constraints', 1, 1],
      ['policy is impossible: the policy expression evaluates to false for all valid requests', 1, 1],
      ['no operation has the tag "mony"', 3, 37],
    ],
  );
});

test('a file or a set of policies that is too large is refused', () => {
  const limits = { file_bytes: 100, policies: 1, cached_decisions: 10 };
  const load = (text: string) => () => loadPolicies({ files: [{ path: 'f', text }], model: MODEL, limits });
  assert.throws(load(`// ${'x'.repeat(100)}`), /POLICY_SYNTAX the file holds 103 bytes, more than 100/);
  assert.throws(
    load('permit(principal,action,resource);forbid(principal,action,resource);'),
    /2 policies are more than 1/,
  );
});

test('a policy that would overrun the stack of the policy library is refused, and running engines go on', () => {
  const running = engineOf('permit(principal, action, resource);');
  const deep = (n: number): Record<string, string> => ({
    brackets: `${'('.repeat(n)}true${')'.repeat(n)}`,
    open_brackets: '('.repeat(n),
    sets: `${'['.repeat(n)}1${']'.repeat(n)}.isEmpty()`,
    records: `${'{a:'.repeat(n)}1${'}'.repeat(n)} == {}`,
    ifs: `${'if true then true else '.repeat(n)}true`,
    ors: `${'context.zone == "partner" || '.repeat(n)}true`,
    sums: `${'1 + '.repeat(n)}1 == 5`,
    dots: `context${'.a'.repeat(n)} == 1`,
    indices: `context${'["a"]'.repeat(n)} == 1`,
    nots: `${'!'.repeat(n)}true`,
    minuses: `${'-'.repeat(n)}1 == 1`,
  });
  for (const size of [130, 400, 3_500, 20_000]) {
    for (const [shape, condition] of Object.entries(deep(size))) {
      const found = faultsOf(`permit(principal, action, resource) when { ${condition} };`);
      assert.ok(found.length > 0, `${shape} × ${size}`);
      assert.ok(!found.join().includes('library failed'), `${shape} × ${size} reached the library`);
      const question = { zone: `after ${shape} ${size}` };
      assert.equal(ask(running, 'acme-erp', 'orders.listOrders', question).allow, true);
    }
  }
});

test('the largest policies within the bounds load and decide', () => {
  const condition = `${'('.repeat(28)}${'context.tls.cipher == "x" || '.repeat(120)}true${')'.repeat(28)}`;
  const members = Array.from({ length: 5_000 }, () => 'Party::"acme"').join(', ');
  const engine = engineOf(
    `permit(principal, action, resource) when { ${condition} } when { principal in [${members}] };`,
  );
  assert.equal(ask(engine, 'acme-erp', 'orders.listOrders').allow, true);
  assert.equal(ask(engine, 'globex-crm', 'orders.listOrders').allow, false);
});

test('whatever the files hold, only a LoadError escapes', () => {
  const running = engineOf('permit(principal, action, resource);');
  const word = fc.constantFrom(
    ...[
      'permit',
      'forbid',
      '(',
      ')',
      '{',
      '}',
      '[',
      ']',
      'principal',
      'action',
      'resource',
      'context',
      ',',
      ';',
      'in',
      '==',
      'when',
      'unless',
      '.',
      '::',
      '"acme"',
      'Party',
      '@id',
      '!',
      '&&',
      '-',
      '1',
      'if',
      'then',
      'else',
      '//',
      '\n',
      '\r',
      '"',
      '\\',
      '\0',
      '\ud800',
      '?principal',
      'has',
      'like',
      'is',
      ' ',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word, { maxLength: 60 }).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(text, (given) => {
      try {
        engineOf(given).close();
      } catch (error) {
        assert.ok(error instanceof LoadError, String(error));
        assert.ok(!error.message.includes('library failed'), error.message);
      }
    }),
    { numRuns: 700 },
  );
  assert.equal(ask(running, 'acme-erp', 'stock.setStock').allow, true);
});

test('lexing loses nothing but white space and comments', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      let at = 0;
      for (const token of lex(text)) {
        assert.match(text.slice(at, token.start), /^(?:\s|\/\/[^\n\r]*)*$/u);
        assert.equal(text.slice(token.start, token.start + token.text.length), token.text);
        at = token.start + token.text.length;
      }
    }),
  );
});

test('the described schema lists the names of this gate and cannot be broken out of', () => {
  const hostile = { ...MODEL, zones: ['partner', 'x\nentity Evil;'] };
  const text = describeSchema(hostile);
  assert.match(text, /^\/\/ Party: "acme", "globex", "lonely"$/m);
  assert.doesNotMatch(text, /^entity Evil/m);
});

const validatedBefore = (text: string) =>
  loadPolicies({ files: [{ path: 'policies/main.cedar', text }], model: MODEL, validated: true });

test('policies that were validated before decide as they do where they are validated, under the same version', () => {
  const text = 'permit(principal in Group::"suppliers", action == Action::"read", resource in Api::"orders");';
  const [validated, again] = [engineOf(text), validatedBefore(text)];
  assert.equal(again.version, validated.version);
  for (const machine of ['acme-erp', 'globex-crm', 'lonely-one']) {
    for (const operation of ['orders.listOrders', 'orders.createOrder', 'stock.getStock']) {
      assert.deepEqual(ask(again, machine, operation), ask(validated, machine, operation));
    }
  }
});

test('a policy of which that is not true still permits nothing, and one that does not parse does not load', () => {
  const decision = ask(
    validatedBefore('permit(principal, action, resource) when { context.zonee };'),
    'acme-erp',
    'orders.listOrders',
  );
  assert.deepEqual([decision.allow, decision.code], [false, 'AUTHZ_ERROR']);
  assert.throws(() => validatedBefore('permit(principal action, resource);'), LoadError);
});
