/** Nanoseconds it takes to count an outcome, and what a scrape costs. `node bench/metrics.ts` */
import {
  createOutcomeObserver,
  createRecordWatch,
  exposition,
  METRICS,
  MetricRegistry,
  mergeSnapshots,
} from '../src/core/metrics/index.ts';
import { outcome } from '../test/audit/records.ts';

const OPERATIONS = 200;
const ROUNDS = 2_000_000;
const BATCH = 20;

const steps_us = {
  admit: 8,
  authenticate: 3,
  match: 2,
  limit: 4,
  authorize: 3,
  validate: 25,
  forward: 900,
  filter: 40,
};
const outcomes = Array.from({ length: OPERATIONS * 2 }, (_, n) =>
  outcome('id', {
    operation: `orders.operation${n % OPERATIONS}`,
    steps_us,
    ...(n % 8 === 0 ? { verdict: 'refused', code: 'AUTHZ_DENIED' } : {}),
  }),
);

const registry = new MetricRegistry(METRICS.folded);
const observe = createOutcomeObserver(registry);
const run = (rounds: number): void => {
  for (let n = 0; n < rounds; n++) observe(outcomes[n % outcomes.length]!);
};
run(200_000);
const observe_ns = perCall(ROUNDS, () => run(ROUNDS));
console.log(`observe one outcome: ${observe_ns.toFixed(0)} ns of CPU (${OPERATIONS} operations, 8 steps)`);

const recording = createRecordWatch(registry, () => performance.now());
const watched = async (rounds: number): Promise<void> => {
  for (let batch = 0; batch < rounds / BATCH; batch++) {
    // As the log gives it: one promise for all the records of one write.
    const durable = Promise.resolve();
    for (let n = 0; n < BATCH; n++) void recording.watch(durable);
    await durable;
  }
};
await watched(100_000);
const before = process.cpuUsage();
await watched(ROUNDS);
const { user, system } = process.cpuUsage(before);
console.log(`watch one record: ${(((user + system) * 1000) / ROUNDS).toFixed(0)} ns of CPU (${BATCH} records a write)`);

const snapshot = registry.snapshot();
const parts = [1, 2, 3, 4].map((n) => ({ process: `worker-${n}`, snapshot }));
const text = exposition(mergeSnapshots(parts));
const scrape_ns = perCall(20, () => {
  for (let n = 0; n < 20; n++) exposition(mergeSnapshots(parts));
});
console.log(
  `merge 4 workers and write ${(text.length / 1024).toFixed(0)} KiB: ${(scrape_ns / 1e6).toFixed(1)} ms of CPU`,
);
console.log(`one snapshot is ${(JSON.stringify(snapshot).length / 1024).toFixed(0)} KiB of JSON`);

function perCall(count: number, call: () => void): number {
  const { user, system } = process.cpuUsage();
  call();
  const used = process.cpuUsage();
  return ((used.user + used.system - user - system) * 1000) / count;
}
