import { AuditUnavailable } from '../audit/unavailable.ts';
import { Refusal, type StepName } from '../errors/index.ts';
import type { Exchange } from './exchange.ts';

/** One step: returns to go on, throws a Refusal to end the exchange. Synchronous unless it must wait. */
export type Step<X extends Exchange> = (exchange: X) => void | Promise<void>;

/** The nine steps without `record`, which the mechanism does itself, in the order of their walking. */
export type Steps<X extends Exchange> = readonly (readonly [Exclude<StepName, 'record'>, Step<X>])[];

export interface WalkPorts<X extends Exchange> {
  /** Monotonic milliseconds with fraction. */
  readonly monotonic: () => number;
  /** Makes the outcome durable; rejects when it cannot. */
  readonly record: (exchange: X) => Promise<void>;
  /** Told of anything thrown that is not a Refusal: a defect of ours. Must not throw. */
  readonly onDefect: (error: unknown, step: StepName, exchange: X) => void;
}

/**
 * Walks an exchange through its steps. Always ends with a verdict, and with a durable record or a verdict
 * that says there is none:
 * - a step that throws a Refusal ends the walk with that code;
 * - a step that throws anything else ends it with INTERNAL (fail closed);
 * - a record that cannot be written turns every verdict, also an allowed one, into RECORD_UNAVAILABLE.
 * What the exchange holds is given back by its channel, when the answer has left.
 */
export async function walk<X extends Exchange>(exchange: X, steps: Steps<X>, ports: WalkPorts<X>): Promise<void> {
  let at = ports.monotonic();
  for (const [name, step] of steps) {
    let refusal: Refusal | null = null;
    try {
      const waiting = step(exchange);
      if (waiting !== undefined) await waiting;
    } catch (thrown) {
      refusal = asRefusal(thrown, name, exchange, ports);
    }
    const after = ports.monotonic();
    exchange.steps_us[name] = Math.round((after - at) * 1000);
    at = after;
    if (refusal) {
      exchange.verdict = { allowed: false, refusal, step: name };
      break;
    }
  }
  exchange.verdict ??= { allowed: true };
  await recordOutcome(exchange, ports);
}

async function recordOutcome<X extends Exchange>(exchange: X, ports: WalkPorts<X>): Promise<void> {
  try {
    await ports.record(exchange);
  } catch (thrown) {
    if (!(thrown instanceof AuditUnavailable)) ports.onDefect(thrown, 'record', exchange);
    exchange.verdict = { allowed: false, refusal: new Refusal('RECORD_UNAVAILABLE'), step: 'record' };
  }
}

function asRefusal<X extends Exchange>(thrown: unknown, step: StepName, exchange: X, ports: WalkPorts<X>): Refusal {
  if (thrown instanceof Refusal) return thrown;
  ports.onDefect(thrown, step, exchange);
  return new Refusal('INTERNAL');
}
