/** What a caller can gain from the moment at which another plan comes into force. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { loadConfig } from '../../src/config/load.ts';
import { readRecords } from '../../src/core/audit/index.ts';
import { LoadError } from '../../src/core/errors/index.ts';
import { startGateProcess } from '../acceptance/harness/gate-process.ts';
import { makeProject } from '../acceptance/harness/project.ts';
import { ORDER, wellBehaved } from '../acceptance/harness/upstream.ts';
import { openRaw, type RawConnection, readAnswers } from '../acceptance/wire/raw-client.ts';
import { type AttackedGate, attackedGate, get, post } from './attacked-gate.ts';

const ORDER_TEXT = '{"item":"bolt","quantity":1}';
const SUSPENDED = 'party: acme\nsuspended: true\n';

let gate: AttackedGate;
const written = new Map<string, string>();

async function reload(): Promise<void> {
  await gate.gate.reload(await loadConfig(gate.project.config));
}

/** Replaces the one text of a file that fits; `restore` undoes it. */
function change(file: string, from: string | RegExp, to: string): void {
  const text = readFileSync(join(gate.project.folder, file), 'utf8');
  if (!written.has(file)) written.set(file, text);
  const changed = text.replace(from, to);
  assert.notEqual(changed, text);
  gate.project.write(file, changed);
}

async function restore(): Promise<void> {
  gate.upstream.answer(wellBehaved);
  for (const [file, text] of written) gate.project.write(file, text);
  written.clear();
  await reload();
}

const open = (as = 'acme-erp'): Promise<RawConnection> => openRaw({ port: gate.port, client: gate.identity(as) });
const answered = (connection: RawConnection) =>
  connection.until((received) => readAnswers(received).answers.length > 0, 5_000);

async function until(test: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
  while (!test()) {
    assert.ok(performance.now() < end, 'in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a reload', () => {
  before(async () => {
    gate = await attackedGate({
      zone_more: '    tls: intermediate\n    connections: { new_per_source: 100000/1s, per_source: 5000 }\n',
      more: 'limits: { source: 100000/1s, machine: 100000/1s, party: 100000/1s, operation: 100000/1s }\n',
    });
  });
  after(() => gate.stop());
  beforeEach(restore);

  it('again and again under load costs no exchange, and no intent is without its outcome', async () => {
    const policies = readFileSync(join(gate.project.folder, 'policies/orders.cedar'), 'utf8');
    const began = gate.outcomes.length;
    const calls: Promise<number>[] = [];
    for (let round = 0; round < 15; round++) {
      gate.project.write('policies/orders.cedar', `// ${round}\n${policies}`);
      const reloaded = reload();
      calls.push(gate.send(get('/api/orders')).then(({ status }) => status));
      calls.push(gate.send(post('/api/orders', ORDER_TEXT)).then(({ status }) => status));
      await new Promise((resolve) => setTimeout(resolve, 10));
      calls.push(gate.send(post('/api/orders', ORDER_TEXT)).then(({ status }) => status));
      await reloaded;
    }
    const statuses = await Promise.all(calls);
    assert.deepEqual([...new Set(statuses)].sort(), [200, 201]);
    assert.ok(new Set(gate.outcomes.slice(began).map(({ plan }) => plan)).size > 3, 'several plans were at work');
    const intents = new Set<string>();
    for await (const { kind, exchange_id } of records()) {
      if (exchange_id === null) continue;
      if (kind === 'intent') intents.add(exchange_id);
      if (kind === 'outcome') intents.delete(exchange_id);
    }
    assert.deepEqual([...intents], []);
    assert.deepEqual(gate.notices, []);
  });

  it('that suspends a party ends its call whose body is still coming: nothing is executed', async () => {
    const connection = await open();
    const began = gate.upstream.received.length;
    connection.write(post('/api/orders', ORDER_TEXT).slice(0, -5));
    await new Promise((resolve) => setTimeout(resolve, 50));
    change('parties/acme.yaml', 'party: acme\n', SUSPENDED);
    const outcomes = gate.outcomes.length;
    await reload();
    connection.write(ORDER_TEXT.slice(-5));
    assert.ok(await connection.untilClosed(3_000));
    assert.equal(connection.received().length, 0);
    await until(() => gate.outcomes.length > outcomes);
    assert.equal(gate.outcomes.at(-1)?.verdict, 'refused');
    assert.equal(gate.upstream.received.length, began);
  });

  it('that withdraws trust while the upstream works lets nothing out, and keeps the outcome of what was done', async () => {
    let finish: (() => void) | null = null;
    gate.upstream.answer((_request, response) => {
      finish = () => {
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end(JSON.stringify(ORDER));
      };
    });
    const connection = await open();
    connection.write(post('/api/orders', ORDER_TEXT));
    await until(() => finish !== null);
    const outcomes = gate.outcomes.length;
    change('parties/acme.yaml', 'party: acme\n', SUSPENDED);
    await reload();
    assert.ok(await connection.untilClosed(3_000));
    finish!();
    await until(() => gate.outcomes.length > outcomes);
    const outcome = gate.outcomes.at(-1);
    assert.equal(outcome?.upstream?.status, 201);
    assert.equal(outcome?.status, null, 'nothing was sent');
    assert.equal(connection.received().length, 0);
  });

  it('to a stricter TLS profile refuses TLS 1.2 from then on', async () => {
    const version = () =>
      new Promise<string>((resolve) => {
        const socket = connect({
          host: '127.0.0.1',
          port: gate.port,
          servername: 'localhost',
          maxVersion: 'TLSv1.2',
          ...gate.identity('acme-erp'),
        });
        socket.once('secureConnect', () => {
          resolve(socket.getProtocol() ?? '');
          socket.destroy();
        });
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
      });
    assert.equal(await version(), 'TLSv1.2');
    change('sallyport.yaml', 'tls: intermediate', 'tls: modern');
    await reload();
    assert.match(await version(), /ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/);
  });

  it('of files that everybody may write is refused, and the plan in force stays', async () => {
    const { digest } = gate.gate.loaded().plan;
    const path = join(gate.project.folder, 'policies/orders.cedar');
    chmodSync(path, 0o666);
    await assert.rejects(
      reload(),
      (error) => error instanceof LoadError && error.faults[0]?.code === 'CONFIG_FILE_MODE',
    );
    chmodSync(path, 0o600);
    assert.equal(gate.gate.loaded().plan.digest, digest);
    assert.equal((await gate.send(get('/api/orders'))).status, 200);
  });

  it('that the gate cannot follow is refused: another data folder', async () => {
    change('sallyport.yaml', 'data: data', 'data: elsewhere');
    await assert.rejects(reload(), (error) => error instanceof LoadError && /Restart/.test(error.message));
  });

  it('with a half-written key is refused, and new connections get the old one', async () => {
    const key = readFileSync(`${gate.project.pki}/gate.key`, 'utf8');
    change('pki/gate.key', key, key.slice(0, 100));
    await assert.rejects(reload(), LoadError);
    const connection = await open();
    connection.write(get('/api/orders'));
    assert.ok(await answered(connection));
    connection.destroy();
  });
});

describe('a gate that is told to stop', () => {
  it('does not begin with another plan, however often it is told to reload, and ends', async (context) => {
    const project = await makeProject({ upstream_url: 'http://127.0.0.1:9' });
    context.after(() => project.remove());
    const running = await startGateProcess(project);
    running.signal('SIGHUP');
    running.signal('SIGTERM');
    for (let signal = 0; signal < 5; signal++) running.signal('SIGHUP');
    const late = setTimeout(() => void running.kill(), 8_000);
    assert.equal(await running.exited, 0, running.output());
    clearTimeout(late);
    assert.doesNotMatch(running.output(), /stopping[\s\S]*is in force/);
  });
});

async function* records() {
  for await (const record of readRecords(join(gate.project.folder, 'data', 'audit'))) yield record;
}
