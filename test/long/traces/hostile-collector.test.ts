/** Collectors that are dead, slow, false, hostile or gone: no exchange notices, and the operator is told once. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { freePort } from '../../acceptance/harness/nginx.ts';
import type { Project } from '../../acceptance/harness/project.ts';
import { reload } from '../../acceptance/harness/reload.ts';
import { missingTools } from '../../acceptance/harness/tools.ts';
import {
  type Answering,
  exchangesOf,
  startCollector,
  type TestCollector,
  takes,
} from '../../acceptance/traces/collector.ts';
import { startTracedGate, type TracedGate, tracesTo, until } from '../../acceptance/traces/traced-gate.ts';

const skip = missingTools('curl');
const FAILING =
  /^sallyport: traces: the collector takes none \((.*)\); exchanges go on, spans wait and may be dropped$/;
const AGAIN = 'sallyport: traces: the collector takes them again';

async function succeeds({ call }: TracedGate): Promise<string> {
  const answer = await call('/api/orders?limit=5');
  assert.equal(answer.status, 200, answer.error);
  return String(answer.headers['sallyport-exchange']);
}

const arrived = (collector: TestCollector, id: string) =>
  collector.until((spans) => spans.some(({ attributes }) => attributes['sallyport.exchange'] === id));

test('a collector that is not there costs no exchange, is told of once, and gets what waited when it comes', {
  skip,
}, async (context) => {
  const port = await freePort();
  const traced = await startTracedGate(tracesTo(`http://127.0.0.1:${port}`));
  context.after(() => traced.close());
  const first = await succeeds(traced);
  await until('it is told', () => traced.notices().length > 0);
  assert.equal(await traced.metric('sallyport_trace_collector_failing'), 1);
  const second = await succeeds(traced);
  assert.equal(FAILING.exec(traced.notices()[0] ?? '')?.[1], 'FORWARD_UNREACHABLE: ECONNREFUSED');
  const collector = await startCollector({ port });
  context.after(() => collector.close());
  await arrived(collector, first);
  await arrived(collector, second);
  await until('it is told', () => traced.notices().includes(AGAIN));
  assert.equal(traced.notices().length, 2);
  assert.deepEqual(await traced.dropped(), {});
  assert.equal(await traced.metric('sallyport_trace_collector_failing'), 0);
});

/** What answers badly, and what becomes of the spans: kept and sent again, or dropped for a reason. */
const HOSTILE: readonly { what: string; answer: Answering; becomes: 'sent' | 'refused' | 'rejected' }[] = [
  { what: 'says 429 and when to come back', answer: status(429, { 'retry-after': '1' }), becomes: 'sent' },
  { what: 'says 503', answer: status(503), becomes: 'sent' },
  { what: 'never answers', answer: () => undefined, becomes: 'sent' },
  { what: 'closes the connection', answer: (response) => void response.destroy(), becomes: 'sent' },
  { what: 'says 400', answer: status(400), becomes: 'refused' },
  { what: 'redirects', answer: status(307, { location: 'http://127.0.0.1:1/' }), becomes: 'refused' },
  { what: 'answers with a page', answer: (response) => void response.end('<html>'), becomes: 'refused' },
  { what: 'answers without end', answer: floods, becomes: 'refused' },
  { what: 'speaks no HTTP', answer: (response) => void response.socket?.end('SSH-2.0-x\r\n\r\n'), becomes: 'refused' },
  {
    what: 'rejects some',
    answer: (response) => void response.end('{"partialSuccess":{"rejectedSpans":"2","errorMessage":"canary"}}'),
    becomes: 'rejected',
  },
];

function status(code: number, fields: Record<string, string> = {}): Answering {
  return (response) => void response.writeHead(code, fields).end('canary');
}

function floods(response: Parameters<Answering>[0]): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = (): void => {
    while (!response.destroyed && response.write('{"canary":"'.padEnd(16_384, 'x')));
    response.once('drain', more);
  };
  more();
}

test('whatever a collector says, exchanges pass, spans are sent again or counted, and its words are not told', {
  skip,
}, async (context) => {
  const collector = await startCollector();
  context.after(() => collector.close());
  const short = ', timeouts: { response: 300ms }';
  const traced = await startTracedGate(tracesTo(`http://127.0.0.1:${collector.port}`, short));
  context.after(() => traced.close());
  for (const { what, answer, becomes } of HOSTILE) {
    const before = await traced.dropped();
    collector.reset();
    collector.answer(answer);
    await succeeds(traced);
    await until(what, () => collector.exports.length > 0);
    await succeeds(traced);
    const grown = async (reason: string) => ((await traced.dropped())[reason] ?? 0) - (before[reason] ?? 0);
    if (becomes !== 'sent') await until(`${what}: ${becomes}`, async () => (await grown(becomes)) >= 2);
    collector.answer(takes);
    await arrived(collector, await succeeds(traced));
    const again = collector.exports.map(({ text }) => text);
    if (becomes === 'sent') assert.ok(new Set(again).size < again.length, `${what}: the same came again`);
    assert.deepEqual(
      Object.keys(await traced.dropped()).filter((reason) => !/refused|rejected/.test(reason)),
      [],
    );
  }
  assert.doesNotMatch(traced.gate.output(), /canary/);
  const told = traced.notices();
  for (const [index, line] of told.entries()) {
    if (index % 2 === 0) assert.match(line, FAILING);
    else assert.equal(line, AGAIN);
  }
});

test('before a collector that hangs the queue is bounded, what has no room is counted, and a stop is not held up', {
  skip,
}, async (context) => {
  const collector = await startCollector();
  context.after(() => collector.close());
  collector.answer(() => undefined);
  const bounds = '  queue: 64KiB\n  batch: 16KiB\n';
  const traced = await startTracedGate(`${tracesTo(`http://127.0.0.1:${collector.port}`)}${bounds}`);
  context.after(() => traced.close());
  const many = await traced.call('/api/orders?limit=[1-60]');
  assert.deepEqual([many.exit_code, many.status], [0, 200]);
  await until('spans are dropped', async () => ((await traced.dropped())['full'] ?? 0) > 0);
  assert.ok(Number(await traced.metric('sallyport_trace_queue_bytes')) <= 65_536);
  assert.deepEqual(traced.notices(), [
    'sallyport: traces: the queue is full; spans are dropped until the collector has caught up',
  ]);
  assert.equal(await traced.gate.stop(), 0);
  assert.match(
    traced.notices()[1] ?? '',
    /^sallyport: traces: \d+ spans are dropped at the end; the collector did not take/,
  );
});

function readIdentity(project: Project): { cert: string; key: string } {
  const read = (file: string) => readFileSync(`${project.pki}/${file}`, 'utf8');
  return { cert: read('gate.pem'), key: read('gate.key') };
}

test('a collector has to prove its name before it is told anything', { skip }, async (context) => {
  const port = await freePort();
  let collector: TestCollector | null = null;
  context.after(() => collector?.close());
  const url = `https://127.0.0.1:${port}`;
  const wrong = ', trust: pki/gate-ca.pem, server_name: collector.example';
  const traced = await startTracedGate(tracesTo(url, wrong), async (project) => {
    collector = await startCollector({ port, identity: readIdentity(project) });
  });
  context.after(() => traced.close());
  await succeeds(traced);
  await until('it is told', () => traced.notices().length > 0);
  assert.match(FAILING.exec(traced.notices()[0] ?? '')?.[1] ?? '', /^FORWARD_UNPROVEN: /);
  assert.ok(collector!.connections() > 0);
  assert.equal(collector!.exports.length, 0);
  for (const trust of ['system', 'pki/partner-ca.pem']) {
    const sound = readFileSync(traced.project.config, 'utf8');
    traced.project.write('sallyport.yaml', sound.replace(/, trust: \S+.*\}/, `, trust: ${trust} }`));
    await reload(traced.gate, 'switched');
    const told = traced.notices().length;
    await succeeds(traced);
    await until('it is told', () =>
      traced
        .notices()
        .slice(told)
        .some((line) => FAILING.test(line)),
    );
  }
  assert.equal(collector!.exports.length, 0);
  const sound = readFileSync(traced.project.config, 'utf8');
  traced.project.write('sallyport.yaml', sound.replace(/, trust: \S+ \}/, ', trust: pki/gate-ca.pem }'));
  await reload(traced.gate, 'switched');
  await arrived(collector!, await succeeds(traced));
  assert.equal(exchangesOf(collector!.spans()).length, 1);
});
