/** A process of a gate, as its supervisor sees it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
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
