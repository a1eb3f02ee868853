import type { ExchangeRecord } from '../audit/record.ts';
import { type RefusalCode, STEPS, type StepName } from '../errors/index.ts';
import type { Count, Distribution } from './cells.ts';
import type { Family } from './family.ts';
import { METRICS } from './gate-metrics.ts';
import type { MetricRegistry } from './registry.ts';

/** Stands in a label where there is nothing to name. */
const NONE = 'none';

/** The series of one operation in one zone, found once. */
interface OperationSeries {
  readonly seconds: Distribution;
  readonly request_bytes: Count;
  readonly response_bytes: Count;
  readonly by_code: Map<RefusalCode | null, Count>;
}

/** Counts one outcome. Called for each of them, so it looks nothing up twice. */
export type ObserveOutcome = (outcome: ExchangeRecord) => void;

/** Registers what is counted of exchanges. Of an outcome only names of ours are used, and numbers. */
export function createOutcomeObserver(registry: MetricRegistry): ObserveOutcome {
  const exchanges = registry.counter(METRICS.exchanges);
  const seconds = registry.histogram(METRICS.exchange_seconds);
  const step_seconds = registry.histogram(METRICS.step_seconds);
  const request_bytes = registry.counter(METRICS.request_bytes);
  const response_bytes = registry.counter(METRICS.response_bytes);
  const guard_findings = registry.counter(METRICS.guard_findings);

  // How long a record takes is known when it is written, so no outcome says it.
  const steps = STEPS.filter((step) => step !== 'record').map(
    (step) => [step, step_seconds.take([step]).cell] as const,
  );
  const zones = new Map<string, Map<string | null, OperationSeries>>();

  function seriesOf(zone: string, operation: string | null): OperationSeries {
    let operations = zones.get(zone);
    const known = operations?.get(operation);
    if (known) return known;
    const label = [operation ?? NONE];
    const taken = [seconds.take(label), request_bytes.take(label), response_bytes.take(label)] as const;
    const [duration, came, went] = taken;
    const series = {
      seconds: duration.cell,
      request_bytes: came.cell,
      response_bytes: went.cell,
      by_code: new Map<RefusalCode | null, Count>(),
    };
    // Kept only with series of its own: what is kept is bounded as they are.
    if (taken.some(({ folded }) => folded)) return series;
    operations ??= new Map();
    zones.set(zone, operations);
    operations.set(operation, series);
    return series;
  }

  function countOf(outcome: ExchangeRecord, { by_code }: OperationSeries): Count {
    const { zone, operation, verdict, code } = outcome;
    const known = by_code.get(code);
    if (known) return known;
    const { cell, folded } = exchanges.take([zone, operation ?? NONE, verdict, code ?? NONE]);
    if (!folded) by_code.set(code, cell);
    return cell;
  }

  return (outcome) => {
    const series = seriesOf(outcome.zone, outcome.operation);
    countOf(outcome, series).value++;
    series.request_bytes.value += outcome.request_bytes;
    series.response_bytes.value += outcome.response_bytes;
    const total_us = observeSteps(outcome.steps_us, steps);
    // What never became an exchange, such as a failed handshake, took no step.
    if (total_us !== null) series.seconds.observe(total_us / 1e6);
    if (outcome.guards !== undefined) observeGuards(outcome.guards, guard_findings);
  };
}

function observeSteps(
  steps_us: ExchangeRecord['steps_us'],
  steps: readonly (readonly [StepName, Distribution])[],
): number | null {
  let total_us: number | null = null;
  for (const [name, cell] of steps) {
    const took_us = steps_us[name];
    if (took_us === undefined) continue;
    cell.observe(took_us / 1e6);
    total_us = (total_us ?? 0) + took_us;
  }
  return total_us;
}

function observeGuards(found: NonNullable<ExchangeRecord['guards']>, family: Family<Count>): void {
  for (const { guard, rule, action, count } of found) family.take([guard, rule, action]).cell.add(count);
}
