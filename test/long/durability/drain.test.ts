/** SIGTERM: what is under way is finished and recorded, nothing new is taken. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { test } from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { makeSite, type Site, until } from '../../acceptance/durability/site.ts';
import type { GateProcess } from '../../acceptance/harness/gate-process.ts';
import { outcomesOf } from '../../acceptance/harness/outcomes.ts';
import { wellBehaved } from '../../acceptance/harness/upstream.ts';

/** Answers of the upstream wait until they are let go. */
function holdAnswers({ upstream }: Site): () => void {
  const waiting: (() => void)[] = [];
  let held = true;
  upstream.answer((request, response) => {
    if (held) waiting.push(() => wellBehaved(request, response));
    else wellBehaved(request, response);
  });
  return () => {
    held = false;
    for (const answer of waiting) answer();
  };
}

async function connectionIsRefused({ port }: GateProcess): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}

test('after SIGTERM an exchange under way is finished and recorded, connections are refused, and the exit code is 0', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const release = holdAnswers(site);
  const under_way = site.partner(gate).order();
  await until('the order is under way', () => site.upstream.received.length === 1);
  gate.signal('SIGTERM');
  await until('the gate stops', () => gate.output().includes('stopping: exchanges under way have 10 s'));
  await until('connections are refused', () => connectionIsRefused(gate));
  release();
  const answer = await under_way;
  assert.equal(answer.status, 201);
  assert.equal(answer.headers.connection, 'close');
  assert.equal(await gate.exited, 0);
  const records = await outcomesOf(site.project);
  assert.deepEqual(
    records.map(({ event, kind, code }) => event ?? code ?? kind),
    ['gate_started', 'intent', 'outcome', 'gate_stopped'],
  );
  assert.equal(records[2]?.exchange_id, answer.exchange_id);
  assert.match(gate.output(), /stopped\n$/);
});

test('after SIGTERM an HTTP/2 connection gets GOAWAY, its stream is finished, and no other is taken', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const release = holdAnswers(site);
  const { pki } = site.project;
  const session = connectHttp2(`https://localhost:${gate.port}`, {
    lookup: (_host, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]),
    ca: readFileSync(`${pki}/gate-ca.pem`),
    cert: readFileSync(`${pki}/acme-erp.pem`),
    key: readFileSync(`${pki}/acme-erp.key`),
  });
  context.after(() => session.destroy());
  session.on('error', () => undefined);
  const stream = session.request({ ':path': '/api/orders' });
  const response = once(stream, 'response');
  const goaway = once(session, 'goaway');
  await until('the call is under way', () => site.upstream.received.length === 1);
  gate.signal('SIGTERM');
  const [error_code] = await goaway;
  assert.equal(error_code, 0, 'NO_ERROR');
  release();
  const [headers] = await response;
  assert.equal(headers[':status'], 200);
  let body = '';
  for await (const chunk of stream) body += chunk;
  assert.match(body, /"orders"/);
  assert.equal(await gate.exited, 0);
  const [outcome] = (await outcomesOf(site.project)).filter(({ kind }) => kind === 'outcome');
  assert.equal(outcome?.exchange_id, headers['sallyport-exchange']);
});

test('after SIGTERM what comes on a connection the gate has ended is neither forwarded nor recorded', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const pem = (name: string) => readFileSync(`${site.project.pki}/${name}`);
  const files = { ca: pem('gate-ca.pem'), cert: pem('acme-erp.pem'), key: pem('acme-erp.key') };
  const at = { port: gate.port, host: '127.0.0.1', servername: 'localhost' };
  const options: ConnectionOptions & { allowHalfOpen: boolean } = { ...at, ...files, allowHalfOpen: true };
  const socket = connectTls(options);
  socket.on('error', () => undefined);
  context.after(() => socket.destroy());
  const fields = `HTTP/1.1\r\nHost: localhost:${gate.port}\r\n`;
  let answers = '';
  socket.on('data', (chunk: Buffer) => {
    answers += chunk.toString('latin1');
  });
  socket.write(`GET /api/orders ${fields}\r\n`);
  await until('the first is answered', () => answers.includes('HTTP/1.1 200 '));
  const ended = once(socket, 'end');
  gate.signal('SIGTERM');
  await ended;
  const body = '{"item":"late","quantity":1}';
  socket.end(
    `POST /api/orders ${fields}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  assert.equal(await gate.exited, 0);
  assert.equal(site.upstream.received.length, 1);
  assert.equal((await outcomesOf(site.project)).filter(({ kind }) => kind === 'outcome').length, 1);
});

test('connections without an exchange, idle or half open, do not hold the gate', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const partner = site.partner(gate);
  await partner.read();
  const silent = connect(gate.port, '127.0.0.1');
  silent.on('error', () => undefined);
  context.after(() => silent.destroy());
  await once(silent, 'connect');
  const began_ms = performance.now();
  assert.equal(await gate.stop(), 0);
  assert.ok(performance.now() - began_ms < 3000, 'long before the budget is over');
});

test('a second SIGTERM ends at once with code 3, and the next start closes the order that was under way', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  holdAnswers(site);
  const under_way = site.partner(gate).order();
  under_way.catch(() => undefined);
  await until('the order is under way', () => site.upstream.received.length === 1);
  gate.signal('SIGTERM');
  // A second signal within a second is the echo of the first: Ctrl-C under npm comes twice.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  gate.signal('SIGTERM');
  const began_ms = performance.now();
  assert.equal(await gate.exited, 3);
  assert.ok(performance.now() - began_ms < 1000);
  await assert.rejects(under_way);
  await (await site.start()).stop();
  const outcomes = (await outcomesOf(site.project)).filter(({ kind }) => kind === 'outcome');
  assert.deepEqual(
    outcomes.map(({ code }) => code),
    ['OUTCOME_UNKNOWN'],
  );
});

test('a gate whose reader has closed its output goes on', async (context) => {
  const site = await makeSite(context);
  const gate = await site.start();
  const partner = site.partner(gate);
  gate.closeOutput();
  for (let call = 0; call < 5; call++) assert.equal((await partner.order()).status, 201);
  assert.equal(await gate.stop(), 0);
});
