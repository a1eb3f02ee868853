import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openAdmin } from '../../src/admin/open-admin.ts';
import { LoadError } from '../../src/core/errors/index.ts';
import { ask, freshFolder, opened, PORTS } from './world.ts';

const LISTEN = [{ kind: 'unix' }] as const;

const listenFault = (words: RegExp) => (error: unknown) =>
  error instanceof LoadError &&
  error.faults[0]?.code === 'LISTEN' &&
  error.faults[0].suggestion !== undefined &&
  words.test(error.message);

test('the socket is for its owner alone, whatever the mask of the process', async (context) => {
  const before = process.umask(0);
  context.after(() => process.umask(before));
  const { socket } = await opened(context);
  assert.equal(statSync(socket).mode & 0o777, 0o600);
  assert.equal(process.umask(), 0, 'the mask is as it was');
});

test('a socket goes with its listener', async (context) => {
  const { admin, socket } = await opened(context);
  await admin.close();
  assert.equal(existsSync(socket), false);
});

test('a socket that a killed gate left behind is replaced', async (context) => {
  const socket = join(freshFolder(context), 'admin.sock');
  const killed = spawn(process.execPath, [
    '-e',
    `require('node:net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  await once(killed, 'exit');
  assert.ok(statSync(socket).isSocket());
  const admin = await openAdmin({ listen: LISTEN, socket, ports: PORTS });
  context.after(() => admin.close());
  assert.equal((await ask({ socket }, '/live')).status, 200);
});

test('a socket that another gate listens on is left to it', async (context) => {
  const { socket } = await opened(context);
  await assert.rejects(openAdmin({ listen: LISTEN, socket, ports: PORTS }), listenFault(/another program listens on/));
  assert.equal((await ask({ socket }, '/live')).status, 200);
});

test('what is no socket is never removed', async (context) => {
  const folder = freshFolder(context);
  const file = join(folder, 'notes');
  writeFileSync(file, 'mine');
  mkdirSync(join(folder, 'folder'));
  for (const socket of [file, join(folder, 'folder')]) {
    await assert.rejects(openAdmin({ listen: LISTEN, socket, ports: PORTS }), listenFault(/is no socket/));
  }
  assert.equal(readFileSync(file, 'utf8'), 'mine');
});

test('a path too long for a socket is a fault with what to do', async (context) => {
  const socket = join(freshFolder(context), 'a'.repeat(100), 'admin.sock');
  await assert.rejects(
    openAdmin({ listen: LISTEN, socket, ports: PORTS }),
    listenFault(/bytes long.*\n.*admin\.socket/),
  );
});

test('a folder that is not there is a fault with what to do', async (context) => {
  const socket = join(freshFolder(context), 'none', 'admin.sock');
  await assert.rejects(openAdmin({ listen: LISTEN, socket, ports: PORTS }), listenFault(/its folder does not exist/));
});

test('where one of two places cannot be opened, neither stays open', async (context) => {
  const other = await opened(context, { listen: [{ kind: 'tcp', address: '127.0.0.1', port: 0 }] });
  const socket = join(freshFolder(context), 'admin.sock');
  const listen = [...LISTEN, { kind: 'tcp', address: '127.0.0.1', port: other.port } as const];
  await assert.rejects(openAdmin({ listen, socket, ports: PORTS }), listenFault(/another program listens on 127/));
  assert.equal(existsSync(socket), false);
});
