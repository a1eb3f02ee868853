import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { curl } from '../harness/curl.ts';
import { type GateProcess, recordsOf, startGateProcess } from '../harness/gate-process.ts';
import { keptClient } from '../harness/kept-client.ts';
import { outcomesOf, untilOutcome } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { reload } from '../harness/reload.ts';
import { missingTools } from '../harness/tools.ts';
import { ORDER } from '../harness/upstream.ts';

const BREAKER = '      breaker: { window: 5m, volume: 10, for: 1s, probes: 2 }';
const POST = ['-H', 'content-type: application/json', '--data', '{"item":"bolt","quantity":3}'];
const WAIT_MS = 10_000;

/** Answers GET as the contract says; counts what it accepts. */
async function startService(host: string, port: number) {
  const seen = { accepted: 0, requests: 0, checks: 0 };
  const server: Server = createServer((request, response) => {
    if (request.url === '/healthz') {
      seen.checks++;
      return response.writeHead(204).end();
    }
    seen.requests++;
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ orders: [ORDER] }));
  });
  server.on('connection', () => seen.accepted++);
  server.keepAliveTimeout = 60_000;
  server.listen(port, host);
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { seen, close, port: (server.address() as AddressInfo).port };
}

async function until(test: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const late = performance.now() + WAIT_MS;
  while (!(await test())) {
    assert.ok(performance.now() < late, what);
    await sleep(20);
  }
}

describe('a gate', { skip: missingTools('curl') }, () => {
  let service: Awaited<ReturnType<typeof startService>>;
  let project: Project;
  let gate: GateProcess;

  const start = async (upstream_more: string) => {
    project = await makeProject({ upstream_url: `http://127.0.0.1:${service.port}`, upstream_more });
    gate = await startGateProcess(project);
  };
  const change = (from: string, to: string) => {
    const text = configOf(project);
    assert.ok(text.includes(from));
    project.write('sallyport.yaml', text.replace(from, to));
  };

  before(async () => {
    service = await startService('127.0.0.1', 0);
  });
  afterEach(async () => {
    await gate.stop();
    project.remove();
  });
  after(() => service.close());

  it('refuses at once with 503 and Retry-After what would fail, without an intent, and tells of it', async () => {
    await service.close();
    await start(BREAKER);
    for (let i = 0; i < 10; i++) assert.equal((await curl(project, gate.port, '/api/orders')).status, 502);
    const answer = await curl(project, gate.port, '/api/orders', { args: POST });
    assert.equal(answer.status, 503);
    assert.equal(answer.headers['retry-after'], '1');
    assert.equal(JSON.parse(answer.body).type, 'urn:sallyport:problem:unavailable');
    const id = answer.headers['sallyport-exchange'];
    await untilOutcome(project, (one) => one.exchange_id === id && one.code === 'FORWARD_OPEN');
    assert.ok(!(await outcomesOf(project)).some((one) => one.exchange_id === id && one.kind === 'intent'));
    assert.match(gate.output(), /upstream orders: the breaker is open: 100% of exchanges fail/);
    assert.match(gate.output(), /upstream orders: 127\.0\.0\.1:\d+ is set aside for \d+ s, failures in a row/);
    assert.match(gate.output(), /upstream orders: no address is in use any more/);

    service = await startService('127.0.0.1', service.port);
    const tried = async () => (await curl(project, gate.port, '/api/orders')).status === 200;
    await until(tried, 'it is tried again');
    await until(tried, 'and used');
    await until(() => /the breaker is closed/.test(gate.output()), 'it closes');
    const events = (await recordsOf(project)).filter((one) => JSON.stringify(one).includes('upstream_changed'));
    assert.ok(events.length >= 4, 'each is on record');
    assert.ok(!JSON.stringify(events).includes('bolt'));
  });

  it('keeps its connections over a reload in the middle of traffic, and opens others for another upstream', async () => {
    await start('      timeouts: { response: 5s }');
    const client = keptClient(project, gate.port, 'acme-erp');
    const call = async () => assert.equal((await client.send({ path: '/api/orders' })).status, 200);
    await call();
    const accepted = service.seen.accepted;
    let running = true;
    const traffic = (async () => {
      while (running) await call();
    })();
    project.write(
      'policies/more.cedar',
      '@id("nobody")\nforbid (principal, action == Action::"read", resource) when { false };\n',
    );
    await reload(gate, 'switched');
    await call();
    running = false;
    await traffic;
    assert.equal(service.seen.accepted, accepted, 'no further connection');

    change('response: 5s', 'response: 6s');
    await reload(gate, 'switched');
    await call();
    assert.equal(service.seen.accepted, accepted + 1);
    client.end();
  });

  it('checks the addresses of the plan in force, from the start, and of no other', async () => {
    const checks = '      health: { path: /healthz, interval: 100ms }';
    await start(checks);
    await until(() => service.seen.checks > 2, 'checked before any call');
    change(checks, '');
    await reload(gate, 'switched');
    await sleep(150);
    const { checks: settled } = service.seen;
    await sleep(400);
    assert.equal(service.seen.checks, settled);
    assert.equal((await curl(project, gate.port, '/api/orders')).status, 200);
  });

  it('uses all endpoints of an upstream, and leaves out the one that is gone', async () => {
    const second = await startService('127.0.0.2', service.port);
    await start(`      endpoints: [{ host: 127.0.0.1 }, { host: 127.0.0.2, weight: 2 }]`);
    const before_ = service.seen.requests;
    for (let i = 0; i < 9; i++) assert.equal((await curl(project, gate.port, '/api/orders')).status, 200);
    assert.equal(service.seen.requests - before_, 3);
    assert.equal(second.seen.requests, 6);
    await second.close();
    for (let i = 0; i < 9; i++) assert.equal((await curl(project, gate.port, '/api/orders')).status, 200);
  });
});

function configOf({ config }: Project): string {
  return readFileSync(config, 'utf8');
}
