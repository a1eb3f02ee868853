/** What budgets cost, alone and shared by workers. `node bench/limits.ts` */
import {
  BudgetHub,
  BudgetShare,
  ClaimBounds,
  ConcurrencyLimiter,
  LimitMemory,
  MemoryRateLimiter,
} from '../src/core/limits/index.ts';

const KEYS = 1_000;
const names = Array.from({ length: KEYS }, (_, n) => `party-${n % 50}-machine-${n}`);
const RATE = { quota: 1_000_000, window_ms: 60_000 };

/** Nanoseconds of a call, the best of some runs: what else runs on the machine only adds. */
function nanoseconds(calls: number, call: (n: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 12; run++) {
    const started = performance.now();
    for (let n = 0; n < calls; n++) call(n);
    best = Math.min(best, ((performance.now() - started) * 1e6) / calls);
  }
  return best;
}

for (const shared of [false, true]) {
  const memory = new LimitMemory();
  const rate = new MemoryRateLimiter(RATE, memory.rate('machine'));
  const places = new ConcurrencyLimiter(1_000, memory.places('machine'));
  const share = shared ? new BudgetShare(memory) : null;
  let now_ms = 0;
  // As many takes between two reports as a busy worker has: 5,000 a second.
  const round = (n: number) => {
    now_ms += 0.2;
    if (n % 250 === 0) share?.report(now_ms);
  };
  const take_ns = nanoseconds(200_000, (n) => {
    round(n);
    rate.take(names[n % KEYS]!, 1, now_ms);
  });
  const place_ns = nanoseconds(200_000, (n) => {
    round(n);
    places.enter(names[n % KEYS]!)?.();
  });
  console.log(
    `${shared ? 'shared, reports included' : 'one process'}: take ${take_ns.toFixed(0)} ns, enter and leave ${place_ns.toFixed(0)} ns`,
  );
}

for (const workers of [2, 8]) {
  const limits = new LimitMemory();
  new MemoryRateLimiter(RATE, limits.rate('machine'));
  new ConcurrencyLimiter(1_000, limits.places('machine'));
  const hub = new BudgetHub(new ClaimBounds(limits));
  const gate = Array.from({ length: workers }, (_, n) => {
    const memory = new LimitMemory();
    hub.joined(`${n}`, 0);
    const rate = new MemoryRateLimiter(RATE, memory.rate('machine'));
    const places = new ConcurrencyLimiter(1_000, memory.places('machine'));
    return { id: `${n}`, memory, rate, places, share: new BudgetShare(memory) };
  });
  const spent_ms = { report: 0, take: 0, update: 0, apply: 0 };
  const timed = <T>(part: keyof typeof spent_ms, work: () => T): T => {
    const started = performance.now();
    const result = work();
    spent_ms[part] += performance.now() - started;
    return result;
  };
  const size = { report: 0, update: 0 };
  const ROUNDS = 100;
  for (let round = -50; round < ROUNDS; round++) {
    if (round === 0) for (const part of ['report', 'take', 'update', 'apply'] as const) spent_ms[part] = 0;
    const now_ms = (round + 50) * 50;
    for (const { id, rate, places, share } of gate) {
      for (const name of names) {
        rate.take(name, 1, now_ms);
        if (round % 2 === 0) places.enter(name);
      }
      const text = timed('report', () => JSON.stringify(share.report(now_ms)));
      size.report = text.length;
      timed('take', () => hub.take(id, JSON.parse(text), now_ms));
    }
    for (const { id, share } of gate) {
      const text = timed('update', () => JSON.stringify(hub.updateFor(id, now_ms)));
      size.update = text.length;
      timed('apply', () => share.apply(JSON.parse(text), now_ms));
    }
  }
  const each = (part: keyof typeof spent_ms) => (spent_ms[part] / ROUNDS / workers).toFixed(2);
  console.log(
    `${workers} workers, ${KEYS} keys active at each: report ${size.report} bytes, update ${size.update} bytes; ms of CPU a round: ` +
      `worker ${each('report')} + ${each('apply')}, supervisor for each worker ${each('take')} + ${each('update')} (JSON included)`,
  );
}
