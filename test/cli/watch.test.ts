import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GateOptions, LostView, RatesView, StatusView } from '../../src/cli/watch-actions.ts';
import { STATUS } from '../admin/world.ts';
import { run } from './run.ts';

const RATES: RatesView = {
  seconds: 1,
  allowed_per_s: 120,
  refused_per_s: 3.5,
  request_bytes_per_s: 2048,
  response_bytes_per_s: 0,
  p50_ms: 1.25,
  p99_ms: 14,
  operations: [{ operation: 'orders.getOrder', per_s: 120, refused_per_s: 0, p50_ms: 1.25, p99_ms: 14 }],
  codes: [{ code: 'AUTHZ_DENIED', per_s: 3.5 }],
  cpu_share: { 'worker-1': 0.123 },
};

const READY: StatusView = { status: STATUS, rates: RATES };

const ILL: StatusView = {
  rates: { ...RATES, p50_ms: null, p99_ms: null },
  status: {
    ...STATUS,
    readiness: { ready: false, reasons: [{ reason: 'log_failed', message: 'the audit log takes no records' }] },
    reloads: { switched: 0, refused: 1, last: 'refused' },
    log: { ...STATUS.log, state: 'failed', lag_ms: 3000 },
    processes: [{ ...STATUS.processes[0]!, pid: null, memory_bytes: null }],
    upstreams: [{ ...STATUS.upstreams[0]!, waiting: 5 }],
    certificates: [{ ...STATUS.certificates[0]!, expires_ms: STATUS.now_ms - 1 }],
  },
};

test('a ready gate is one calm screen and exit code 0', async () => {
  const { code, stdout, stderr } = await run(['status'], { actions: { status: async () => READY } });
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(
    stdout,
    `orders-gate is ready  Sallyport 1.2.3, process 4711, up 1 min

plan          abababababab, in force for 1 min
log           takes records, in /data/audit
processes     worker-1: process 4712, CPU 12.3 %, 95.4 MiB, restarted 2 times
zones         partner: https://127.0.0.1:8443, 3 connections
upstreams     orders: https://orders.internal:9000: 10.0.0.5 serving, 10.0.0.6 ejected; 4 connections
certificates  pki/gate.pem expires in 3 days
now           120/s allowed, 3.50/s refused, p50 1.25 ms, p99 14.0 ms
`,
  );
});

test('a gate that is not ready says why, with exit code 1', async () => {
  const { code, stdout } = await run(['status'], { actions: { status: async () => ILL } });
  assert.equal(code, 1);
  for (const words of [
    'orders-gate is not ready',
    '  the audit log takes no records\n',
    'the last reload was refused: the files are not what is in force',
    'takes no records (failed), one has waited for 3 s',
    'worker-1: does not run',
    '5 requests wait',
    'pki/gate.pem has expired',
  ]) {
    assert.ok(stdout.includes(words), `${words}\n${stdout}`);
  }
});

test('with --json the status is for machines', async () => {
  const { code, stdout } = await run(['status', '--json'], { actions: { status: async () => ILL } });
  assert.deepEqual([code, JSON.parse(stdout)], [1, { ...ILL.status, rates: ILL.rates }]);
});

test('a gate that cannot be reached is told with exit code 3', async () => {
  const unreachable = async () => {
    throw new Error('the gate cannot be reached at /data/admin.sock: no gate runs');
  };
  for (const argv of [['status'], ['reload']]) {
    const { code, stdout, stderr } = await run(argv, { actions: { status: unreachable, reload: unreachable } });
    assert.deepEqual([code, stdout], [3, '']);
    assert.equal(stderr, 'sallyport could not finish: the gate cannot be reached at /data/admin.sock: no gate runs\n');
  }
});

test('the configuration and the socket lead to the gate', async () => {
  let asked: unknown;
  const status = async ({ config, socket }: GateOptions) => {
    asked = { config, socket };
    return READY;
  };
  await run(['status', '-c', 'other.yaml'], { actions: { status } });
  assert.deepEqual(asked, { config: 'other.yaml', socket: null });
  await run(['status', '--socket', '/run/gate.sock'], { actions: { status } });
  assert.deepEqual(asked, { config: 'sallyport.yaml', socket: '/run/gate.sock' });
});

test('a reload says which plan is in force', async () => {
  const reload = async () => ({ ok: true, before: 'a'.repeat(64), plan: 'b'.repeat(64) }) as const;
  const { code, stdout } = await run(['reload'], { actions: { reload } });
  assert.deepEqual([code, stdout], [0, `plan ${'b'.repeat(12)} is in force, in place of ${'a'.repeat(12)}\n`]);
});

test('a refused reload shows its faults as a start would, with exit code 1', async () => {
  const fault = {
    code: 'CONFIG_TYPE',
    message: 'must be a number',
    file: 'sallyport.yaml',
    line: 8,
    column: 15,
  } as const;
  const reload = async () => ({ ok: false, plan: 'b'.repeat(64), faults: [fault], defect: null }) as const;
  const { code, stdout, stderr } = await run(['reload'], { actions: { reload } });
  assert.deepEqual([code, stdout], [1, '']);
  assert.equal(
    stderr,
    `sallyport.yaml:8:15: CONFIG_TYPE must be a number\n1 fault\nnothing has changed: plan ${'b'.repeat(12)} stays in force\n`,
  );
  const machine = await run(['reload', '--json'], { actions: { reload } });
  assert.deepEqual([machine.code, JSON.parse(machine.stdout).faults], [1, [fault]]);
});

const looks = (...views: readonly (StatusView | LostView)[]) =>
  async function* () {
    yield* views;
  };

test('top is a line for each look where there is no terminal, and a gate that is gone goes to stderr', async () => {
  const top = looks(READY, { lost: 'the gate cannot be reached' }, ILL);
  const { code, stdout, stderr } = await run(['top'], { actions: { top } });
  assert.equal(code, 0);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, 2);
  assert.match(
    lines[0]!,
    /^2026-09-21T14:14:20Z {2}ready {2}120\/s allowed {2}3\.50\/s refused {2}p50 1\.25 ms {2}p99 14\.0 ms {2}CPU 12\.3 % {2}AUTHZ_DENIED 3\.50\/s$/,
  );
  assert.match(lines[1]!, /not ready \(log_failed\)/);
  assert.equal(stderr, 'the gate cannot be reached\n');
});

test('top --once shows one look and says by its exit code how the gate is', async () => {
  const once = async (view: StatusView | LostView) =>
    run(['top', '--once'], { actions: { top: looks(view, READY) }, terminal: true, env: { NO_COLOR: '1' } });
  const ready = await once(READY);
  assert.equal(ready.code, 0);
  assert.match(ready.stdout, /^orders\.getOrder {17} {6}120\/s {8}0\/s {4}1\.25 ms {4}14\.0 ms$/m);
  assert.equal(ready.stdout.match(/orders-gate is/g)?.length, 1);
  assert.equal((await once(ILL)).code, 1);
  assert.equal((await once({ lost: 'gone' })).code, 3);
});

test('on a terminal top draws over what it drew, until q or Ctrl-C', async () => {
  for (const key of ['q', '\u0003']) {
    let press: (key: string) => void = () => undefined;
    let released = false;
    let stopped = false;
    const onKey = (listener: (key: string) => void) => {
      press = listener;
      return () => {
        released = true;
      };
    };
    async function* top({ signal }: { signal: AbortSignal }): AsyncGenerator<StatusView> {
      signal.addEventListener('abort', () => {
        stopped = true;
      });
      yield READY;
      yield READY;
      press('x');
      press(key);
      await new Promise(() => undefined);
    }
    const { code, stdout } = await run(['top'], { actions: { top }, terminal: true, onKey });
    assert.deepEqual([code, released, stopped], [0, true, true]);
    assert.equal(stdout.split('\u001b[H').length, 3, 'two screens');
    assert.ok(stdout.startsWith('\u001b[2J'));
  }
});

test('an interval is a duration with its unit', async () => {
  let seen: number | undefined;
  async function* top({ interval_ms }: { interval_ms: number }): AsyncGenerator<StatusView> {
    seen = interval_ms;
    yield READY;
  }
  assert.equal((await run(['top', '--once', '--interval', '2s'], { actions: { top } })).code, 0);
  assert.equal(seen, 2000);
  for (const interval of ['2', '0s', '10ms', '61m', '1h', '-1s', '1e3ms', '2s ']) {
    assert.equal((await run(['top', '--interval', interval], { actions: { top } })).code, 2, interval);
  }
});

test('names from a gate cannot play with the terminal', async () => {
  const hostile = { ...READY, status: { ...STATUS, gate: '\u001b[2Jgate' } };
  const { stdout } = await run(['status'], { actions: { status: async () => hostile } });
  assert.ok(!stdout.includes('\u001b'));
});

test('notices are for people unless machines are asked for', async () => {
  const seen: unknown[] = [];
  const action = async ({ log }: { log: string }) => {
    seen.push(log);
    return 0 as const;
  };
  const actions = { run: action, demo: action };
  await run(['run'], { actions });
  await run(['run', '--log', 'json'], { actions });
  await run(['demo', '--log', 'json'], { actions });
  assert.deepEqual(seen, ['text', 'json', 'json']);
  assert.equal((await run(['run', '--log', 'xml'], { actions })).code, 2);
});
