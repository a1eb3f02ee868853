/** Ports outlive workers and, where the service manager holds them, whole gates. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { BoundSocket, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeSite, until } from '../../acceptance/durability/site.ts';
import { runGateProcess } from '../../acceptance/harness/gate-process.ts';
import { outcomesOf } from '../../acceptance/harness/outcomes.ts';
import type { Project } from '../../acceptance/harness/project.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'bin', 'sallyport');

test('sockets that a service manager holds lose no call over a restart', async (context) => {
  const site = await makeSite(context, { workers: 2 });
  const bound = new BoundSocket({ host: '127.0.0.1', port: 0 });
  context.after(() => bound.close());
  const { port } = bound.address();
  givePort(site.project, port);
  // As systemd does it: LISTEN_PID is the process that gets the descriptors, from 3 on.
  const start = async () => {
    const command = `LISTEN_PID=$$ LISTEN_FDS=1 exec "${process.execPath}" "${LAUNCHER}" run --config "${site.project.config}"`;
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe', bound.fd()] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    context.after(() => void child.kill('SIGKILL'));
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await until('it runs', () => output.includes('is running'), 30_000);
    return {
      stop() {
        child.kill('SIGTERM');
        return exited;
      },
    };
  };
  let gate = await start();
  // A listener is judged by its own port in the address bar: the partner speaks to the held one.
  const partner = site.partner({ port } as never, { connections: 4, keep_alive: false });
  let running = true;
  const statuses: number[] = [];
  const load = Promise.all(
    Array.from({ length: 4 }, async () => {
      while (running) statuses.push((await partner.order()).status);
    }),
  );
  for (let round = 0; round < 2; round++) {
    assert.equal(await gate.stop(), 0);
    const before = statuses.length;
    gate = await start();
    await until('calls pass again', () => statuses.length > before + 4, 30_000);
  }
  running = false;
  await load;
  assert.ok(statuses.every((status) => status === 201));
  assert.equal(await gate.stop(), 0);
  const outcomes = (await outcomesOf(site.project)).filter(({ kind }) => kind === 'outcome');
  assert.equal(outcomes.length, statuses.length);
});

test('a port that another program has is told with its address, and nothing is left running', async (context) => {
  const site = await makeSite(context, { workers: 2 });
  const other = createServer().listen(0, '127.0.0.1');
  context.after(() => void other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  givePort(site.project, port);
  const run = await runGateProcess(site.project);
  assert.equal(run.code, 2);
  assert.match(run.stderr, new RegExp(`127\\.0\\.0\\.1:${port} is in use by another program`));
});

test('sockets that belong to no listener, and listeners without a socket, keep the gate from starting and are named', async (context) => {
  const site = await makeSite(context, { workers: 1 });
  const bound = new BoundSocket({ host: '127.0.0.1', port: 0 });
  context.after(() => bound.close());
  const { port } = bound.address();
  givePort(site.project, port === 65_535 ? 1024 : port + 1);
  const command = `LISTEN_PID=$$ LISTEN_FDS=1 exec "${process.execPath}" "${LAUNCHER}" run --config "${site.project.config}"`;
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'ignore', 'pipe', bound.fd()] });
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(code, 2);
  assert.match(
    output,
    new RegExp(`brought no socket for 127\\.0\\.0\\.1:${port + 1}; it brought 127\\.0\\.0\\.1:${port}`),
  );
});

function givePort(project: Project, port: number): void {
  project.write('sallyport.yaml', readFileSync(project.config, 'utf8').replace('port: 0', `port: ${port}`));
}
