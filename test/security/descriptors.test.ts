/** Strangers that hold every descriptor of a worker and come back as soon as one is closed, and a service that ends each connection. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until, WIDE_CONNECTIONS, WIDE_LIMITS } from '../acceptance/durability/site.ts';
import { startGateProcess } from '../acceptance/harness/gate-process.ts';
import { keptClient } from '../acceptance/harness/kept-client.ts';
import { processesOf } from '../acceptance/harness/processes.ts';
import { makeProject } from '../acceptance/harness/project.ts';
import { missingTools } from '../acceptance/harness/tools.ts';

/** Of each process of the gate. */
const LIMIT = 160;
const STRANGERS = 160;
const CALLS = 150;

test('who is connected is served on while strangers hold all descriptors, with a new connection for each call', {
  skip: missingTools('prlimit'),
}, async (context) => {
  const service = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end('{"orders":[]}');
  }).listen(0, '127.0.0.1');
  context.after(() => service.close());
  await once(service, 'listening');
  const upstream_url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  const project = await makeProject({ upstream_url, zone_more: WIDE_CONNECTIONS, more: WIDE_LIMITS });
  context.after(() => project.remove());
  const gate = await startGateProcess(project, { wrapper: ['prlimit', `--nofile=${LIMIT}`] });
  context.after(() => gate.kill());
  const client = keptClient(project, gate.port, 'acme-erp');
  context.after(() => client.end());
  const call = async () => (await client.send({ path: '/api/orders?limit=5' })).status;
  assert.equal(await call(), 200);

  let coming = true;
  const strangers = new Set<Socket>();
  const come = (): void => {
    const socket = connect(gate.port, '127.0.0.1').on('error', () => undefined);
    strangers.add(socket);
    socket.on('close', () => {
      strangers.delete(socket);
      if (coming) setTimeout(come, 5);
    });
  };
  context.after(() => {
    coming = false;
    for (const socket of strangers) socket.destroy();
  });
  for (let n = 0; n < STRANGERS; n++) come();
  const [worker] = processesOf(gate.pid, 'worker');
  const open = () => readdirSync(`/proc/${worker}/fd`).length;
  await until('all descriptors of the worker are held', () => open() >= LIMIT - 1, 20_000);

  const statuses = new Map<number, number>();
  for (let n = 0; n < CALLS; n++) {
    const status = await call();
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    await sleep(5);
  }
  assert.deepEqual([...statuses], [[200, CALLS]]);
  assert.match(gate.output(), /no descriptors are left/);

  coming = false;
  for (const socket of strangers) socket.destroy();
  await until(
    'it is told that there are some again',
    () => gate.output().includes('there are descriptors again'),
    20_000,
  );
});
