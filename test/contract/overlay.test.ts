import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { loadContract } from '../../src/channels/api/contract/index.ts';
import { applyOverlay } from '../../src/channels/api/contract/overlay/apply.ts';
import { LoadError } from '../../src/core/errors/index.ts';

const INFO = { title: 'Overlay', version: '1' };

function overlayOf(...actions: readonly object[]) {
  return { overlay: '1.0.0', info: INFO, actions };
}

function apply(document: unknown, ...actions: readonly object[]): unknown {
  return applyOverlay(document, overlayOf(...actions));
}

function faultsOf(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof LoadError) return error.message.split('\n');
    throw error;
  }
  assert.fail('it was accepted');
}

test('an update is merged member by member: objects merge, arrays grow, anything else is replaced', () => {
  const before = { a: { b: 1, list: [1], c: { d: true } }, e: 1 };
  const after = apply(before, { target: '$.a', update: { b: 'two', list: [2, 3], c: { f: null }, new: {} } });
  assert.deepEqual(after, { a: { b: 'two', list: [1, 2, 3], c: { d: true, f: null }, new: {} }, e: 1 });
});

test('an update of an array is appended as one item, of an object to every place selected', () => {
  const before = { list: [{ n: 1 }, { n: 2 }], other: [1] };
  assert.deepEqual(apply(before, { target: '$.other', update: 2 }, { target: '$.list[*]', update: { x: [0] } }), {
    list: [
      { n: 1, x: [0] },
      { n: 2, x: [0] },
    ],
    other: [1, 2],
  });
  assert.deepEqual(apply({ a: [] }, { target: '$.a', update: [1] }), { a: [[1]] });
});

test('the root is updated like any object', () => {
  assert.deepEqual(apply({ a: 1 }, { target: '$', update: { b: { c: 1 } } }), { a: 1, b: { c: 1 } });
});

test('remove takes out members and items, also several of one array, and what lies inside one another', () => {
  const before = { list: [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }], a: { x: { x: {} } } };
  assert.deepEqual(apply(before, { target: '$.list[?@.n > 1 && @.n < 4]', remove: true }), {
    list: [{ n: 1 }, { n: 4 }],
    a: { x: { x: {} } },
  });
  assert.deepEqual(apply(before, { target: '$.a..x', remove: true }), { ...before, a: {} });
  assert.deepEqual(apply({ a: ['x', 'y'] }, { target: "$.a[?@ == 'x']", remove: true }), { a: ['y'] });
});

test('remove wins over update in one action', () => {
  assert.deepEqual(apply({ a: {}, b: 1 }, { target: '$.a', remove: true, update: { c: 1 } }), { b: 1 });
});

test('each action sees what the one before it left', () => {
  const actions = [
    { target: '$.a', remove: true },
    { target: '$', update: { a: { n: 2 } } },
    { target: '$.a[?@ == 2]', remove: true },
  ];
  assert.deepEqual(apply({ a: { m: 1 } }, ...actions), { a: {} });
});

test('neither the document nor the overlay is changed, and what was untouched is shared', () => {
  const shared = { deep: [1, { x: 1 }] };
  const before = { a: { list: [1] }, b: shared };
  const copy = structuredClone(before);
  const update = { list: [2], fresh: { y: 1 } };
  const after = apply(before, { target: '$.a', update }, { target: '$.a.fresh', update: { y: 2 } }) as typeof before;
  assert.deepEqual(before, copy);
  assert.deepEqual(update, { list: [2], fresh: { y: 1 } });
  assert.equal(after.b, shared);
});

test('a value that stands in two places is changed only where the target is', () => {
  const twice = { n: 1 };
  assert.deepEqual(apply({ a: twice, b: twice }, { target: '$.a', update: { n: 2 } }), { a: { n: 2 }, b: { n: 1 } });
  const inserted = { deep: { n: 1 } };
  const actions = [
    { target: "$['a','b']", update: inserted },
    { target: '$.a.deep', update: { n: 2 } },
  ];
  assert.deepEqual(apply({ a: {}, b: {} }, ...actions), { a: { deep: { n: 2 } }, b: { deep: { n: 1 } } });
});

test('a member named __proto__ is a member', () => {
  const update = JSON.parse('{"__proto__": {"polluted": true}}');
  const after = apply({ a: {} }, { target: '$.a', update }) as { a: object };
  assert.deepEqual(Object.keys(after.a), ['__proto__']);
  assert.equal('polluted' in after.a, false);
  assert.equal('polluted' in {}, false);
});

const REFUSED: readonly [string, unknown, string][] = [
  ['an overlay that is no object', [], '#: an overlay must be an object'],
  [
    'another version',
    { ...overlayOf({ target: '$', update: {} }), overlay: '2.0.0' },
    '#/overlay: overlay must be a 1.0.x version, as a string',
  ],
  [
    'no info',
    { overlay: '1.0.0', actions: [{ target: '$', update: {} }] },
    '#: an overlay needs info with title and version',
  ],
  [
    'info without a version',
    { ...overlayOf({ target: '$', update: {} }), info: { title: 'a' } },
    '#/info: info needs a version, as a string',
  ],
  ['no action', overlayOf(), '#/actions: an overlay needs actions, a list of at least one'],
  [
    'an unknown member',
    { ...overlayOf({ target: '$', update: {} }), action: [] },
    "#/action: 'action' is not known on an overlay",
  ],
  [
    'an unknown member of an action',
    overlayOf({ target: '$', update: {}, copy: '$.a' }),
    "#/actions/0/copy: 'copy' is not known on an action",
  ],
  ['no target', overlayOf({ update: {} }), '#/actions/0: an action needs a target, as a string'],
  [
    'a target that is no query',
    overlayOf({ target: 'paths.a', update: {} }),
    '#/actions/0/target: the target is not a JSONPath query (RFC 9535)',
  ],
  [
    'a query in another dialect',
    overlayOf({ target: '$.a[(@.length-1)]', update: {} }),
    '#/actions/0/target: the target is not a JSONPath query (RFC 9535)',
  ],
  [
    'an action that does nothing',
    overlayOf({ target: '$.a' }),
    '#/actions/0: an action needs update or remove: true, or it does nothing',
  ],
  [
    'remove that is not a boolean',
    overlayOf({ target: '$.a', remove: 'yes', update: {} }),
    '#/actions/0/remove: remove must be true or false',
  ],
  [
    'a target that selects nothing',
    overlayOf({ target: '$.nowhere', update: {} }),
    '#/actions/0/target: the target selects nothing',
  ],
  [
    'a removal of everything',
    overlayOf({ target: '$', remove: true }),
    '#/actions/0/target: the whole document cannot be removed',
  ],
  [
    'an update of an object by a value',
    overlayOf({ target: '$.a', update: 1 }),
    '#/actions/0/update: the target is an object, so the update must be one',
  ],
  [
    'an update of an object by an array',
    overlayOf({ target: '$', update: { a: [] } }),
    '#/actions/0/update/a: an object cannot be merged with an array',
  ],
  [
    'an update of an array by an object',
    overlayOf({ target: '$', update: { list: {} } }),
    '#/actions/0/update/list: an object cannot be merged with an array',
  ],
  [
    'an update of a text',
    overlayOf({ target: '$.word', update: 'x' }),
    '#/actions/0/target: the target selects a value that is neither object nor array, which cannot be updated',
  ],
  [
    'a pattern that cannot run in linear time',
    overlayOf({ target: "$[?search(@.n, '(a)\\\\1')]", update: {} }),
    '#/actions/0/target: in the target, the pattern cannot run in linear time (look-around, back-reference or a repetition above 1000)',
  ],
];

for (const [name, overlay, fault] of REFUSED) {
  test(`refused: ${name}`, () => {
    const document = { a: { n: 'x' }, list: [{ n: 'aa' }], word: 'x' };
    const found = faultsOf(() => applyOverlay(document, overlay));
    assert.equal(found[0], `CONTRACT_OVERLAY ${fault}`);
  });
}

test('a target that would look at too much is refused instead of stopping the load', () => {
  const wide = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`k${index}`, { n: index }]));
  const overlay = overlayOf({ target: '$[?count($..*) > 0]', update: {} });
  assert.deepEqual(
    faultsOf(() => applyOverlay(wide, overlay)),
    ['CONTRACT_OVERLAY #/actions/0/target: the target takes too much work; make it more direct'],
  );
});

test('patterns in targets run in linear time', () => {
  const document = { a: { n: 'a'.repeat(5000) } };
  const target = "$[?match(@.n, '(a+)+b')]";
  assert.deepEqual(
    faultsOf(() => apply(document, { target, update: {} })),
    ['CONTRACT_OVERLAY #/actions/0/target: the target selects nothing'],
  );
});

test('no overlay makes anything but a document or faults', () => {
  const target = fc.constantFrom('$', '$.a', '$..*', '$.a.b', '$.list', '$.list[0]', '$.list[?@.x]', '$[');
  const action = fc.record({ target, update: fc.jsonValue(), remove: fc.boolean() }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(action, { maxLength: 4 }), (document, actions) => {
      const wanted = structuredClone(document);
      try {
        applyOverlay(document, overlayOf(...actions));
      } catch (error) {
        assert.ok(error instanceof LoadError, String(error));
      }
      assert.deepEqual(document, wanted);
    }),
  );
});

const CONTRACT = `openapi: 3.1.0
info: { title: Shop, version: '1' }
paths:
  /a:
    get:
      parameters:
        - { name: one, in: query, schema: { type: string } }
        - { name: two, in: query, schema: { type: string } }
      responses: { '204': { description: done } }
`;
const HEAD = `overlay: 1.0.0
info: { title: Tighter, version: '1' }
actions:
`;

function load(...overlays: readonly string[]) {
  return loadContract({
    api: 'shop',
    path: 'contracts/shop.yaml',
    text: CONTRACT,
    overlays: overlays.map((text, index) => ({ path: `contracts/${index + 1}.overlay.yaml`, text })),
  });
}

test('overlays are applied in order before the contract is compiled', () => {
  const contract = load(
    `${HEAD}  - { target: "$.paths['/a'].get", update: { operationId: first, x-sensitivity: low } }\n`,
    `${HEAD}  - { target: "$.paths['/a'].get", update: { operationId: second } }\n`,
  );
  assert.deepEqual(
    contract.operations.map(({ id, sensitivity }) => [id, sensitivity]),
    [['shop.second', 'low']],
  );
});

test('a fault in what an overlay wrote is told where the overlay wrote it', () => {
  const overlay = `${HEAD}  - target: "$.paths['/a'].get.parameters"
    update:
      name: three
      in: query
      schema: { type: string, maxLength: -1 }
`;
  assert.deepEqual(faultsOf(() => load(overlay)).slice(0, 1), [
    'contracts/1.overlay.yaml:8:31: CONTRACT_SCHEMA #/paths/~1a/get/parameters/2/schema/maxLength: maxLength must be an integer of 0 or more',
  ]);
});

test('a fault in the contract is told where the contract has it, also behind what an overlay removed', () => {
  const broken = CONTRACT.replace('name: two, in: query, schema: { type: string }', 'name: two, in: query, schema: 7');
  const overlay = `${HEAD}  - { target: "$.paths['/a'].get.parameters[0]", remove: true }\n`;
  const faults = faultsOf(() =>
    loadContract({
      api: 'shop',
      path: 'shop.yaml',
      text: broken,
      overlays: [{ path: 'o.yaml', text: overlay }],
    }),
  );
  assert.match(faults[0] as string, /^shop\.yaml:8:\d+: CONTRACT_\w+ #\/paths\/~1a\/get\/parameters\/0/);
});

test('faults of all overlays are told at once, each in its own file', () => {
  const faults = faultsOf(() =>
    load(`${HEAD}  - { target: $.nowhere, remove: true }\n`, `${HEAD}  - { target: $.paths, updat: {} }\n`),
  );
  assert.deepEqual(faults, [
    'contracts/1.overlay.yaml:4:7: CONTRACT_OVERLAY #/actions/0/target: the target selects nothing',
    'contracts/2.overlay.yaml:4:5: CONTRACT_OVERLAY #/actions/0: an action needs update or remove: true, or it does nothing',
    "contracts/2.overlay.yaml:4:24: CONTRACT_OVERLAY #/actions/0/updat: 'updat' is not known on an action",
  ]);
});

test('an overlay that extends another file is refused, one that extends the contract is applied', () => {
  const action = `  - { target: $, update: { x-a: 1 } }\n`;
  const extending = (file: string) => HEAD.replace('actions:', `extends: ${file}\nactions:`) + action;
  assert.equal(load(extending('./shop.yaml')).operations.length, 1);
  assert.deepEqual(
    faultsOf(() => load(extending('other.yaml'))),
    [
      'contracts/1.overlay.yaml:3:1: CONTRACT_OVERLAY #/extends: extends names another file than the contract of this api',
    ],
  );
});

test('an overlay in JSON is strict JSON', () => {
  const overlays = [{ path: 'o.json', text: '{"overlay":"1.0.0","overlay":"1.0.0"}' }];
  assert.deepEqual(
    faultsOf(() => loadContract({ api: 'shop', path: 'shop.yaml', text: CONTRACT, overlays })),
    ['o.json:1:30: CONTRACT_SYNTAX The file is not strict JSON (duplicate-key)'],
  );
});

test('any text is a target or is refused as one', () => {
  const target = fc.oneof(
    fc.string(),
    fc.string({
      unit: fc.constantFrom('$', '.', '[', ']', '?', '@', '*', "'", '(', ')', 'a', '1', ':', ',', '=', ' '),
    }),
  );
  fc.assert(
    fc.property(target, (text) => {
      const found = faultsOf(() =>
        apply({ a: [1, { a: 'x' }] }, { target: text, update: 1 }, { target: '$', update: 1 }),
      );
      assert.match(found[0] as string, /^CONTRACT_OVERLAY #\/actions\/[01]/);
    }),
    { numRuns: 500 },
  );
});

test('the digest of a contract tells its overlays, their order and where each text ends', () => {
  const first = `${HEAD}  - { target: $, update: { x-a: 1 } }\n`;
  const second = `${HEAD}  - { target: $, update: { x-a: 2 } }\n`;
  const digests = [load(), load(first), load(second), load(first, second), load(second, first)].map(
    (one) => one.digest,
  );
  assert.equal(new Set(digests).size, digests.length);
  const moved = (text: string, overlay: string) =>
    loadContract({ api: 'shop', path: 'shop.yaml', text, overlays: [{ path: 'o.yaml', text: overlay }] }).digest;
  assert.notEqual(moved(`${CONTRACT}\n`, first), moved(CONTRACT, `\n${first}`));
});
