/** From runs to summaries: medians over the rounds, ratios within each round. */
import type { Agreed } from '../load/caller.ts';
import { type LoadResult, PERCENTILES, type Percentile } from '../load/loops.ts';
import type { Machine } from '../machine.ts';
import type { BenchOptions } from '../options.ts';

/** One measured run of one target in one scenario. */
export interface Run extends LoadResult {
  /** Id of the scenario. */
  readonly scenario: string;
  readonly target: string;
  readonly round: number;
  readonly cpu_us_per_exchange: number;
  readonly rss_bytes: number;
  /** Null where the system does not tell. */
  readonly pss_bytes: number | null;
  readonly descriptors: number;
  readonly processes: number;
  readonly agreed: Agreed;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Summary {
  readonly scenario: string;
  readonly target: string;
  readonly requests: number;
  readonly errors: number;
  readonly cpu_us_per_exchange: Spread;
  /** Null where the floor was not measured. */
  readonly cpu_to_floor: Spread | null;
  readonly latency_us: Readonly<Record<Percentile, Spread>>;
  readonly latency_to_floor: Readonly<Record<Percentile, Spread>> | null;
  readonly exchanges_per_second: Spread;
  /** Of all processes at the end of a run, the largest; proportional where the system tells, else resident. */
  readonly memory_bytes: number;
  /** Of all processes at the end of a run, the most. */
  readonly descriptors: number;
  readonly processes: number;
  /** Key exchange of the last connection. */
  readonly group: string;
}

export interface Report {
  readonly machine: Machine;
  readonly options: BenchOptions;
  readonly targets: readonly { readonly name: string; readonly does: string; readonly does_not: string }[];
  readonly summaries: readonly Summary[];
  readonly runs: readonly Run[];
  readonly notes: readonly string[];
  /** What could not be measured or was not right, in words. */
  readonly failures: readonly string[];
}

export const PERCENTILE_NAMES = Object.keys(PERCENTILES) as Percentile[];

export function summarise(runs: readonly Run[]): Summary[] {
  const groups = Map.groupBy(runs, ({ scenario, target }) => `${scenario} ${target}`);
  return [...groups.values()].map((group) => {
    const last = group.at(-1)!;
    const { scenario, target } = last;
    const floor = runs.filter((run) => run.scenario === scenario && run.target === 'floor');
    const toFloor = (value: (run: Run) => number): Spread | null => ratios(group, floor, value);
    const percentiles = <Value>(make: (name: Percentile) => Value) =>
      Object.fromEntries(PERCENTILE_NAMES.map((name) => [name, make(name)])) as Record<Percentile, Value>;
    const cpu_to_floor = toFloor((run) => run.cpu_us_per_exchange);
    return {
      scenario,
      target,
      requests: total(group.map(({ requests }) => requests)),
      errors: total(group.map(({ errors }) => errors)),
      cpu_us_per_exchange: spread(group.map((run) => run.cpu_us_per_exchange)),
      cpu_to_floor,
      latency_us: percentiles((name) => spread(group.map((run) => run.latency_us[name]))),
      latency_to_floor:
        cpu_to_floor === null ? null : percentiles((name) => toFloor((run) => run.latency_us[name]) as Spread),
      exchanges_per_second: spread(group.map(({ requests, seconds }) => requests / seconds)),
      memory_bytes: Math.max(...group.map(({ pss_bytes, rss_bytes }) => pss_bytes ?? rss_bytes)),
      descriptors: Math.max(...group.map(({ descriptors }) => descriptors)),
      processes: Math.max(...group.map(({ processes }) => processes)),
      group: last.agreed.group,
    };
  });
}

/** Each run beside the floor's of the same round; null where there is none. */
function ratios(group: readonly Run[], floor: readonly Run[], value: (run: Run) => number): Spread | null {
  const found = group.flatMap((run) => {
    const beside = floor.find(({ round }) => round === run.round);
    return beside ? [value(run) / value(beside)] : [];
  });
  return found.length === 0 ? null : spread(found);
}

/** @throws Error for no values */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error('nothing to summarise');
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
