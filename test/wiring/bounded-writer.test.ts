import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { boundedWriter } from '../../src/wiring/bounded-writer.ts';

const MAX_BYTES = 100_000;

/** A reader that takes what is written only when it is told to. */
function stopped() {
  const taken: string[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      waiting.push(() => {
        taken.push(chunk.toString());
        done();
      });
    },
  });
  const dropped: number[] = [];
  const write = boundedWriter({ stream, max_bytes: MAX_BYTES, onDropped: (lines) => void dropped.push(lines) });
  const read = async (): Promise<void> => {
    for (let take = waiting.shift(); take !== undefined; take = waiting.shift()) {
      take();
      await turn();
    }
  };
  return { stream, write, read, taken, dropped };
}

const LINE = `${'x'.repeat(99)}\n`;

test('what nobody reads is bounded, and how many lines that cost is told when somebody does', async () => {
  const { stream, write, read, taken, dropped } = stopped();
  for (let n = 0; n < 5_000; n++) write(LINE + LINE);
  assert.ok(stream.writableLength <= MAX_BYTES + 2 * LINE.length, `${stream.writableLength} bytes wait`);
  assert.deepEqual(dropped, []);
  await read();
  const lines = taken.join('').split('\n').length - 1;
  assert.deepEqual(dropped, [10_000 - lines]);
  write('and on\n');
  await read();
  assert.equal(taken.at(-1), 'and on\n');
});

test('whoever reads gets every line, and is told of none dropped', async () => {
  const { write, read, taken, dropped } = stopped();
  for (let n = 0; n < 3_000; n++) {
    write(LINE);
    await read();
  }
  assert.deepEqual([taken.length, dropped], [3_000, []]);
});

test('what is dropped in one stop is told once, and again after the next', async () => {
  const { write, read, dropped } = stopped();
  for (let stop = 0; stop < 3; stop++) {
    for (let n = 0; n < 2_000; n++) write(LINE);
    await read();
  }
  assert.equal(dropped.length, 3);
  assert.ok(dropped.every((lines) => lines > 900));
});
