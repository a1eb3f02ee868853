/** Traces over the life of a gate: starts that are refused, reloads, stops, several workers and a single process. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { sallyport } from '../harness/cli.ts';
import { curl } from '../harness/curl.ts';
import { makeProject } from '../harness/project.ts';
import { reload } from '../harness/reload.ts';
import { missingTools } from '../harness/tools.ts';
import { startWireGate } from '../wire/wire-gate.ts';
import { exchangesOf, startCollector } from './collector.ts';
import { startTracedGate, type TracedGate, tracesTo, until } from './traced-gate.ts';

const skip = missingTools('curl');

/** Spans wait for so long that nothing leaves by itself. */
const slowly = (url: string) => tracesTo(url).replace('100ms', '1m');

function rewrite({ project }: TracedGate, change: (text: string) => string): void {
  project.write('sallyport.yaml', change(readFileSync(project.config, 'utf8')));
}

test('a gate that is told to stop sends what waits before it ends', { skip }, async (context) => {
  const collector = await startCollector();
  context.after(() => collector.close());
  const traced = await startTracedGate(slowly(`http://127.0.0.1:${collector.port}`));
  context.after(() => traced.close());
  for (let n = 0; n < 3; n++) await traced.call('/api/orders?limit=5');
  assert.equal(collector.exports.length, 0);
  assert.equal(await traced.gate.stop(), 0);
  assert.equal(exchangesOf(collector.spans()).length, 3);
  assert.equal(collector.exports.length, 1);
  assert.deepEqual(traced.notices(), []);
});

test('over reloads nothing that waits is lost: it goes where it was meant for', { skip }, async (context) => {
  const [one, other] = [await startCollector(), await startCollector()];
  context.after(() => Promise.all([one.close(), other.close()]));
  const traced = await startTracedGate(slowly(`http://127.0.0.1:${one.port}`));
  context.after(() => traced.close());
  const { call, gate, metric } = traced;
  await call('/api/orders?limit=5');
  rewrite(traced, (text) => text.replace('name: test-gate', 'name: renamed-gate').replace('every: 1m', 'every: 50s'));
  await reload(gate, 'switched');
  const [renamed] = exchangesOf(await one.until((spans) => spans.length > 0));
  assert.equal(renamed?.resource['service.instance.id'], 'renamed-gate');
  assert.equal(one.connections(), 1);

  await call('/api/orders?limit=5');
  rewrite(traced, (text) => text.replace(`:${one.port}`, `:${other.port}`).replace('every: 50s', 'every: 1m'));
  await reload(gate, 'switched');
  await one.until((spans) => exchangesOf(spans).length === 2);
  await call('/api/orders?limit=5');
  assert.equal(other.exports.length, 0);

  rewrite(traced, (text) => text.replace(/traces:[\s\S]*$/, ''));
  await reload(gate, 'switched');
  await other.until((spans) => exchangesOf(spans).length === 1);
  await call('/api/orders?limit=5');
  assert.equal(await metric('sallyport_trace_queue_bytes'), undefined);
  await until('all is counted', async () => (await metric('sallyport_trace_spans_exported_total')) === 27);
  assert.deepEqual(await traced.dropped(), {});
  assert.equal(exchangesOf([...one.spans(), ...other.spans()]).length, 3);
});

test('each worker exports what it carried', { skip }, async (context) => {
  const collector = await startCollector();
  context.after(() => collector.close());
  const traced = await startTracedGate(tracesTo(`http://127.0.0.1:${collector.port}`), (project) => {
    project.write('sallyport.yaml', readFileSync(project.config, 'utf8').replace('workers: 1', 'workers: 2'));
  });
  context.after(() => traced.close());
  let calls = 0;
  const workers = () => new Set(collector.spans().map(({ resource }) => resource['sallyport.worker']));
  await until('both have sent something', async () => {
    await Promise.all([1, 2, 3, 4].map(() => traced.call('/api/orders?limit=5')));
    calls += 4;
    return workers().size === 2;
  });
  await collector.until((spans) => exchangesOf(spans).length === calls);
  await until(
    'all is counted',
    async () => (await traced.metric('sallyport_trace_spans_exported_total')) === calls * 9,
  );
});

test('a gate in one process exports as well, and ends with nothing left behind', { skip }, async (context) => {
  const collector = await startCollector();
  context.after(() => collector.close());
  const gate = await startWireGate({ more: slowly(`http://127.0.0.1:${collector.port}`) });
  context.after(() => gate.stop());
  await curl(gate.project, gate.port, '/api/orders?limit=5');
  await gate.outcomesReach(1);
  assert.equal(collector.exports.length, 0);
  await gate.drain();
  assert.equal(exchangesOf(collector.spans())[0]?.attributes['sallyport.exchange'], gate.outcomes[0]?.exchange_id);
});

const REFUSED: readonly { what: string; traces: string; says: RegExp }[] = [
  {
    what: 'a bundle that is none',
    traces: 'traces:\n  collector: { url: "https://collector.internal:4318", trust: pki/gate.key }\n',
    says: /sallyport\.yaml:\d+:63: CERT_UNREADABLE traces\.collector\.trust: pki\/gate\.key: a CA bundle holds no PEM/,
  },
  {
    what: 'a bundle that is not there',
    traces: 'traces:\n  collector: { url: "https://collector.internal:4318", trust: pki/none.pem }\n',
    says: /sallyport\.yaml:\d+:63: CONFIG_FILE traces\.collector\.trust: pki\/none\.pem cannot be read \(ENOENT\)/,
  },
  {
    what: 'a collector in clear elsewhere',
    traces: 'traces:\n  collector: { url: "http://collector.internal:4318" }\n',
    says: /traces\.collector\.url: must be https; http is only for a literal loopback address/,
  },
  {
    what: 'trust that would prove nothing',
    traces: 'traces:\n  collector: { url: "http://127.0.0.1:4318", trust: pki/gate-ca.pem }\n',
    says: /traces\.collector\.trust: has no effect on an http upstream/,
  },
  {
    what: 'a password in the address',
    traces: 'traces:\n  collector: { url: "https://me:secret@collector.internal" }\n',
    says: /traces\.collector\.url: must be a URL such as(?![\s\S]*secret)/,
  },
  { what: 'no collector', traces: 'traces: { share: 5% }\n', says: /CONFIG_MISSING traces\.collector/ },
];

test('traces that would not work stop the start, with the place', async (context) => {
  for (const { what, traces, says } of REFUSED) {
    const project = await makeProject({ upstream_url: 'http://127.0.0.1:1', more: traces });
    context.after(() => project.remove());
    const { exit_code, stderr, stdout } = await sallyport(project.folder, ['validate']);
    assert.equal(exit_code, 2, what);
    assert.match(stderr + stdout, says, what);
  }
});
