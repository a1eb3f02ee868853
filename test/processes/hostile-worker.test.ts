/** A supervisor stands whatever a worker says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { METRICS, MetricRegistry, readSnapshot } from '../../src/core/metrics/index.ts';
import type { Failure } from '../../src/processes/failure.ts';
import { readFromWorker } from '../../src/processes/reading.ts';
import { Watchdog } from '../../src/processes/watchdog.ts';
import { WorkerKeeper, type WorkerKeeperOptions } from '../../src/processes/worker-keeper.ts';

const OBSERVATION = {
  metrics: { families: [] },
  cpu_seconds: 1,
  memory_bytes: 1,
  zones: [],
  upstreams: [],
  log: { state: 'open', lag_ms: 0 },
};

const metrics = (...families: unknown[]) => ({
  say: 'observed',
  number: 1,
  observation: { ...OBSERVATION, metrics: { families } },
});

const SAYINGS: readonly unknown[] = [
  null,
  1,
  'started',
  [],
  {},
  { say: null },
  { say: 'failed' },
  { say: 'failed', failure: null },
  { say: 'failed', failure: { faults: [null] } },
  { say: 'unprepared', number: 1 },
  { say: 'notice', text: null, level: 'info' },
  { say: 'notice', text: { length: 1 }, level: 'info' },
  { say: 'notice', text: 'x', level: '__proto__' },
  { say: 'exchanges', text: 7 },
  { say: 'exchanges', text: { type: 'Buffer' } },
  { say: 'observed', number: 1, observation: null },
  metrics({ ...head('exchanges'), kind: 'gauge', series: [] }),
  metrics({ ...head('exchanges'), name: 'sallyport_up', series: [] }),
  metrics({ ...head('exchanges'), help: 'x\nsallyport_ready 1', series: [] }),
  metrics({ ...head('exchanges'), series: [{ labels: ['a'], value: 1 }] }),
  metrics({ ...head('exchanges'), series: [{ labels: ['a', 'b', 'c', null], value: 1 }] }),
  metrics({ ...head('exchange_seconds'), series: [{ labels: ['a'], counts: null, sum: 1 }] }),
];

function head(name: keyof typeof METRICS) {
  const { max_series: _, folds: _folds, ...rest } = METRICS[name];
  return rest;
}

test('what no worker would say is no message', () => {
  for (const said of SAYINGS) assert.equal(readFromWorker(said), null, JSON.stringify(said));
  assert.equal(readFromWorker(JSON.parse('{"say":"linked","number":1e999}')), null);
});

test('what is wrong a million times in one message is no message, and costs no more memory than its own', () => {
  const many = Array(1_000_000).fill(1);
  const zone = { zone: 'partner', listeners: many };
  const before = process.memoryUsage().rss;
  for (const said of [
    { say: 'failed', failure: { faults: many } },
    { say: 'observed', number: 1, observation: { ...OBSERVATION, zones: many } },
    { say: 'observed', number: 1, observation: { ...OBSERVATION, zones: [zone] } },
    { say: 'observed', number: 1, observation: { ...OBSERVATION, upstreams: many } },
  ]) {
    assert.equal(readFromWorker(said), null);
  }
  assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
});

test('what a registry counted is read as it is', () => {
  const registry = new MetricRegistry(METRICS.folded);
  registry.counter(METRICS.exchanges).take(['partner', 'orders.read', 'allowed', 'none']).cell.add(3);
  registry.histogram(METRICS.exchange_seconds).take(['orders.read']).cell.observe(0.1);
  const snapshot = registry.snapshot();
  assert.deepEqual(readSnapshot(JSON.parse(JSON.stringify(snapshot))), snapshot);
  const message = { say: 'observed', number: 1, observation: { ...OBSERVATION, metrics: snapshot } };
  assert.deepEqual(readFromWorker(JSON.parse(JSON.stringify(message))), message);
});

interface Supervised {
  readonly notices: readonly string[];
  readonly exchanges: string;
  /** How often a link was told as broken. */
  readonly unlinked: number;
  /** Why it did not start; null where it said everything first. */
  readonly failure: Failure | null;
}

/** What a worker with this environment made its supervisor say and pass on, by when it has said all, or ended. */
async function supervise(child_env: Record<string, string>): Promise<Supervised> {
  const notices: string[] = [];
  let unlinked = 0;
  let exchanges = '';
  const { promise, resolve } = Promise.withResolvers<null>();
  const watchdog = new Watchdog(() => performance.now());
  const ports = {
    entries: { worker: fileURLToPath(import.meta.resolve('./hostile-worker.ts')), recorder: '' },
    exec_path: process.execPath,
    exec_argv: { worker: [], recorder: [] },
    env: process.env,
    child_env,
    now: () => Date.now(),
    monotonic: () => performance.now(),
    onExchanges: (text: string) => (exchanges += text.slice(0)),
    onNotice(text: string) {
      notices.push(text.slice(0));
      if (text === 'all is said') resolve(null);
    },
  };
  const keeper = new WorkerKeeper({
    ports,
    slot: 1,
    watchdog,
    descriptors: [],
    exchanges: 'text',
    shares: false,
    plan: () =>
      Promise.resolve({
        stored: { config: '', files: { texts: {}, secrets: {}, absent: [] }, judged_ms: 0, ticket_keys: [] },
        digest: 'of its plan',
      }),
    onLaunched: () => undefined,
    heldUp: () => false,
    onReady: () => undefined,
    onShare: () => undefined,
    onIncarnation: () => undefined,
    onEnded: () => undefined,
    onStuck: () => undefined,
    onUnlinked: () => unlinked++,
  } as unknown as WorkerKeeperOptions);
  const started = keeper.start();
  // Number 1 of it.
  void keeper.link('/nowhere');
  const failure = await Promise.race([promise, started]);
  await keeper.stop(0, 0);
  watchdog.stop();
  return { notices, exchanges, unlinked, failure };
}

const NONSENSE = 'worker 1 says what no worker says; it is passed by';

test('a supervisor stands whatever a worker says', async () => {
  const { notices, exchanges } = await supervise({ RAW: SAYINGS.map((said) => JSON.stringify(said)).join('\n') });
  assert.deepEqual(notices, [NONSENSE, 'all is said']);
  assert.equal(exchanges, '');
});

/** Each of these ends a process that reads it from a child over Node's own channel, or fills its memory. */
const BYTES: readonly (readonly [string, Record<string, string>])[] = [
  ['is no JSON', { RAW: 'not json\n' }],
  ['is no text', { RAW: '\xff\xfe\x01\x80"\n' }],
  ['acknowledges a handle that was never sent', { RAW: '{"cmd":"NODE_HANDLE_ACK"}\n' }],
  ['refuses a handle that was never sent', { RAW: '{"cmd":"NODE_HANDLE_NACK"}\n' }],
  ['announces a handle of no kind', { RAW: '{"cmd":"NODE_HANDLE","type":"x"}\n' }],
  ['has no end', { FLOOD_MIB: '300' }],
  ['nests without end', { RAW: '['.repeat(100_000) }],
];

for (const [what, env] of BYTES) {
  test(`a supervisor stands where what a worker writes ${what}`, async () => {
    const before = process.memoryUsage().rss;
    const { notices } = await supervise(env);
    assert.deepEqual(notices, [NONSENSE, 'all is said']);
    assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
  });
}

test('a worker that writes lines without end that are no messages is killed for it', async () => {
  const { notices, failure } = await supervise({ FLOOD: '\n', FLOOD_MIB: '1' });
  assert.deepEqual(failure, { defect: 'worker 1 ended: said 100 times what no such process says' });
  assert.deepEqual(notices, [NONSENSE]);
});

test('a worker that started with another plan than it was told does not count as started', async () => {
  for (const digest of ['another', '', null]) {
    const { failure } = await supervise({ RAW: JSON.stringify({ say: 'started', digest }) });
    const expected = digest === null ? null : { defect: 'worker 1 ended: loaded another plan than it was told' };
    assert.deepEqual(failure, expected);
  }
});

test('only of the link it was asked for last is a worker believed that it broke', async () => {
  const said = [0, 2, -1, 1, 0].map((link) => JSON.stringify({ say: 'unlinked', link }));
  assert.equal((await supervise({ RAW: said.join('\n') })).unlinked, 1);
});
