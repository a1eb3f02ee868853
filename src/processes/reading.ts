/** What a worker says, as its supervisor receives it. */

import { z } from 'zod';
import { fault, gateStatus } from '../admin/status.ts';
import { type MetricsSnapshot, readSnapshot } from '../core/metrics/index.ts';
import type { FromWorker } from './messages.ts';

const number = z.number();
const text = z.string();
const failure = z.union([z.object({ faults: list(fault) }), z.object({ defect: text })]);
const { zones, upstreams, log } = gateStatus.shape;
const zone = zones.element.extend({ listeners: list(zones.element.shape.listeners.element) });
const upstream = upstreams.element.extend({ addresses: list(upstreams.element.shape.addresses.element) });

const observation = z.object({
  metrics: z.custom<MetricsSnapshot>((value) => readSnapshot(value) !== null),
  cpu_seconds: number,
  memory_bytes: number.int().nonnegative(),
  zones: list(zone),
  upstreams: list(upstream),
  log: log.pick({ state: true, lag_ms: true }),
});

const fromWorker = z.discriminatedUnion('say', [
  z.object({ say: z.literal('started'), digest: text }),
  z.object({ say: z.literal('failed'), failure }),
  z.object({ say: z.literal('linked'), number, done: z.boolean() }),
  z.object({ say: z.literal('unlinked'), link: number }),
  z.object({ say: z.literal('late'), late: z.boolean() }),
  z.object({ say: z.literal('prepared'), number, digest: text }),
  z.object({ say: z.literal('unprepared'), number, failure }),
  z.object({ say: z.literal('committed'), number }),
  // Read where budgets are shared.
  z.object({ say: z.literal('share'), report: z.unknown() }),
  z.object({ say: z.literal('observed'), number, observation }),
  z.object({ say: z.literal('notice'), text, level: z.enum(['info', 'warn', 'error']) }),
  z.object({ say: z.literal('exchanges'), text }),
  z.object({ say: z.literal('pong') }),
]);

/** Is left at the first element that is none: an array of Zod's own says of each what is wrong with it. */
function list<Element extends z.ZodType>(element: Element) {
  const isList = (value: unknown): boolean =>
    Array.isArray(value) && value.every((one) => element.safeParse(one).success);
  return z.custom<z.input<Element>[]>(isList).pipe(z.array(element));
}

/**
 * Workers read strangers' bytes: what one that was taken over says must not bring down its supervisor, and the others
 * with it.
 *
 * @returns null for what no worker would say
 */
export function readFromWorker(value: unknown): FromWorker | null {
  const read = fromWorker.safeParse(value);
  return read.success ? read.data : null;
}
