/** The real collector: Prometheus scrapes a gate by the configuration in deploy/prometheus, with its alert rules. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { curl } from '../../acceptance/harness/curl.ts';
import { startGateProcess } from '../../acceptance/harness/gate-process.ts';
import { makeProject } from '../../acceptance/harness/project.ts';
import { findTool, missingTools } from '../../acceptance/harness/tools.ts';
import { startFakeUpstream } from '../../acceptance/harness/upstream.ts';

const DEPLOY = join(import.meta.dirname, '..', '..', '..', 'deploy', 'prometheus');
const WAIT_MS = 60_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Prometheus with our files, but for the port of the gate and how often it looks. */
function startPrometheus(context: TestContext, port: number, gate_port: number): ChildProcess {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-prometheus-'));
  const config = readFileSync(join(DEPLOY, 'prometheus.yaml'), 'utf8')
    .replace('127.0.0.1:9464"]\n', `127.0.0.1:${gate_port}"]\n`)
    .replace('scrape_interval: 15s', 'scrape_interval: 1s\n  evaluation_interval: 1s')
    .replace('alerts.yaml', join(DEPLOY, 'alerts.yaml'));
  writeFileSync(join(folder, 'prometheus.yaml'), config);
  const prometheus = spawn(
    findTool('prometheus') ?? '',
    [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  context.after(async () => {
    const ended = once(prometheus, 'exit');
    prometheus.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  return prometheus;
}

test('Prometheus scrapes a gate, and its numbers are those of the calls', {
  skip: missingTools('prometheus', 'curl'),
}, async (context) => {
  const upstream = await startFakeUpstream();
  context.after(() => upstream.close());
  const gate_port = await freePort();
  const project = await makeProject({
    upstream_url: upstream.url,
    more: `admin: { listen: [unix, "127.0.0.1:${gate_port}"] }\n`,
  });
  context.after(() => project.remove());
  const gate = await startGateProcess(project);
  context.after(() => gate.stop());
  const port = await freePort();
  const prometheus = startPrometheus(context, port, gate_port);

  async function query(expression: string): Promise<string | undefined> {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`;
    const answer = await fetch(url).catch(() => null);
    if (!answer?.ok) return undefined;
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    return data.result[0]?.value[1];
  }

  async function until(expression: string, wanted: string): Promise<void> {
    const end = Date.now() + WAIT_MS;
    let found = await query(expression);
    while (found !== wanted) {
      assert.equal(prometheus.exitCode, null, 'Prometheus ended');
      assert.ok(Date.now() < end, `${expression} is ${found}, not ${wanted}`);
      await sleep(200);
      found = await query(expression);
    }
  }

  await until('up{job="sallyport"}', '1');
  await until('sallyport_ready', '1');
  for (let n = 0; n < 3; n++) await curl(project, gate.port, '/api/orders?limit=5');
  await curl(project, gate.port, '/api/orders?limit=500');
  await until('sum(sallyport_exchanges_total{operation="orders.listOrders",verdict="allowed"})', '3');
  await until('sum(sallyport_exchanges_total{code="VALIDATE_PARAMETER"})', '1');
  await until('sum(sallyport_step_duration_seconds_count{step="forward"})', '3');
  await until('count(ALERTS{alertstate="firing"}) or vector(0)', '0');
});
