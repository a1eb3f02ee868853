/** A worker process that takes from budgets as it is told, and shares them over the channel to its parent. */
import { BudgetShare, ConcurrencyLimiter, LimitMemory, MemoryRateLimiter } from '../../src/core/limits/index.ts';

const ROUND_MS = 10;

const memory = new LimitMemory();
const rate = new MemoryRateLimiter({ quota: 100, window_ms: 3_600_000 }, memory.rate('machine'));
const places = new ConcurrencyLimiter(5, memory.places('machine'));
const share = new BudgetShare(memory);

function all(take: () => boolean): number {
  let passed = 0;
  while (take()) passed++;
  return passed;
}

process.on('message', (message: { readonly update?: Parameters<BudgetShare['apply']>[0]; readonly ask?: string }) => {
  const now_ms = performance.now();
  if (message.update) share.apply(message.update, now_ms);
  if (message.ask === 'takeAll') process.send?.({ answer: all(() => rate.take('a', 1, now_ms).ok) });
  if (message.ask === 'enterAll') process.send?.({ answer: all(() => places.enter('a') !== null) });
  if (message.ask === 'look') {
    const held = places.enter('a');
    held?.();
    process.send?.({ answer: { remaining: rate.peek('a', 1, now_ms).remaining, has_place: held !== null } });
  }
});

setInterval(() => {
  const report = share.report(performance.now());
  if (report) process.send?.({ report });
}, ROUND_MS);
