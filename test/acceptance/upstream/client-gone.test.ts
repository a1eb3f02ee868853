import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { curl } from '../harness/curl.ts';
import { type GateProcess, startGateProcess } from '../harness/gate-process.ts';
import { outcomesOf, untilOutcome } from '../harness/outcomes.ts';
import { makeProject, type Project } from '../harness/project.ts';
import { message, type RawUpstream, startRawUpstream, type Turn } from '../harness/raw-upstream.ts';
import { missingTools } from '../harness/tools.ts';
import { ORDER } from '../harness/upstream.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const ORDER_BODY = '{"item":"bolt","quantity":3}';
const WAIT_MS = 5_000;

describe('a client that is killed', { skip: missingTools('curl') }, () => {
  let upstream: RawUpstream;
  let project: Project;
  let gate: GateProcess;

  before(async () => {
    upstream = await startRawUpstream();
    project = await makeProject({ upstream_url: upstream.url });
    gate = await startGateProcess(project);
  });
  after(async () => {
    await gate.stop();
    await upstream.close();
    project.remove();
  });

  function startCurl(args: readonly string[]): ChildProcess {
    const identity = ['--cert', `${project.pki}/acme-erp.pem`, '--key', `${project.pki}/acme-erp.key`];
    const where = ['--resolve', `localhost:${gate.port}:127.0.0.1`, `https://localhost:${gate.port}/api/orders`];
    const ca = ['--cacert', `${project.pki}/gate-ca.pem`];
    const all = ['--verbose', ...ca, ...identity, ...args, ...where];
    return spawn('curl', all, { stdio: ['pipe', 'ignore', 'pipe'] });
  }

  /** Resolves once curl has told this of its doings. */
  function said(client: ChildProcess, what: RegExp): Promise<void> {
    let text = '';
    return new Promise((resolve) => {
      client.stderr!.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        if (what.test(text)) resolve();
      });
    });
  }

  /** Resolves with the turn once the next request has reached the upstream, which keeps it waiting. */
  function nextTurn(): Promise<Turn> {
    return new Promise((resolve) => upstream.answer(resolve));
  }

  async function kill(child: ChildProcess): Promise<void> {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async function until(test: () => boolean): Promise<void> {
    const late = performance.now() + WAIT_MS;
    while (!test()) {
      assert.ok(performance.now() < late, 'it did not come to pass');
      await sleep(10);
    }
  }

  for (const version of ['--http1.1', '--http2']) {
    it(`while its POST is executed leaves the outcome on record (${version.slice(2)})`, async () => {
      const before_run = (await outcomesOf(project)).filter(({ kind }) => kind === 'outcome').length;
      const turn = nextTurn();
      const client = startCurl([version, '-H', 'content-type: application/json', '--data', ORDER_BODY]);
      const { socket } = await turn;
      await kill(client);
      // Time for the gate to learn of it; the upstream answers to nobody.
      await sleep(100);
      socket.write(message(201, JSON_TYPE, JSON.stringify(ORDER)));
      const outcome = await untilOutcome(project, ({ kind }) => kind === 'outcome', before_run + 1);
      assert.equal(outcome.method, 'POST');
      assert.equal(outcome.upstream?.status, 201);
      const records = (await outcomesOf(project)).filter(({ exchange_id }) => exchange_id === outcome.exchange_id);
      assert.deepEqual(
        records.map(({ kind }) => kind),
        ['intent', 'outcome'],
      );
    });

    it(`while its GET waits is recorded as CLIENT_GONE, and the upstream is let go (${version.slice(2)})`, async () => {
      const before_run = (await outcomesOf(project)).filter(({ code }) => code === 'CLIENT_GONE').length;
      const turn = nextTurn();
      const client = startCurl([version]);
      const { socket } = await turn;
      await kill(client);
      const outcome = await untilOutcome(project, ({ code }) => code === 'CLIENT_GONE', before_run + 1);
      assert.equal(outcome.method, 'GET');
      assert.equal(outcome.machine, 'acme-erp');
      await until(() => socket.destroyed);
    });

    it(`while it sends its body is recorded as CLIENT_GONE, and nothing was forwarded (${version.slice(2)})`, async () => {
      const before_run = (await outcomesOf(project)).filter(({ code }) => code === 'CLIENT_GONE').length;
      const turns_before = upstream.turns.length;
      const client = startCurl([version, '-H', 'content-type: application/json', '-X', 'POST', '-T', '-']);
      client.stdin!.on('error', () => undefined);
      client.stdin!.write(ORDER_BODY.slice(0, 10));
      await said(client, /^> POST /m);
      // Time for the gate to begin to read the body; less would show the same of an earlier moment.
      await sleep(300);
      await kill(client);
      const outcome = await untilOutcome(project, ({ code }) => code === 'CLIENT_GONE', before_run + 1);
      assert.equal(outcome.method, 'POST');
      const records = (await outcomesOf(project)).filter(({ exchange_id }) => exchange_id === outcome.exchange_id);
      assert.deepEqual(
        records.map(({ kind }) => kind),
        ['outcome'],
      );
      assert.equal(upstream.turns.length, turns_before);
    });
  }

  it('leaves a gate that serves the next one', async () => {
    upstream.answer(({ socket }) => void socket.write(message(200, JSON_TYPE, JSON.stringify({ orders: [ORDER] }))));
    assert.equal((await curl(project, gate.port, '/api/orders')).status, 200);
    assert.doesNotMatch(gate.output(), /defect/);
  });
});
