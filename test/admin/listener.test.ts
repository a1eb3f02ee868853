import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { readinessOf } from '../../src/admin/status.ts';
import { samplesOf } from '../metrics/parse-exposition.ts';
import { ANY_PORT, ask, opened, raw, STATUS } from './world.ts';

test('liveness, readiness, status and metrics are told on the socket', async (context) => {
  const at = await opened(context);
  assert.deepEqual(JSON.parse((await ask(at, '/live')).body), { live: true });
  const ready = await ask(at, '/ready');
  assert.deepEqual([ready.status, JSON.parse(ready.body)], [200, { ready: true, reasons: [] }]);
  const status = await ask(at, '/status');
  assert.deepEqual([status.headers['content-type'], JSON.parse(status.body)], ['application/json', STATUS]);
  const metrics = await ask(at, '/metrics');
  assert.equal(metrics.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(metrics.headers['cache-control'], 'no-store');
  assert.deepEqual(samplesOf(metrics.body, 'sallyport_process_resident_memory_bytes')[0], {
    name: 'sallyport_process_resident_memory_bytes',
    labels: Object.assign(Object.create(null), { process: 'worker-1' }),
    value: 1024,
  });
});

test('the status of the gate is metrics too', async (context) => {
  const { body } = await ask(await opened(context), '/metrics');
  const value = (name: string, labels: Record<string, string> = {}) =>
    samplesOf(body, name).find((sample) => Object.entries(labels).every(([key, text]) => sample.labels[key] === text))
      ?.value;
  assert.equal(value('sallyport_ready'), 1);
  assert.equal(value('sallyport_log_open'), 1);
  assert.equal(value('sallyport_build_info', { version: '1.2.3' }), 1);
  assert.equal(value('sallyport_plan_info', { plan: 'abababababab' }), 1);
  assert.equal(value('sallyport_process_restarts_total', { kind: 'worker' }), 2);
  assert.equal(value('sallyport_certificate_remaining_seconds', { name: 'gate.example.com' }), 3 * 86_400);
  assert.equal(value('sallyport_upstream_addresses', { upstream: 'orders', state: 'ejected' }), 1);
  assert.equal(value('sallyport_upstream_addresses', { upstream: 'orders', state: 'on-trial' }), 0);
});

test('a gate that is not ready says why with 503, and is live all the same', async (context) => {
  const readiness = () => Promise.resolve(readinessOf(['draining', 'log_failed']));
  const at = await opened(context, { ports: { readiness } });
  const { status, body } = await ask(at, '/ready');
  assert.equal(status, 503);
  assert.deepEqual(
    (JSON.parse(body) as { reasons: { reason: string }[] }).reasons.map(({ reason }) => reason),
    ['draining', 'log_failed'],
  );
  assert.equal((await ask(at, '/live')).status, 200);
});

test('a reload answers with what came of it', async (context) => {
  const fault = {
    code: 'CONFIG_TYPE',
    message: 'must be a number',
    file: 'sallyport.yaml',
    line: 8,
    column: 15,
  } as const;
  const reloads = [
    { ok: true, before: 'aa', plan: 'bb' },
    { ok: false, plan: 'bb', faults: [fault], defect: null },
  ] as const;
  let turn = 0;
  const at = await opened(context, {
    ports: { reload: () => Promise.resolve(structuredClone(reloads[turn++]!) as never) },
  });
  for (const [status, result] of [
    [200, reloads[0]],
    [422, reloads[1]],
  ] as const) {
    const answer = await ask(at, '/reload', { method: 'POST' });
    assert.deepEqual([answer.status, JSON.parse(answer.body)], [status, result]);
  }
});

test('of what a port throws nothing is shown', async (context) => {
  const status = () => Promise.reject(new Error('canary-4711'));
  const answer = await ask(await opened(context, { ports: { status } }), '/status');
  assert.deepEqual([answer.status, JSON.parse(answer.body)], [500, { error: 'the gate could not answer' }]);
});

test('nothing but its paths and their methods is answered', async (context) => {
  const at = await opened(context);
  for (const path of ['/', '/metrics/', '/metrics?x=1', '/Status', '//status', '/../status', '/toString', '*']) {
    assert.equal((await ask(at, path)).status, 404, path);
  }
  for (const [method, path, allow] of [
    ['POST', '/status', 'GET'],
    ['HEAD', '/metrics', 'GET'],
    ['OPTIONS', '/live', 'GET'],
    ['GET', '/reload', 'POST'],
    ['PUT', '/reload', 'POST'],
  ] as const) {
    const answer = await ask(at, path, { method });
    assert.deepEqual([answer.status, answer.headers['allow']], [405, allow], `${method} ${path}`);
  }
});

test('a body is neither read nor waited for', async (context) => {
  const at = await opened(context);
  const head = 'POST /reload HTTP/1.1\r\nHost: x\r\n';
  for (const rest of [
    'Content-Length: 1000000\r\n\r\n',
    'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
    'Content-Length: 5\r\nExpect: 100-continue\r\n\r\n',
  ]) {
    assert.match(await raw(at.socket, head + rest), /^HTTP\/1\.1 413 /, rest);
  }
});

test('what is not HTTP, or too long a head, ends the connection', async (context) => {
  const at = await opened(context);
  assert.equal(await raw(at.socket, '\u0016\u0003\u0001nonsense\r\n\r\n'), '');
  assert.equal(await raw(at.socket, `GET /live HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`), '');
});

test('a loopback port answers only to names of this machine', async (context) => {
  const at = { port: (await opened(context, { listen: [ANY_PORT] })).port };
  for (const host of ['127.0.0.1', `127.0.0.1:${at.port}`, '[::1]', 'localhost:9464']) {
    assert.equal((await ask(at, '/live', { headers: { host } })).status, 200, host);
  }
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    'localhost@evil',
  ]) {
    assert.equal((await ask(at, '/live', { headers: { host } })).status, 421, host);
  }
});

test('a loopback port does not answer to what a page sends, but to a person that types its address', async (context) => {
  const at = { port: (await opened(context, { listen: [ANY_PORT] })).port };
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-origin' },
  ]) {
    assert.equal((await ask(at, '/status', { headers })).status, 403, JSON.stringify(headers));
  }
  assert.equal((await ask(at, '/status', { headers: { 'sec-fetch-site': 'none' } })).status, 200);
});

test('nothing can be changed over a loopback port', async (context) => {
  let reloads = 0;
  const reload = () => {
    reloads++;
    return Promise.resolve({ ok: true, before: 'aa', plan: 'bb' } as const);
  };
  const at = await opened(context, { ports: { reload }, listen: [ANY_PORT, { kind: 'unix' }] });
  assert.equal((await ask({ port: at.port }, '/reload', { method: 'POST' })).status, 403);
  assert.equal(reloads, 0);
  assert.equal((await ask({ socket: at.socket }, '/reload', { method: 'POST' })).status, 200);
  assert.equal(reloads, 1);
});

test('connections beyond the cap are closed, and those within it are answered', async (context) => {
  const at = await opened(context);
  const idle = await Promise.all(
    Array.from({ length: 40 }, () => {
      const connection = connect({ path: at.socket });
      const closed = new Promise<void>((resolve) => connection.on('close', () => resolve()));
      connection.on('error', () => undefined);
      connection.on('data', () => undefined);
      connection.write('GET /live HTTP/1.1\r\nHost: x\r\n\r\n');
      return { connection, closed };
    }),
  );
  await Promise.all(idle.slice(16).map(({ closed }) => closed));
  for (const { connection } of idle) connection.destroy();
  await Promise.all(idle.map(({ closed }) => closed));
  assert.equal((await ask(at, '/live')).status, 200);
});
