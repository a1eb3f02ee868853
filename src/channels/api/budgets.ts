import {
  type AppliedLimit,
  type BudgetCode,
  type BudgetKeys,
  ConcurrencyLimiter,
  enterAll,
  LimitMemory,
  MemoryBudgets,
  MemoryRateLimiter,
  type Rate,
  type Release,
  rateLimit,
  rateLimitPolicy,
  tightest,
} from '../../core/limits/index.ts';

export interface BudgetOptions {
  readonly source: Rate;
  readonly machine: Rate;
  readonly party: Rate;
  readonly operation: Rate;
  readonly concurrency: { readonly machine: number; readonly operation: number };
  /** Machines with budgets of their own, in place of the general ones. */
  readonly machines: ReadonlyMap<string, { readonly rate: Rate | null; readonly concurrency: number | null }>;
}

export type Taken =
  | { readonly ok: true; readonly headers: readonly string[] }
  | {
      readonly ok: false;
      readonly code: BudgetCode;
      readonly headers: readonly string[];
      readonly retry_after_s: number;
    };

export type CallerKeys = Pick<BudgetKeys, 'machine' | 'party' | 'operation'>;

/** All request budgets of a gate. */
export interface Budgets {
  /**
   * Takes one request from the budget of a source, before anything is known about the caller.
   *
   * @returns 0, or the seconds until another request may come
   */
  takeSource(source: string, now_ms: number): number;
  /** Takes one request from every budget of a known caller, or from none. */
  take(keys: CallerKeys, now_ms: number): Taken;
  /** Gives the operation's part back, in the same turn: a caller that may not call it uses nobody's share of it up. */
  giveBackOperation(keys: CallerKeys, now_ms: number): void;
  /** Takes a place among the exchanges under way; null where there is none. */
  enter(keys: CallerKeys): Release | null;
}

/** What a caller may know: its own budgets. How busy others keep an operation is not its business. */
const OWN: ReadonlySet<string> = new Set(['machine', 'party']);

/**
 * @param memory where it is counted what was taken and is held; budgets made of the same memory with other options go on
 *   from what callers have spent, in units
 */
export function createBudgets(options: BudgetOptions, memory: LimitMemory = new LimitMemory()): Budgets {
  const limiter = (name: string, rate: Rate) => new MemoryRateLimiter(rate, memory.rate(name));
  const places = (name: string, max: number) => new ConcurrencyLimiter(max, memory.places(name));
  const source = limiter('source', options.source);
  const party = limiter('party', options.party);
  const operation = limiter('operation', options.operation);
  const with_machine = (machine: MemoryRateLimiter) =>
    new MemoryBudgets([
      { name: 'machine', limiter: machine },
      { name: 'party', limiter: party },
      { name: 'operation', limiter: operation },
    ]);
  const general = with_machine(limiter('machine', options.machine));
  const general_places = places('machine', options.concurrency.machine);
  const operation_places = places('operation', options.concurrency.operation);
  const own = new Map<string, MemoryBudgets>();
  const own_places = new Map<string, ConcurrencyLimiter>();
  for (const [machine, { rate, concurrency }] of options.machines) {
    if (rate) own.set(machine, with_machine(limiter(`machine/${machine}`, rate)));
    if (concurrency) own_places.set(machine, places(`machine/${machine}`, concurrency));
  }

  return {
    takeSource(key, now_ms) {
      const answer = source.take(key, 1, now_ms);
      return answer.ok ? 0 : answer.retry_after_s;
    },
    take(keys, now_ms) {
      const answer = (own.get(keys.machine) ?? general).take({ ...keys, source: '' }, 1, now_ms);
      const headers = limitHeaders(answer.limits);
      if (answer.code === null) return { ok: true, headers };
      return { ok: false, code: answer.code, headers, retry_after_s: answer.retry_after_s };
    },
    giveBackOperation(keys, now_ms) {
      operation.refund(keys.operation, 1, now_ms);
    },
    enter(keys) {
      return enterAll([
        { limiter: own_places.get(keys.machine) ?? general_places, key: keys.machine },
        { limiter: operation_places, key: keys.operation },
      ]);
    },
  };
}

function limitHeaders(limits: readonly AppliedLimit[]): readonly string[] {
  const nearest = tightest(limits.filter((limit) => OWN.has(limit.name)));
  if (!nearest) return [];
  return ['ratelimit-policy', rateLimitPolicy([nearest]), 'ratelimit', rateLimit([nearest])];
}
