import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { lineOf } from '../../src/processes/message-lines.ts';
import { hearMessages } from '../../src/processes/message-stream.ts';

test('messages that come without end are handled in turns, in their order, before the end of the stream', async () => {
  const stream = new PassThrough();
  const heard: unknown[] = [];
  let [in_turn, most] = [0, 0];
  const turn = (): void => {
    in_turn = 0;
    if (heard.length < 3_500) setImmediate(turn);
  };
  setImmediate(turn);
  const allHeard = hearMessages(stream, 1_000, (message) => {
    heard.push(message);
    most = Math.max(most, ++in_turn);
  });
  const messages = Array.from({ length: 2_500 }, (_, number) => ({ number }));
  for (let from = 0; from < messages.length; from += 500) {
    stream.write(
      messages
        .slice(from, from + 500)
        .map(lineOf)
        .join(''),
    );
  }
  stream.end('\n'.repeat(1_000));
  await once(stream, 'close');
  await allHeard();
  assert.deepEqual(heard, [...messages, ...Array(1_000).fill(undefined)]);
  assert.ok(most <= 100, `${most} in one turn`);
});
