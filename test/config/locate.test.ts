import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { locateGate } from '../../src/config/locate.ts';
import { LoadError } from '../../src/core/errors/faults.ts';
import { edit, GATE, loadProject, makeProject } from './project.ts';

async function located(context: Parameters<typeof makeProject>[0], text: string) {
  const folder = await makeProject(context, { 'sallyport.yaml': text });
  const { socket, ...rest } = await locateGate(join(folder, 'sallyport.yaml'));
  return { ...rest, socket: socket.replace(`${folder}/`, '') };
}

const UNIX = [{ kind: 'unix' }];

test('a gate is found where its configuration puts it', async (context) => {
  const usual = { listen: UNIX, socket: '.sallyport/data/admin.sock', certain: true };
  assert.deepEqual(await located(context, GATE), usual);
  const data = edit(GATE, '  name: orders-gate\n', '  name: orders-gate\n  data: /srv/data\n');
  assert.equal((await located(context, data)).socket, '/srv/data/admin.sock');
  const admin = `${GATE}admin: { listen: ["127.0.0.1:9464"], socket: run/gate.sock }\n`;
  assert.deepEqual(await located(context, admin), {
    listen: [{ kind: 'tcp', address: '127.0.0.1', port: 9464 }],
    socket: 'run/gate.sock',
    certain: true,
  });
});

test('it is found in the same place as the gate itself takes', async (context) => {
  const text = `${GATE}admin: { socket: run/gate.sock }\n`;
  const folder = await makeProject(context, { 'sallyport.yaml': text });
  const { socket } = await locateGate(join(folder, 'sallyport.yaml'));
  assert.equal(socket, (await loadProject(folder)).admin.socket);
});

test('it is found while its configuration has faults, where these are elsewhere', async (context) => {
  const data = edit(GATE, '  name: orders-gate\n', '  name: Not A Name\n  data: run\n');
  const faulty = edit(data, 'zones:\n', 'zonez:\n');
  assert.deepEqual(await located(context, faulty), { listen: UNIX, socket: 'run/admin.sock', certain: true });
  const admin = `${GATE}admin: { listen: 7, socket: [] }\n`;
  assert.deepEqual(await located(context, admin), {
    listen: UNIX,
    socket: '.sallyport/data/admin.sock',
    certain: true,
  });
});

test('where the file is no YAML the usual place is taken, and said to be a guess', async (context) => {
  for (const text of ['gate: "', '', '- 1', '\u0000']) {
    const { socket, listen } = await located(context, text);
    assert.deepEqual([socket, listen], ['.sallyport/data/admin.sock', UNIX], JSON.stringify(text));
  }
  assert.equal((await located(context, 'gate: "')).certain, false);
});

test('without a file there is no gate to find', async (context) => {
  const folder = await makeProject(context);
  await assert.rejects(locateGate(join(folder, 'none.yaml')), (error: unknown) => {
    return error instanceof LoadError && /does not exist\n.*--config/.test(error.message);
  });
});
