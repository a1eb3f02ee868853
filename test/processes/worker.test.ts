/** What a worker says of its link to the recorder. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import { RemoteLog } from '../../src/core/audit/index.ts';
import type { FromWorker } from '../../src/processes/messages.ts';
import { createWorker, type WorkerPorts } from '../../src/processes/worker.ts';
import { until } from '../acceptance/durability/site.ts';

test('a worker says which link broke, and nothing of one that another took the place of', async () => {
  const said: FromWorker[] = [];
  const ends: { destroy(): void }[] = [];
  const worker = createWorker({
    log: new RemoteLog({
      product_version: '0.0.0',
      waiting_bytes: 1_000,
      late_ms: 5_000,
      now: () => performance.now(),
    }),
    connectLink: () => {
      const [end] = duplexPair();
      ends.push(end);
      return Promise.resolve(end as unknown as Socket);
    },
    say: (message) => void said.push(message),
  } as Partial<WorkerPorts> as WorkerPorts);
  for (const number of [4, 7]) {
    worker.hear({ say: 'link', number, path: '' }, undefined);
    await until('it is linked', () => said.some((one) => one.say === 'linked' && one.number === number));
  }
  for (const end of ends) end.destroy();
  await until('it says so', () => said.some(({ say }) => say === 'unlinked'));
  assert.deepEqual(said, [
    { say: 'linked', number: 4, done: true },
    { say: 'linked', number: 7, done: true },
    { say: 'unlinked', link: 7 },
  ]);
});
