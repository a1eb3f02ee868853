/** The exporter before collectors that take, refuse, ask for silence, hang and come back. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import {
  type Batch,
  type Collector,
  type Delivery,
  type DropReason,
  TraceExporter,
} from '../../src/core/traces/index.ts';
import { outcome } from '../audit/records.ts';

const TAKEN: Delivery = { taken: true, rejected: 0 };
const BUSY: Delivery = { taken: false, again: true, after_ms: 0, why: 'status 503' };
const REFUSED: Delivery = { taken: false, again: false, after_ms: 0, why: 'status 404' };
/** One exchange is three spans: itself, admit and authorize. */
const SPANS = 3;

interface Options {
  readonly queue_bytes?: number;
  readonly batch_bytes?: number;
  readonly every_ms?: number;
}

/** An exporter on a clock that the test winds, and a collector that says what the test says. */
function world(context: TestContext, options: Options = {}) {
  context.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] });
  const batches: Batch[] = [];
  const notices: string[] = [];
  const counted = { exported: 0, dropped: new Map<DropReason, number>() };
  const state = { closed: false, answer: (): Delivery | Promise<Delivery> => TAKEN, giveUp: (): void => undefined };
  const collector: Collector = {
    async post(batch) {
      batches.push(batch);
      return state.answer();
    },
    giveUp: () => state.giveUp(),
    async close() {
      state.closed = true;
    },
  };
  const settings = {
    queue_bytes: 1_000_000,
    batch_bytes: 100_000,
    every_ms: 5_000,
    resource: { gate: 'g', version: '1', worker: 1 },
    ...options,
  };
  const exporter = new TraceExporter({
    collector,
    settings,
    counts: {
      exported: (spans) => {
        counted.exported += spans;
      },
      dropped: (reason, spans) => counted.dropped.set(reason, (counted.dropped.get(reason) ?? 0) + spans),
    },
    random: () => 1,
    onNotice: (text) => notices.push(text),
  });
  let offered = 0;
  return {
    exporter,
    collector,
    settings,
    batches,
    notices,
    counted,
    state,
    offer(count = 1) {
      for (let n = 0; n < count; n++) {
        const id = `01900000-0000-7000-8000-${String(offered++).padStart(12, '0')}`;
        exporter.offer({ outcome: outcome(id), parent_id: null });
      }
    },
    /** Winds the clock on in steps, so that what waits for each other gets its turn. */
    async after(milliseconds: number) {
      for (let passed = 0; passed <= milliseconds; passed += 250) {
        context.mock.timers.tick(passed === 0 ? 0 : 250);
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      }
    },
    /** Exchanges that stand in the bodies, in order. */
    sent: () =>
      batches.flatMap(({ body }) => [...body.toString().matchAll(/8000-(\d{12})"/g)].map(([, n]) => Number(n))),
    accounted: () => counted.exported + [...counted.dropped.values()].reduce((sum, one) => sum + one, 0),
    spans: () => offered * SPANS,
  };
}

test('spans wait for others for a while, and are sent as one', async (context) => {
  const { offer, after, batches, counted } = world(context);
  offer();
  await after(2_000);
  offer(2);
  await after(2_500);
  assert.equal(batches.length, 0);
  await after(1_000);
  assert.deepEqual([batches.length, batches[0]?.spans, counted.exported], [1, 9, 9]);
});

test('a batch that is full does not wait, and none is larger', async (context) => {
  const { offer, after, batches, sent } = world(context, { batch_bytes: 10_000 });
  offer(40);
  await after(0);
  assert.ok(batches.length >= 3, `${batches.length} batches`);
  await after(6_000);
  assert.deepEqual(
    sent(),
    Array.from({ length: 40 }, (_, n) => n),
  );
  for (const { body } of batches) assert.ok(body.length < 10_500, `${body.length} bytes`);
});

test('a batch has a bounded number of exchanges, however small they are', async (context) => {
  const { offer, after, batches } = world(context, { batch_bytes: 16_000_000, queue_bytes: 16_000_000 });
  offer(600);
  await after(0);
  assert.equal(batches[0]?.spans, 512 * SPANS);
});

test('what is refused for the moment is sent again, later each time, and nothing is lost', async (context) => {
  const { offer, after, batches, state, counted, notices, spans } = world(context, { every_ms: 100 });
  state.answer = () => (batches.length <= 2 ? BUSY : TAKEN);
  offer();
  await after(500);
  assert.equal(batches.length, 1);
  await after(1_000);
  assert.equal(batches.length, 2);
  await after(1_000);
  assert.equal(batches.length, 2, 'two seconds this time');
  await after(1_500);
  assert.equal(batches.length, 3);
  assert.deepEqual([counted.exported, counted.dropped.size], [spans(), 0]);
  assert.deepEqual(notices, [], 'that is what 503 is for');
});

test('a collector that asks for silence gets it, but not for ever', async (context) => {
  const { offer, after, batches, state } = world(context, { every_ms: 100 });
  state.answer = () => ({ ...BUSY, after_ms: 60_000 });
  offer();
  await after(59_000);
  assert.equal(batches.length, 1);
  state.answer = () => ({ ...BUSY, after_ms: 86_400_000 });
  await after(3_000);
  assert.equal(batches.length, 2);
  await after(290_000);
  assert.equal(batches.length, 2);
  await after(20_000);
  assert.equal(batches.length, 3);
});

test('a batch that is not taken in the end makes room for the next', async (context) => {
  const { offer, after, batches, state, counted, notices, sent } = world(context, { every_ms: 100 });
  state.answer = () => (batches.length <= 8 ? BUSY : TAKEN);
  offer();
  await after(60_000);
  offer();
  await after(120_000);
  assert.deepEqual([...counted.dropped], [['unsent', SPANS]]);
  assert.equal(counted.exported, SPANS);
  assert.deepEqual([sent().filter((n) => n === 0).length, sent().filter((n) => n === 1).length], [8, 1]);
  assert.equal(notices.length, 2, notices.join('\n'));
});

test('what is refused for good is dropped at once, told once, and the collector is left alone for a while', async (context) => {
  const { offer, after, batches, state, counted, notices, exporter } = world(context, { every_ms: 100 });
  state.answer = () => REFUSED;
  for (let n = 0; n < 20; n++) {
    offer();
    await after(1_000);
  }
  assert.ok(batches.length >= 3 && batches.length <= 6, `${batches.length} batches`);
  assert.deepEqual([...counted.dropped.keys()], ['refused']);
  assert.deepEqual(notices, [
    'traces: the collector takes none (status 404); exchanges go on, spans wait and may be dropped',
  ]);
  assert.equal(exporter.failing, true);
  state.answer = () => TAKEN;
  offer();
  await after(60_000);
  assert.deepEqual(notices.slice(1), ['traces: the collector takes them again']);
  assert.equal(exporter.failing, false);
});

test('a collector that says 429 to every other export is not told of', async (context) => {
  const { offer, after, batches, state, counted, notices, spans } = world(context, { every_ms: 100 });
  state.answer = () => (batches.length % 2 === 1 ? BUSY : TAKEN);
  for (let n = 0; n < 20; n++) {
    offer();
    await after(2_000);
  }
  assert.deepEqual([counted.exported, notices.length], [spans(), 0]);
});

test('spans that the collector rejects are counted as such', async (context) => {
  const { offer, after, state, counted } = world(context, { every_ms: 100 });
  state.answer = () => ({ taken: true, rejected: 2 });
  offer();
  await after(500);
  assert.deepEqual([counted.exported, ...counted.dropped], [1, ['rejected', 2]]);
});

test('before a collector that hangs the queue fills and no further, which is told once', async (context) => {
  const { offer, after, exporter, state, batches, counted, notices, spans, accounted } = world(context, {
    queue_bytes: 50_000,
    batch_bytes: 10_000,
  });
  const { promise, resolve } = Promise.withResolvers<Delivery>();
  state.answer = () => promise;
  for (let n = 0; n < 200; n++) {
    offer(10);
    await after(0);
    assert.ok(exporter.queued_bytes <= 50_000);
  }
  assert.equal(batches.length, 1);
  assert.ok((counted.dropped.get('full') ?? 0) > spans() / 2);
  assert.deepEqual(notices, ['traces: the queue is full; spans are dropped until the collector has caught up']);
  state.answer = () => TAKEN;
  resolve(TAKEN);
  await after(10_000);
  assert.equal(exporter.queued_bytes, 0);
  assert.equal(accounted(), spans());
  assert.equal(notices.length, 1);
});

test('exchanges of one turn are bounded before they are in the queue', async (context) => {
  const { offer, after, counted, exporter, spans, accounted } = world(context, { queue_bytes: 100_000_000 });
  offer(5_000);
  assert.equal(counted.dropped.get('full'), (5_000 - 4_096) * SPANS);
  await after(20_000);
  assert.equal(exporter.queued_bytes, 0);
  assert.equal(accounted(), spans());
});

test('closing sends all that waits, without waiting for more', async (context) => {
  const { offer, after, exporter, counted, spans, state, notices } = world(context, { batch_bytes: 10_000 });
  offer(30);
  const closed = exporter.close(1_000);
  await after(0);
  await closed;
  assert.deepEqual([counted.exported, state.closed, notices], [spans(), true, []]);
});

test('closing ends a wait for a collector that failed, tries once more, and counts and tells what is lost', async (context) => {
  const { offer, after, exporter, counted, batches, state, notices, spans } = world(context, { batch_bytes: 10_000 });
  state.answer = () => ({ ...BUSY, after_ms: 60_000 });
  offer(40);
  await after(1_000);
  assert.equal(batches.length, 1);
  const closed = exporter.close(1_000);
  await after(0);
  await closed;
  assert.equal(batches.length, 2);
  assert.deepEqual([...counted.dropped], [['ended', spans()]]);
  assert.deepEqual(notices, [
    `traces: ${spans()} spans are dropped at the end; the collector did not take them in time`,
  ]);
  assert.equal(state.closed, true);
});

test('closing does not wait for a collector that hangs, and takes nothing more', async (context) => {
  const { offer, after, exporter, counted, state, spans } = world(context, { batch_bytes: 10_000 });
  const { promise, resolve } = Promise.withResolvers<Delivery>();
  state.answer = () => promise;
  state.giveUp = () => resolve({ ...BUSY, why: 'CLIENT_GONE' });
  offer(40);
  await after(0);
  const closed = exporter.close(1_000);
  await after(2_000);
  await closed;
  offer(2);
  await after(0);
  assert.deepEqual([...counted.dropped], [['ended', spans()]]);
});

test('who is in a hurry ends a closing that has more time', async (context) => {
  const { offer, after, exporter, counted, state, spans, notices } = world(context, { every_ms: 100 });
  const { promise, resolve } = Promise.withResolvers<Delivery>();
  state.answer = () => promise;
  state.giveUp = () => resolve(BUSY);
  offer(2);
  await after(500);
  const slow = exporter.close(60_000);
  await after(1_000);
  const quick = exporter.close(1_000);
  await after(1_500);
  await Promise.all([slow, quick]);
  assert.deepEqual([...counted.dropped, notices.length], [['ended', spans()], 1]);
});

test('closing does not wait for connections that do not close', async (context) => {
  const { after, exporter, collector } = world(context);
  context.mock.method(collector, 'close', () => new Promise<void>(() => undefined));
  const closed = exporter.close(1_000);
  await after(1_000);
  await closed;
});

test('other settings hold for what waits already', async (context) => {
  const { offer, after, exporter, settings, batches } = world(context);
  offer();
  await after(0);
  exporter.configure({ ...settings, batch_bytes: 10, resource: { ...settings.resource, gate: 'renamed' } });
  offer();
  await after(0);
  assert.equal(batches.length, 2);
  assert.match(batches[0]!.body.toString(), /renamed/);
});

test('every span is exported or counted as dropped, once, whatever the collector does', async (context) => {
  const answers = fc.constantFrom(TAKEN, BUSY, REFUSED, { taken: true as const, rejected: 1 });
  const steps = fc.array(fc.record({ exchanges: fc.nat(12), wait_ms: fc.nat(4_000), answer: answers }), {
    maxLength: 12,
  });
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const { offer, after, exporter, state, spans, accounted } = world(context, {
        queue_bytes: 12_000,
        batch_bytes: 4_000,
      });
      for (const { exchanges, wait_ms, answer } of all) {
        state.answer = () => answer;
        offer(exchanges);
        await after(wait_ms);
        assert.ok(exporter.queued_bytes <= 12_000);
      }
      const closed = exporter.close(1_000);
      await after(2_000);
      await closed;
      assert.equal(accounted(), spans());
      context.mock.timers.reset();
    }),
    { numRuns: 30 },
  );
});
