/** A process of a gate, as its supervisor sees it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describeEnd, startChild } from '../../src/processes/child.ts';

for (const channel of ['ipc', 'lines'] as const) {
  test(`a process that the system does not start has ended, and throws nothing (${channel})`, async () => {
    // More than the system takes as one variable: as with no memory left, Node.js throws.
    const env = { MUCH: 'x'.repeat(4 * 1024 * 1024) };
    const child = startChild({ entry: '', exec_path: process.execPath, exec_argv: [], env, channel, descriptors: [] });
    child.send({});
    child.kill();
    assert.equal(describeEnd(await child.ended), 'could not be started');
    const none = startChild({ entry: '', exec_path: '/nowhere', exec_argv: [], env: {}, channel, descriptors: [] });
    none.onMessage(() => undefined);
    none.send({});
    assert.equal(describeEnd(await none.ended), 'could not be started');
  });
}

const MIB = 1024 * 1024;
const PATIENCE_MS = 30_000;

const lines = { exec_path: process.execPath, env: process.env, channel: 'lines', descriptors: [] } as const;

test('a process that reads nothing of what it is told is killed, and that is why', async () => {
  const child = startChild<never, object>({ ...lines, entry: '', exec_argv: ['-e', 'setInterval(() => {}, 1000)'] });
  for (let mebibytes = 0; mebibytes < 32; mebibytes++) child.send({ told: 'x'.repeat(MIB) });
  const end = await Promise.race([child.ended, sleep(PATIENCE_MS, null, { ref: false })]);
  child.kill();
  assert.equal(end && describeEnd(end), 'did not read what it was told');
});

test('a message of any size may wait until a process reads', async () => {
  const entry = fileURLToPath(new URL('./kept-child.ts', import.meta.url));
  const child = startChild<unknown, object>({ ...lines, entry, exec_argv: [] });
  child.send({ say: 'echo', number: 1, plan: 'x'.repeat(40 * MIB) });
  for (let mebibytes = 0; mebibytes < 8; mebibytes++) child.send({ say: 'nothing', told: 'x'.repeat(MIB) });
  assert.ok(child.unread_bytes() > 40 * MIB);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  child.onMessage(resolve);
  assert.deepEqual(await promise, { say: 'heard', number: 1 });
  child.send({ say: 'end' });
  assert.equal(describeEnd(await child.ended), 'exit code 7');
});
