/** A process that has no descriptor left, made so by the system's own limit, and a service in another one. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { devNull } from 'node:os';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDialler, DialError, SpareDescriptors } from '../../src/core/resolver/index.ts';
import { missingTools } from '../acceptance/harness/tools.ts';

const skip = missingTools('prlimit');
const SPARE = 4;
/** Enough to start a program in when it is given back. */
const ROOM = 40;
const SERVICE = `require('net').createServer((s) => s.on('error', () => {}).resume())
  .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

let stop: () => void;
let port: number;

before(async () => {
  const service = spawn(process.execPath, ['-e', SERVICE], { stdio: ['ignore', 'pipe', 'inherit'] });
  stop = () => service.kill();
  const [line] = await once(service.stdout.setEncoding('utf8'), 'data');
  port = Number(line);
});

after(() => stop());

const openOne = (): number => openSync(devNull, 'r');

/** Sets this process's own limit, and takes every descriptor below it; gives them back in the end. */
function exhaust(): { readonly taken: number[]; end(): void } {
  const limit = readdirSync('/proc/self/fd').length + ROOM;
  execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${limit}:`]);
  const taken: number[] = [];
  try {
    for (;;) taken.push(openOne());
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EMFILE');
  }
  return {
    taken,
    end() {
      for (const descriptor of taken) closeSync(descriptor);
      execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=1024:']);
    },
  };
}

test('without a descriptor as many connections as are held back are made, and the next is refused', {
  skip,
}, async () => {
  const told: boolean[] = [];
  const spare = new SpareDescriptors({ count: SPARE, open: openOne, close: closeSync });
  spare.hold((short) => told.push(short));
  const dialler = createDialler({ lookup: async () => [], now: () => performance.now(), spare });
  const timeouts = { resolve_ms: 1_000, connect_ms: 1_000, handshake_ms: 1_000 };
  const dial = async (): Promise<Socket> =>
    (await dialler.dial({ host: '127.0.0.1', port, tls: null, timeouts })).socket;
  const unreachable = (error: unknown) => {
    assert.ok(error instanceof DialError);
    assert.deepEqual([error.code, error.reason], ['FORWARD_UNREACHABLE', 'EMFILE']);
    return true;
  };

  const all = exhaust();
  try {
    const sockets = await Promise.all(Array.from({ length: SPARE }, dial));
    assert.deepEqual(told, [true]);
    await assert.rejects(dial, unreachable);

    // One that ends is held back again before strangers can have it.
    sockets.pop()!.destroy();
    await sleep(50);
    assert.throws(openOne, { code: 'EMFILE' });
    sockets.push(await dial());
    await assert.rejects(dial, unreachable);
    assert.deepEqual(told, [true]);

    // What others give back is seen within two seconds.
    for (const descriptor of all.taken.splice(-SPARE)) closeSync(descriptor);
    const end_ms = performance.now() + 5_000;
    while (told.length < 2 && performance.now() < end_ms) await sleep(20);
    assert.deepEqual(told, [true, false]);
    assert.throws(openOne, { code: 'EMFILE' });
    for (const socket of sockets) socket.destroy();
  } finally {
    all.end();
  }
});

test('dials that fail leave the spare ones as many as they were', { skip }, async () => {
  const spare = new SpareDescriptors({ count: SPARE, open: openOne, close: closeSync });
  spare.hold(() => undefined);
  const dialler = createDialler({ lookup: async () => [], now: () => performance.now(), spare });
  const timeouts = { resolve_ms: 1_000, connect_ms: 1_000, handshake_ms: 1_000 };
  const all = exhaust();
  try {
    for (let n = 0; n < 10 * SPARE; n++) {
      const refused = { code: 'FORWARD_UNREACHABLE', reason: 'ECONNREFUSED' };
      await assert.rejects(dialler.dial({ host: '127.0.0.1', port: 1, tls: null, timeouts }), refused);
    }
    (await dialler.dial({ host: '127.0.0.1', port, tls: null, timeouts })).socket.destroy();
  } finally {
    all.end();
  }
});

test('that there are too few from the start is told, and mended once there are more', { skip }, async () => {
  const told: boolean[] = [];
  const all = exhaust();
  const spare = new SpareDescriptors({ count: SPARE, open: openOne, close: closeSync });
  try {
    spare.hold((short) => told.push(short));
    assert.deepEqual([told, spare.short], [[true], true]);
  } finally {
    all.end();
  }
  const end_ms = performance.now() + 5_000;
  while (told.length < 2 && performance.now() < end_ms) await sleep(20);
  assert.deepEqual([told, spare.short], [[true, false], false]);
});

test('a connection that fails otherwise costs no spare one', async () => {
  const spare = new SpareDescriptors({ count: 1, open: openOne, close: () => assert.fail('was given') });
  spare.hold(() => assert.fail('was told'));
  const dialler = createDialler({ lookup: async () => [], now: () => performance.now(), spare });
  const timeouts = { resolve_ms: 1_000, connect_ms: 1_000, handshake_ms: 1_000 };
  await assert.rejects(dialler.dial({ host: '127.0.0.1', port: 1, tls: null, timeouts }), {
    code: 'FORWARD_UNREACHABLE',
    reason: 'ECONNREFUSED',
  });
});
