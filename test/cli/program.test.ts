import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExplainView, PolicyCaseView } from '../../src/cli/actions.ts';
import { LoadError } from '../../src/core/errors/faults.ts';
import { run } from './run.ts';

const FAULT = {
  code: 'CONFIG_TYPE',
  message: 'must be a number, found "8443"',
  file: 'sallyport.yaml',
  line: 8,
  column: 15,
  key: 'zones.partner.listen[0].port',
  suggestion: 'remove the quotes',
} as const;

const VALID = { faults: [], warnings: [], summary: ['1 zone', '4 operations'] };

const DENIED: ExplainView = {
  machine: 'globex-reports',
  operation: 'orders.createOrder',
  action: 'write',
  decision: { allow: false, code: 'AUTHZ_DENIED', policies: [], errors: [] },
  deciding: [],
  near: [
    {
      name: 'reports-read',
      effect: 'permit',
      file: 'policies/orders.cedar',
      line: 3,
      text: 'permit (…);',
      principal_matches: true,
      action_matches: false,
      resource_matches: true,
      clauses: [{ line: 5, text: 'when {\n  context.zone == "internal" }', holds: false }],
    },
  ],
};

const CASE: PolicyCaseView = {
  case: { machine: 'acme-erp', operation: 'orders.getOrder', expect: 'deny', file: 'orders.test.yaml', line: 2 },
  ok: false,
  problems: ['it is allowed by suppliers-read-orders'],
};

test('without a command the help goes to stderr and the exit code is 2', async () => {
  const { code, stdout, stderr } = await run([]);
  assert.equal(code, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /^Usage: sallyport \[options\] \[command\]/);
});

test('help and version are asked for and go to stdout', async () => {
  for (const argv of [['--help'], ['help'], ['help', 'validate'], ['validate', '--help'], ['help', 'policy']]) {
    const { code, stdout, stderr } = await run(argv);
    assert.deepEqual([code, stderr], [0, ''], argv.join(' '));
    assert.match(stdout, /^Usage: sallyport/);
  }
  assert.deepEqual(await run(['--version']), { code: 0, stdout: '1.2.3\n', stderr: '' });
});

test('an unknown command is refused with the one that was meant', async () => {
  assert.deepEqual(await run(['valdate']), {
    code: 2,
    stdout: '',
    stderr: "error: unknown command 'valdate'\n(Did you mean validate?)\n",
  });
  assert.equal(
    (await run(['policy', 'explian', 'a', 'b'])).stderr,
    "error: unknown command 'explian'\n(Did you mean explain?)\n",
  );
});

test('unknown options and wrong arguments are refused without calling an action', async () => {
  for (const argv of [
    ['run', '--insecure'],
    ['run', 'extra'],
    ['--config'],
    ['demo', '--port', '65536'],
    ['demo', '--port', '0x50'],
    ['schema', 'machine'],
    ['completion'],
    ['completion', 'tcsh'],
    ['policy'],
    ['policy', 'explain', 'acme-erp'],
    ['policy', 'test'],
  ]) {
    const { code, stdout, stderr } = await run(argv);
    assert.deepEqual([code, stdout], [2, ''], argv.join(' '));
    assert.notEqual(stderr, '');
  }
});

test('common options may stand before or after the command', async () => {
  for (const argv of [
    ['--config', 'other.yaml', '--json', 'run'],
    ['run', '--json', '-c', 'other.yaml'],
  ]) {
    let seen: unknown;
    const actions = {
      run: async ({ config, json }: { config: string; json: boolean }) => {
        seen = { config, json };
        return 3 as const;
      },
    };
    assert.equal((await run(argv, { actions })).code, 3);
    assert.deepEqual(seen, { config: 'other.yaml', json: true });
  }
});

test('without --config the file in the current folder is meant', async () => {
  let seen: unknown;
  const actions = {
    demo: async ({ config, port }: { config: string; port: number | null }) => {
      seen = { config, port };
      return 0 as const;
    },
  };
  assert.equal((await run(['demo'], { actions })).code, 0);
  assert.deepEqual(seen, { config: 'sallyport.yaml', port: null });
  assert.equal((await run(['demo', '--port', '0'], { actions })).code, 0);
  assert.deepEqual(seen, { config: 'sallyport.yaml', port: 0 });
});

test('a valid configuration is told with what was read', async () => {
  const outcome = await run(['validate'], { actions: { validate: async () => VALID } });
  assert.deepEqual(outcome, { code: 0, stdout: 'sallyport.yaml is valid: 1 zone, 4 operations\n', stderr: '' });
});

test('warnings of a valid configuration go to stderr', async () => {
  const validate = async () => ({ ...VALID, warnings: ['policy x permits nothing'] });
  assert.equal((await run(['validate'], { actions: { validate } })).stderr, 'warning: policy x permits nothing\n');
});

test('faults go to stderr with exit code 2, whether returned or thrown', async () => {
  const returned = async () => ({ ...VALID, faults: [FAULT] });
  const thrown = async () => {
    throw new LoadError([FAULT]);
  };
  for (const validate of [returned, thrown]) {
    assert.deepEqual(await run(['validate'], { actions: { validate } }), {
      code: 2,
      stdout: '',
      stderr:
        'sallyport.yaml:8:15: CONFIG_TYPE zones.partner.listen[0].port: must be a number, found "8443"\n' +
        '  → remove the quotes\n1 fault\n',
    });
  }
});

test('with --json the result of validate is for machines, on stdout', async () => {
  const good = await run(['validate', '--json'], { actions: { validate: async () => VALID } });
  assert.deepEqual(JSON.parse(good.stdout), {
    ok: true,
    faults: [],
    warnings: [],
    summary: ['1 zone', '4 operations'],
  });
  const bad = await run(['--json', 'validate'], { actions: { validate: async () => ({ ...VALID, faults: [FAULT] }) } });
  assert.deepEqual([bad.code, JSON.parse(bad.stdout), bad.stderr], [2, { ok: false, faults: [FAULT] }, '']);
});

test('an unforeseen failure is told in one line with exit code 3', async () => {
  const actions = {
    run: async () => {
      throw new Error('the disk is gone');
    },
  };
  assert.deepEqual(await run(['run'], { actions }), {
    code: 3,
    stdout: '',
    stderr: 'sallyport could not finish: the disk is gone\n',
  });
});

test('a denied question is explained with the nearest permits and exit code 1', async () => {
  let asked: unknown;
  const actions = {
    policyExplain: async ({
      machine,
      operation,
      zone,
    }: {
      machine: string;
      operation: string;
      zone: string | null;
    }) => {
      asked = { machine, operation, zone };
      return DENIED;
    },
  };
  const argv = ['policy', 'explain', 'globex-reports', 'orders.createOrder', '--zone', 'partner'];
  const { code, stdout } = await run(argv, { actions });
  assert.equal(code, 1);
  assert.deepEqual(asked, { machine: 'globex-reports', operation: 'orders.createOrder', zone: 'partner' });
  assert.equal(
    stdout,
    `globex-reports → orders.createOrder (write): denied (AUTHZ_DENIED)

No policy permits this.

Nearest permits
  permit reports-read at policies/orders.cedar:3
    the action does not match
    line 5 does not hold: when { context.zone == "internal" }
`,
  );
});

test('an allowed question names the deciding policy', async () => {
  const view: ExplainView = {
    ...DENIED,
    decision: { allow: true, code: null, policies: ['all'], errors: [] },
    deciding: [{ name: 'all', effect: 'permit', file: 'p.cedar', line: 1, text: 'permit (\n  principal,\n' }],
    near: [],
  };
  const { code, stdout } = await run(['policy', 'explain', 'a', 'b'], { actions: { policyExplain: async () => view } });
  assert.equal(code, 0);
  assert.match(stdout, /allowed\n\nDecided by\n {2}permit all at p\.cedar:1\n {6}permit \(\n {8}principal,\n$/);
});

test('a failed policy test has exit code 1 and shows what failed', async () => {
  const policyTest = async () => [CASE, { ...CASE, ok: true, problems: [] }];
  assert.deepEqual(await run(['policy', 'test', 'orders.test.yaml'], { actions: { policyTest } }), {
    code: 1,
    stdout:
      'not as expected orders.test.yaml:2 acme-erp → orders.getOrder: expected deny\n' +
      '  it is allowed by suppliers-read-orders\n1 of 2 as expected\n',
    stderr: '',
  });
  const machine = await run(['policy', 'test', 'a.yaml', '--json'], { actions: { policyTest } });
  assert.equal(JSON.parse(machine.stdout).ok, false);
});

test('the schema of each file is printed', async () => {
  for (const [argv, title] of [
    [['schema'], 'sallyport.yaml'],
    [['schema', 'party'], 'A party file'],
  ] as const) {
    const { code, stdout } = await run(argv);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).title, title);
  }
});

test('colours appear on a terminal only, and not with NO_COLOR', async () => {
  const actions = { validate: async () => VALID };
  const colourful = async (terminal: boolean, env: Record<string, string>) =>
    (await run(['validate'], { actions, terminal, env })).stdout.includes('\u001b[');
  assert.equal(await colourful(true, {}), true);
  assert.equal(await colourful(false, {}), false);
  assert.equal(await colourful(true, { NO_COLOR: '1' }), false);
  assert.equal(await colourful(true, { NO_COLOR: '' }), true);
  assert.equal(await colourful(true, { TERM: 'dumb' }), false);
});
