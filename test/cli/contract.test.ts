import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Actions } from '../../src/cli/actions.ts';
import type { DiffView, LintedView, LintView, OperationUsageView } from '../../src/cli/contract-actions.ts';
import { run } from './run.ts';

const RULE = {
  id: 'string-length',
  severity: 'loose',
  controls: ['API-3'],
  title: 'A string has no largest length',
  why: 'Only the size of the body bounds it.',
  fix: 'Write maxLength.',
  judged: 10,
  found: 2,
  grade: 'C',
} as const;

const LINTED: LintedView = {
  api: 'orders',
  file: 'contracts/orders.yaml',
  score: 93,
  rules: [{ ...RULE, id: 'open-object', severity: 'danger', found: 0, grade: 'A' }, RULE],
  findings: [
    {
      rule: 'string-length',
      severity: 'loose',
      message: 'the string has no maxLength',
      file: 'contracts/orders.yaml',
      line: 12,
      column: 7,
      pointer: '/components/schemas/Name',
      mendable: true,
    },
  ],
};

const lintOf = (contract: LintedView, overlay: LintView['overlay'] = null) => ({
  contractLint: async () => ({ contracts: [contract], overlay }),
});

test('findings stand under their rule with place, reason and remedy, and the score comes last', async () => {
  const actions = lintOf(LINTED, { file: 'o.yaml', actions: 1 });
  assert.deepEqual(await run(['contract', 'lint'], { actions }), {
    code: 1,
    stderr: '',
    stdout: `orders (contracts/orders.yaml)

loose string-length: A string has no largest length
  2 of 10 places, grade C, API-3
  Only the size of the body bounds it.
  → Write maxLength.
  contracts/orders.yaml:12:7: the string has no maxLength
    /components/schemas/Name
  and 1 more (--rule string-length --max 2)

score 93 of 100: 0 danger, 2 loose, 0 hint

made o.yaml: 1 actions, each to be looked at
`,
  });
});

test('what counts as a finding for the exit code can be chosen', async () => {
  const code = async (...args: string[]) =>
    (await run(['contract', 'lint', ...args], { actions: lintOf(LINTED) })).code;
  assert.deepEqual(
    [await code(), await code('--fail-on', 'loose'), await code('--fail-on', 'danger'), await code('--fail-on', 'all')],
    [1, 1, 0, 2],
  );
  const clean = { ...LINTED, rules: [{ ...RULE, found: 0 }], findings: [] };
  assert.equal((await run(['contract', 'lint'], { actions: lintOf(clean) })).code, 0);
});

test('five findings of each rule are shown to people unless they ask for more, and all to machines', async () => {
  const asked: unknown[] = [];
  const contractLint: Actions['contractLint'] = async ({ max, target, rules, overlay }) => {
    asked.push({ max, target, rules, overlay });
    return { contracts: [], overlay: null };
  };
  const lint = (...args: string[]) => run(['contract', 'lint', ...args], { actions: { contractLint } });
  await lint();
  await lint('--json');
  await lint('a.yaml', '--rule', 'x', 'y', '--max', '20', '--overlay', 'o.yaml');
  assert.deepEqual(asked, [
    { max: 5, target: null, rules: [], overlay: null },
    { max: null, target: null, rules: [], overlay: null },
    { max: 20, target: 'a.yaml', rules: ['x', 'y'], overlay: 'o.yaml' },
  ]);
  assert.equal((await lint('--max', '0')).code, 2);
});

const CHANGE = {
  effect: 'possible',
  kind: 'bound-looser',
  text: 'maxLength 20 → 64',
  breaking: true,
  where: 'answer 200 /name',
  pointer: '/components/schemas/Name',
  operations: ['GET /a', 'GET /b', 'GET /c', 'GET /d'],
} as const;
const DIFF: DiffView = {
  before: 'old.yaml',
  after: 'orders',
  operations: { before: 5, after: 6, both: 5 },
  changes: [
    CHANGE,
    { ...CHANGE, effect: 'impossible', where: 'operation', text: 'GET /e no more', operations: ['GET /e'] },
    { ...CHANGE, effect: 'words', kind: 'described', breaking: false },
  ],
};

test('differences are told by what they let through, with the operations they reach', async () => {
  const contractDiff = async () => DIFF;
  assert.deepEqual(await run(['contract', 'diff', 'old.yaml', 'orders'], { actions: { contractDiff } }), {
    code: 1,
    stderr: '',
    stdout: `Became possible
  answer 200 /name: maxLength 20 → 64  may break callers
    #/components/schemas/Name in GET /a, GET /b, GET /c and 1 more

Became impossible
  GET /e no more  may break callers
    #/components/schemas/Name

Reads differently
  described: 4 operations

old.yaml → orders: 1 became possible; 1 impossible; 2 may break callers; 5 operations in both, 1 new, 0 gone
`,
  });
  const { stdout } = await run(['contract', 'diff', 'old.yaml', 'orders', '--all'], { actions: { contractDiff } });
  assert.match(stdout, /in GET \/a, GET \/b, GET \/c, GET \/d$/m);
});

test('a diff ends with 0 where nothing became possible', async () => {
  const contractDiff = async () => ({ ...DIFF, changes: DIFF.changes.slice(1) });
  assert.equal((await run(['contract', 'diff', 'a.yaml', 'b.yaml'], { actions: { contractDiff } })).code, 0);
});

test('accepting hands on who, when, what and why, and asks for a reviewer', async () => {
  let asked: unknown;
  const contractAccept: Actions['contractAccept'] = async ({ api, reviewer, date, note, operations }) => {
    asked = { api, reviewer, date, note, operations };
    return {
      api: 'orders',
      file: 'contracts/orders.review.yaml',
      reviewer: 'Ada',
      date: '2026-11-22',
      entered: ['orders.a'],
      dropped: ['orders.z'],
      reviewed: 2,
      operations: 3,
    };
  };
  const argv = ['contract', 'accept', 'orders', '--reviewer', 'Ada', '--operation', 'a', 'b', '--note', 'ok'];
  assert.deepEqual(await run(argv, { actions: { contractAccept } }), {
    code: 0,
    stderr: '',
    stdout:
      '  reviewed orders.a\n  dropped  orders.z\n' +
      'orders: 1 entered for Ada, 2026-11-22; 2 of 3 reviewed, in contracts/orders.review.yaml\n',
  });
  assert.deepEqual(asked, { api: 'orders', reviewer: 'Ada', date: null, note: 'ok', operations: ['a', 'b'] });
  const without = await run(['contract', 'accept', 'orders']);
  assert.deepEqual([without.code, without.stderr], [2, "error: required option '--reviewer <name>' not specified\n"]);
});

test('the status names each operation, who reviewed it, and ends with 1 where one is open', async () => {
  const review = { reviewer: 'Ada', date: '2026-11-22', note: null };
  const operations = [
    { id: 'orders.a', state: 'reviewed', ...review },
    { id: 'orders.long', state: 'never', reviewer: null, date: null, note: null },
  ] as const;
  const status = { api: 'orders', file: 'contracts/orders.review.yaml', required: true, operations };
  const { code, stdout } = await run(['contract', 'status'], { actions: { contractStatus: async () => [status] } });
  assert.equal(code, 1);
  assert.equal(
    stdout,
    '  reviewed  orders.a     Ada, 2026-11-22\n  never     orders.long\n' +
      'orders: 1 of 2 reviewed, in contracts/orders.review.yaml, and the load asks for all\n',
  );
  const all = { ...status, operations: operations.slice(0, 1) };
  assert.equal((await run(['contract', 'status'], { actions: { contractStatus: async () => [all] } })).code, 0);
});

const USED: OperationUsageView = {
  id: 'orders.list',
  exchanges: 900,
  looked_into: 112,
  parts: [
    { part: 'request', looked_into: 112, used: [{ place: 'query/limit', times: 7 }], unused: [] },
    { part: '200', looked_into: 100, used: [], unused: ['/id'] },
  ],
  cut: false,
};

test('usage says of how many it is known, and with --unused only what nobody used', async () => {
  const idle = { ...USED, id: 'orders.idle', exchanges: 0, looked_into: 0 };
  const clean = { ...USED, id: 'orders.clean', parts: USED.parts.slice(0, 1) };
  const api = { api: 'orders', since: '2026-11-22T10:00:00.000Z', operations: [USED, idle, clean] };
  const actions = { contractUsage: async () => [api] };
  const end = 'orders: 1800 exchanges since 2026-11-22 10:00 UTC, 1 of 3 operations unused\n';
  const all = await run(['contract', 'usage'], { actions });
  assert.deepEqual(
    [all.code, all.stdout],
    [
      0,
      '  orders.list  900 exchanges, 112 looked into\n' +
        '    request query/limit  7 of 112\n    unused answer 200 /id  0 of 100\n  unused  orders.idle\n' +
        `  orders.clean  900 exchanges, 112 looked into\n    request query/limit  7 of 112\n${end}`,
    ],
  );
  const unused = await run(['contract', 'usage', '--unused'], { actions });
  assert.deepEqual(
    [unused.code, unused.stdout],
    [
      1,
      `  orders.list  900 exchanges, 112 looked into\n    unused answer 200 /id  0 of 100\n  unused  orders.idle\n${end}`,
    ],
  );
  const used = { contractUsage: async () => [{ ...api, operations: [clean] }] };
  assert.equal((await run(['contract', 'usage', '--unused'], { actions: used })).code, 0);
});

test('every contract command has help with its arguments', async () => {
  for (const name of ['lint', 'diff', 'accept', 'status', 'usage']) {
    const { code, stdout } = await run(['contract', name, '--help']);
    assert.equal(code, 0);
    assert.match(stdout, new RegExp(`^Usage: sallyport contract ${name} `));
  }
});

test('what stands in a contract cannot play with the terminal', async () => {
  const [finding] = LINTED.findings;
  const odd = { ...LINTED, findings: [{ ...finding!, pointer: '/a\u001b[2Jb\u202ec', message: 'x\ny' }] };
  const { stdout } = await run(['contract', 'lint'], { actions: lintOf(odd) });
  assert.ok(stdout.includes('/a\\u{1b}[2Jb\\u{202e}c'), stdout);
  assert.ok(stdout.includes('x\\u{a}y'));
});
