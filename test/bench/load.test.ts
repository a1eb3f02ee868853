import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnswerReader } from '../../bench/gate/load/answer-reader.ts';
import { type Caller, type Done, NOTHING_AGREED } from '../../bench/gate/load/caller.ts';
import { closedLoop, openLoop } from '../../bench/gate/load/loops.ts';
import { lastToFirst, type SoakSample } from '../../bench/gate/soak.ts';

function caller(send: (done: Done) => void): Caller {
  return { sample: '', agreed: NOTHING_AGREED, send, close: () => undefined };
}

test('a caller that failed is counted once and stays out, while the others go on', async () => {
  const good = caller((done) => setImmediate(done, null, 1));
  const bad = caller((done) => setImmediate(done, 'broken', 0));
  const { errors, first_error, requests } = await closedLoop([bad, good], 0.05);
  assert.equal(errors, 1);
  assert.equal(first_error, 'broken');
  assert.ok(requests >= 2);
});

test('at a fixed rate a target that stalls makes what came meanwhile wait, and all of it is counted', async () => {
  let first = true;
  const stalling = caller((done) => {
    setTimeout(done, first ? 200 : 0, null, 0);
    first = false;
  });
  const { requests, errors, latency_us } = await openLoop([stalling], 0.2, 100);
  assert.equal(requests, 20);
  assert.equal(errors, 0);
  // A closed loop would have one slow answer in 20; here those that were meant to be sent meanwhile were late as well.
  assert.ok(latency_us.p50 > 50_000, `${latency_us.p50}`);
});

test('an answer ends where its length or its last chunk says, and a second one is an error', () => {
  const reader = createAnswerReader();
  assert.equal(reader.push(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{')), null);
  assert.equal(reader.push(Buffer.from('}'))?.body(), '{}');
  assert.equal(reader.push(Buffer.from('HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'))?.status, 404);
  assert.throws(() => reader.push(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n12')), /more than one/);
});

test('a soak compares the last minute with the first, for each workload by itself', () => {
  const sample = (workload: string, at: number): SoakSample => ({
    at_seconds: at * 10,
    workload,
    requests: 1000,
    errors: 0,
    cpu_us_per_exchange: at < 6 ? 100 : 150,
    rss_bytes: 1,
    pss_bytes: at < 6 ? 100 : 110,
    heap_bytes: null,
    descriptors: 20,
    processes: 1,
    p50_us: 1,
    p99_us: 1,
  });
  const twelve = Array.from({ length: 12 }, (_, at) => sample('get', at));
  assert.deepEqual(lastToFirst([...twelve, sample('post', 0)]), [
    { workload: 'get', cpu: 1.5, memory: 1.1, heap: null, descriptors: 1 },
  ]);
});
