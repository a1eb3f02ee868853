/** What a hub believes where limiters of these names are in force. */
import {
  ClaimBounds,
  ConcurrencyLimiter,
  LimitMemory,
  MemoryRateLimiter,
  type Rate,
} from '../../src/core/limits/index.ts';

export interface LimitsInForce {
  readonly names: readonly string[];
  readonly rate: Rate;
  readonly max_places: number;
}

export function boundsOf({ names, rate, max_places }: LimitsInForce): ClaimBounds {
  const memory = new LimitMemory();
  for (const name of names) {
    new MemoryRateLimiter(rate, memory.rate(name));
    new ConcurrencyLimiter(max_places, memory.places(name));
  }
  return new ClaimBounds(memory);
}
