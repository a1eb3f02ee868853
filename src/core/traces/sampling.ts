/** Which exchanges are exported. */
import type { ExchangeRecord } from '../audit/record.ts';
import type { Trace } from '../exchange/index.ts';
import { MemoryRateLimiter, type Rate } from '../limits/index.ts';

export interface SamplingOptions {
  /** 0 to 1, of all exchanges. */
  readonly share: number;
  /** Exchanges beyond the share that callers may have by asking; null: their flag is not looked at. */
  readonly asked: Rate | null;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

export interface Sampler {
  /** Whether this trace is of the share. The same for every gate and service that samples so. */
  samples(trace_id: string): boolean;
  /** Whether an exchange is exported. */
  wants(outcome: ExchangeRecord, trace: Trace): boolean;
}

/** Digits of the trace id that decide: 52 of the 56 bits that are random by W3C Trace Context level 2. */
const DECIDING = [18, 31] as const;
const RANGE = 2 ** 52;
const SAMPLED = 0x01;
/** All callers of this worker have one budget. */
const EVERYBODY = 'all';

/**
 * Takes a share of traces by their id (OpenTelemetry, "TraceState: Probability Sampling": those whose random bits are
 * not below the rejection threshold), so that a trace is exported by all who take the same share, or by none.
 *
 * A caller's flag alone decides nothing: cleared, it does not hide an exchange that is of the share; set, it buys one
 * that is not of the share only for a caller who is proven, and out of a budget of its own. Whoever chooses trace ids can
 * have all of its exchanges be of the share; what that costs is bounded by the queue.
 */
export function createSampler({ share, asked, now }: SamplingOptions): Sampler {
  const threshold = (1 - share) * RANGE;
  const budget = asked && new MemoryRateLimiter(asked);
  const samples = (trace_id: string): boolean => Number.parseInt(trace_id.slice(...DECIDING), 16) >= threshold;
  return {
    samples,
    wants(outcome, { trace_id, parent_id, flags }) {
      if (samples(trace_id)) return true;
      if (budget === null || parent_id === null || outcome.machine === null) return false;
      return (Number.parseInt(flags, 16) & SAMPLED) !== 0 && budget.take(EVERYBODY, 1, now()).ok;
    },
  };
}
