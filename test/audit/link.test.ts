import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { eventEntry, outcomeEntry } from '../../src/core/audit/entry.ts';
import { RemoteLog } from '../../src/core/audit/link/remote-log.ts';
import { serveLog } from '../../src/core/audit/link/serve.ts';
import { entryLine, FrameReader, frame, ReplyReader, replyLine, WireError } from '../../src/core/audit/link/wire.ts';
import { createSerializer } from '../../src/core/audit/ocsf.ts';
import { AuditUnavailable } from '../../src/core/audit/unavailable.ts';
import { socketPair } from '../../src/processes/link.ts';
import { Disk } from './disk.ts';
import { freshFolder, intent, openLog, outcome, summary } from './records.ts';

const unavailable =
  (reason: string, os_code: string | null = null) =>
  (error: unknown): boolean =>
    error instanceof AuditUnavailable && error.reason === reason && error.os_code === os_code;

const remote = (waiting_bytes = 1_000_000, late_ms = 60_000) =>
  new RemoteLog({ product_version: '1.2.3', waiting_bytes, late_ms, now: () => performance.now() });

async function linked(context: TestContext, { disk = new Disk(), waiting_bytes = 1_000_000, late_ms = 60_000 } = {}) {
  const folder = freshFolder(context);
  const log = await openLog(folder, { fs: disk });
  const far = remote(waiting_bytes, late_ms);
  const [near_end, far_end] = await socketPair(tmpdir());
  const served = serveLog(log, near_end);
  far.attach(far_end);
  const opened = new Promise<void>((resolve) => far.onResume(resolve));
  await opened;
  return { folder, log, far, near_end, far_end, served, disk };
}

test('a record that another process made is acknowledged only when it is on disk', async (context) => {
  const { folder, log, far, disk } = await linked(context);
  disk.hold();
  let acknowledged = false;
  const call = far.outcome(outcome('e1')).then(() => {
    acknowledged = true;
  });
  await sleep(20);
  assert.equal(acknowledged, false);
  disk.release();
  await call;
  assert.deepEqual(await summary(folder), ['outcome:e1']);
  await far.close();
  await log.close();
});

test('an intent and its outcome over a link read back as they were made', async (context) => {
  const { folder, log, far } = await linked(context);
  await far.intent(intent('e1'));
  await far.outcome(outcome('e1'));
  await far.event({ event: 'gate_started', at_ms: 1, plan: null, data: {} });
  assert.deepEqual(await summary(folder), ['intent:e1', 'outcome:e1', 'event:gate_started']);
  await far.close();
  await log.close();
});

test('what a process that died had begun is closed as OUTCOME_UNKNOWN, also where it is still being written', async (context) => {
  const { folder, log, far, far_end, served, disk } = await linked(context);
  await far.intent(intent('durable'));
  disk.hold();
  const writing = far.intent(intent('writing'));
  writing.catch(() => undefined);
  await sleep(20);
  far_end.destroy();
  await sleep(20);
  disk.release();
  await served;
  await log.close();
  assert.deepEqual(await summary(folder), [
    'intent:durable',
    'intent:writing',
    'outcome:durable:OUTCOME_UNKNOWN',
    'outcome:writing:OUTCOME_UNKNOWN',
  ]);
});

test('without a writer nothing is taken, and what was begun before has no second outcome', async (context) => {
  const { folder, log, far, near_end, served } = await linked(context);
  await far.intent(intent('e1'));
  const failed = new Promise<AuditUnavailable>((resolve) => far.onFailure(resolve));
  near_end.destroy();
  assert.equal((await failed).reason, 'recorder');
  await served;
  await assert.rejects(far.intent(intent('e2')), unavailable('recorder'));
  const [again, far_again] = await socketPair(tmpdir());
  void serveLog(log, again);
  const resumed = new Promise<void>((resolve) => far.onResume(resolve));
  far.attach(far_again);
  await resumed;
  await assert.rejects(far.outcome(outcome('e1')), unavailable('recorder'));
  await far.outcome(outcome('e3'));
  await far.close();
  await log.close();
  assert.deepEqual(await summary(folder), ['intent:e1', 'outcome:e1:OUTCOME_UNKNOWN', 'outcome:e3']);
});

test('a full disk is told to every process, and so is its end', async (context) => {
  const disk = new Disk();
  const { log, far } = await linked(context, { disk });
  await far.intent(intent('e1'));
  disk.free_bytes = 0;
  const failed = new Promise<AuditUnavailable>((resolve) => far.onFailure(resolve));
  await assert.rejects(far.outcome(outcome('e1')), unavailable('write', 'ENOSPC'));
  assert.equal((await failed).os_code, 'ENOSPC');
  await assert.rejects(far.intent(intent('e2')), unavailable('failed'));
  const resumed = new Promise<void>((resolve) => far.onResume(resolve));
  disk.free_bytes = Number.POSITIVE_INFINITY;
  await resumed;
  await far.outcome(outcome('e3'));
  await far.close();
  await log.close();
});

test('when too much is on its way new work is refused, executed work is still taken', async (context) => {
  const { folder, log, far, disk } = await linked(context, { waiting_bytes: 3_000 });
  await far.intent(intent('e1'));
  disk.hold();
  const many = [far.outcome(outcome('a')), far.outcome(outcome('b')), far.outcome(outcome('c'))];
  await assert.rejects(far.intent(intent('e2')), unavailable('backlog'));
  const executed = far.outcome(outcome('e1'));
  disk.release();
  await Promise.all([...many, executed]);
  await far.close();
  await log.close();
  assert.equal((await summary(folder)).at(-1), 'outcome:e1');
});

test('bytes that are no records end the link and leave the log as it is', async (context) => {
  const lines = [
    'x1 a\u0000b\u0001c\n',
    'oe1 no place\n',
    'oe1 a\u0001b\u0000c\n',
    'oe1 a\u0000b\u0001c\rd\n',
    'oe1 a\u0000b\u0001c',
  ];
  for (const line of lines) {
    const { folder, log, far_end, served } = await linked(context);
    far_end.write(frame(1, line));
    await served;
    assert.deepEqual(await summary(folder), [], JSON.stringify(line));
    await log.close();
  }
});

test('frames and replies come out as they went in, however the bytes are cut', () => {
  const id = fc.stringMatching(/^[!-~]{0,40}$/);
  const text = fc.stringMatching(/^[ -~]{0,40}$/);
  const entry = fc.record(
    {
      kind: fc.constantFrom('intent' as const, 'outcome' as const, 'event' as const),
      exchange_id: id,
      text: fc.tuple(text, text, text).map(([a, b, c]) => `${a}\u0000${b}\u0001${c}\n`),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(
      fc.array(fc.array(entry, { minLength: 1 }), { maxLength: 5 }),
      fc.integer({ min: 1, max: 50 }),
      (shipments, size) => {
        const bytes = Buffer.concat(shipments.map((entries, index) => frame(index, entries.map(entryLine).join(''))));
        const reader = new FrameReader();
        const frames: unknown[] = [];
        for (let at = 0; at < bytes.length; at += size) frames.push(...reader.push(bytes.subarray(at, at + size)));
        assert.deepEqual(
          frames,
          shipments.map((entries, number) => ({ number, entries })),
        );
      },
    ),
  );
  const reader = new ReplyReader();
  const replies = [
    { say: 'durable', number: 7 },
    { say: 'refused', number: 8, reason: 'write', os_code: 'ENOSPC' },
    { say: 'state', open: false, os_code: null },
    { say: 'state', open: true, os_code: null },
  ] as const;
  const heard = [...Buffer.from(replies.map(replyLine).join(''))].flatMap((byte) => reader.push(Buffer.of(byte)));
  assert.deepEqual(heard, replies);
});

test('of any bytes whatever only the declared error comes out', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 8 }), (chunks) => {
      const readers = [new FrameReader(), new ReplyReader()];
      for (const reader of readers) {
        try {
          for (const chunk of chunks) reader.push(Buffer.from(chunk));
        } catch (error) {
          assert.ok(error instanceof WireError);
        }
      }
    }),
  );
});

test('a frame in many small pieces costs no more than its bytes', { timeout: 60_000 }, () => {
  const reader = new FrameReader();
  const line = `e ${' '.repeat(1000)}\u0000\u0001\n`;
  const bytes = frame(1, line.repeat(16_000));
  let frames = 0;
  for (let at = 0; at < bytes.length; at += 256) frames += reader.push(bytes.subarray(at, at + 256)).length;
  assert.equal(frames, 1);
});

test('a process that sends and hears no answer is let go, and so is one that sends nothing in a frame', async (context) => {
  const one = await linked(context);
  one.far_end.pause();
  const record = entryLine(
    eventEntry(createSerializer('1'), { event: 'gate_started', at_ms: 1, plan: null, data: {} }),
  );
  const many = Buffer.concat(Array.from({ length: 1000 }, (_, number) => frame(number + 1e9, record)));
  for (let sent = 0; sent < 300 && !one.near_end.destroyed; sent++) {
    await new Promise((resolve) => one.far_end.write(many, resolve));
  }
  await one.served;
  await one.log.close();
  const other = await linked(context);
  other.far_end.write(frame(1, ''));
  await other.served;
  await other.log.close();
});

test('a log can be opened again whatever a process that was taken over has sent', async (context) => {
  const good = entryLine(outcomeEntry(createSerializer('1'), outcome('e1')));
  const lines = [
    'oe1 a\u0000b\u0001c\n',
    'ie1 {"a":\u0000,"b":\u0001}\n',
    good.replace(/^o/, 'i'),
    good.replace('"record":"outcome"', '"record":"intent"'),
    good.replace(/^oe1/, 'oe2'),
    good.replace('"metadata":', '"unmapped":{},"metadata":').replace('}\n', ',"metadata":{"sequence":7}}\n'),
  ];
  for (const line of lines) {
    const { folder, log, far_end, served } = await linked(context);
    far_end.write(frame(1, line));
    far_end.end();
    await served;
    await log.close();
    assert.deepEqual(await summary(folder), [], JSON.stringify(line));
    await (await openLog(folder)).close();
  }
});

test('while a shipment is under way, what comes goes together with the next', async (context) => {
  const { folder, log, far, near_end, disk } = await linked(context);
  const frames: number[] = [];
  const reader = new FrameReader();
  near_end.prependListener('data', (chunk: Buffer) => {
    for (const { entries } of reader.push(chunk)) frames.push(entries.length);
  });
  disk.hold();
  const calls = [far.outcome(outcome('e0'))];
  await sleep(20);
  for (let number = 1; number <= 5; number++) {
    calls.push(far.outcome(outcome(`e${number}`)));
    await sleep(2);
  }
  disk.release();
  await Promise.all(calls);
  assert.deepEqual(frames, [1, 5]);
  assert.deepEqual(
    await summary(folder),
    [0, 1, 2, 3, 4, 5].map((number) => `outcome:e${number}`),
  );
  await far.close();
  await log.close();
});

test('a record that is not durable in time is not waited for, and none are taken until it is', async (context) => {
  const { folder, log, far, disk } = await linked(context, { late_ms: 50 });
  const told: string[] = [];
  far.onFailure(({ reason }) => told.push(reason));
  far.onResume(() => told.push('open'));
  disk.hold();
  const sent = far.outcome(outcome('sent'));
  await sleep(10);
  const gathered = far.outcome(outcome('gathered'));
  await assert.rejects(sent, unavailable('late'));
  await assert.rejects(gathered, unavailable('late'));
  assert.equal(far.state, 'failed');
  await assert.rejects(far.outcome(outcome('refused')), unavailable('late'));
  const again = new Promise<void>((resolve) => far.onResume(resolve));
  disk.release();
  await again;
  assert.equal(far.state, 'open');
  await far.outcome(outcome('later'));
  assert.deepEqual(told, ['late', 'open']);
  assert.deepEqual(await summary(folder), ['outcome:sent', 'outcome:gathered', 'outcome:later']);
  await far.close();
  await log.close();
});

test('the outcome of an exchange whose intent is late still reaches the log', async (context) => {
  const { folder, log, far, disk } = await linked(context, { late_ms: 50 });
  disk.hold();
  await assert.rejects(far.intent(intent('e1')), unavailable('late'));
  const end = far.outcome(outcome('e1'));
  await assert.rejects(end, unavailable('late'));
  const again = new Promise<void>((resolve) => far.onResume(resolve));
  disk.release();
  await again;
  assert.deepEqual(await summary(folder), ['intent:e1', 'outcome:e1']);
  await far.close();
  await log.close();
});

test('a process that stood still itself does not take the answers it has not read for late', async () => {
  const far = remote(1_000_000, 50);
  const [near_end, far_end] = await socketPair(tmpdir());
  far.attach(far_end);
  near_end.write(replyLine({ say: 'state', open: true, os_code: null }));
  await new Promise<void>((resolve) => far.onResume(resolve));
  near_end.once('data', () => {
    near_end.write(replyLine({ say: 'durable', number: 1 }));
    const until_ms = performance.now() + 120;
    while (performance.now() < until_ms);
  });
  // It may have been paused on its way here.
  near_end.resume();
  await far.outcome(outcome('e1'));
  assert.equal(far.state, 'open');
  await far.close();
  near_end.destroy();
});

test('a link that breaks is told also where nothing was taken before, and one that is replaced is not', async (context) => {
  const { log, far, near_end, disk } = await linked(context, { late_ms: 50 });
  const told: string[] = [];
  far.onFailure(({ reason }) => told.push(reason));
  disk.hold();
  await assert.rejects(far.outcome(outcome('e1')), unavailable('late'));
  const broken = new Promise<void>((resolve) => far.onFailure(() => resolve()));
  near_end.destroy();
  await broken;
  assert.deepEqual(told, ['late', 'recorder']);
  disk.release();
  for (const attempt of [1, 2]) {
    const [other_near, other_far] = await socketPair(tmpdir());
    void serveLog(log, other_near);
    const again = new Promise<void>((resolve) => far.onResume(resolve));
    far.attach(other_far);
    await again;
    await far.outcome(outcome(`over-${attempt}`));
  }
  assert.deepEqual(told, ['late', 'recorder']);
  await far.close();
  await log.close();
});

test('a log that closes is closed although its link is replaced meanwhile', async (context) => {
  const { log, far, disk } = await linked(context);
  disk.hold();
  const lost = assert.rejects(far.outcome(outcome('e1')), unavailable('recorder'));
  await sleep(10);
  const closed = far.close();
  const [other_near, other_far] = await socketPair(tmpdir());
  void serveLog(log, other_near);
  far.attach(other_far);
  await Promise.all([lost, closed]);
  disk.release();
  await log.close();
});
