/** Budgets shared by processes over the channel that Node.js gives them. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BudgetHub, readShareReport } from '../../src/core/limits/index.ts';
import { boundsOf } from './share-bounds.ts';

const ROUND_MS = 10;

interface Worker {
  readonly process: ChildProcess;
  ask<T>(question: 'takeAll' | 'enterAll' | 'look'): Promise<T>;
}

interface Look {
  readonly remaining: number;
  readonly has_place: boolean;
}

/** As in share-worker.ts. */
const hub = new BudgetHub(boundsOf({ names: ['machine'], rate: { quota: 100, window_ms: 3_600_000 }, max_places: 5 }));
const workers = new Map<string, ChildProcess>();
const rounds = setInterval(() => {
  for (const [id, child] of workers) {
    const update = hub.updateFor(id, performance.now());
    if (update && child.connected) child.send({ update });
  }
}, ROUND_MS);

after(() => {
  clearInterval(rounds);
  for (const child of workers.values()) child.kill('SIGKILL');
});

function start(id: string): Worker {
  const child = fork(new URL('./share-worker.ts', import.meta.url));
  workers.set(id, child);
  hub.joined(id, performance.now());
  child.on('message', (message: { readonly report?: unknown }) => {
    const report = readShareReport(message.report);
    if (report) hub.take(id, report, performance.now());
  });
  child.once('exit', () => {
    workers.delete(id);
    hub.left(id);
  });
  return {
    process: child,
    ask<T>(question: string) {
      const answered = new Promise<T>((resolve) => {
        const onMessage = (message: { readonly answer?: T }) => {
          if (message.answer === undefined) return;
          child.off('message', onMessage);
          resolve(message.answer);
        };
        child.on('message', onMessage);
      });
      child.send({ ask: question });
      return answered;
    },
  };
}

async function untilSeen(worker: Worker, seen: (look: Look) => boolean): Promise<void> {
  while (!seen(await worker.ask<Look>('look'))) await sleep(ROUND_MS);
}

test('processes refuse what others of them took and hold, a late one too, and places of a killed one are free', {
  timeout: 60_000,
}, async () => {
  const [one, two] = [start('one'), start('two')];
  assert.equal(await one.ask('takeAll'), 100);
  assert.equal(await one.ask('enterAll'), 5);
  await untilSeen(two, ({ remaining, has_place }) => remaining <= 1 && !has_place);
  const three = start('three');
  await untilSeen(three, ({ remaining, has_place }) => remaining <= 1 && !has_place);
  one.process.kill('SIGKILL');
  await once(one.process, 'exit');
  for (const worker of [two, three]) {
    await untilSeen(worker, ({ has_place }) => has_place);
    assert.ok((await worker.ask<number>('takeAll')) <= 1);
  }
});
