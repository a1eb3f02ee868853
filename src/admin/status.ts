/** What a gate says of itself: the shapes of the answers, which its own command line reads back. */
import { z } from 'zod';
import { FAULTS, type FaultCode } from '../core/errors/index.ts';

/** Why a gate takes no exchange: a closed list, since it is a label of a metric. */
export const NOT_READY = {
  draining: 'the gate is stopping: exchanges under way may end, new ones are refused',
  log_failed: 'the audit log takes no records, so every exchange is refused',
  recorder_down: 'the process that writes the audit log does not run',
  no_worker: 'no process that carries exchanges is ready',
} as const;

export type NotReadyReason = keyof typeof NOT_READY;

/** From well to ill. */
export const ADDRESS_STATES = ['serving', 'returning', 'on-trial', 'ejected', 'failing'] as const;

export const BREAKER_STATES = ['closed', 'half-open', 'open'] as const;

const count = z.number().int().nonnegative();

const readiness = z.object({
  ready: z.boolean(),
  /** Empty exactly when ready. */
  reasons: z.array(z.object({ reason: z.enum(Object.keys(NOT_READY) as NotReadyReason[]), message: z.string() })),
});

export type Readiness = z.infer<typeof readiness>;

/** Ready exactly when there is no reason not to be. */
export function readinessOf(reasons: readonly NotReadyReason[]): Readiness {
  return { ready: reasons.length === 0, reasons: reasons.map((reason) => ({ reason, message: NOT_READY[reason] })) };
}

export const gateStatus = z.object({
  gate: z.string(),
  version: z.string(),
  /** Of the process that answers. */
  pid: count,
  /** Unix milliseconds. */
  started_ms: z.number(),
  now_ms: z.number(),
  readiness,
  plan: z.object({
    digest: z.string(),
    /** Since when it is in force, Unix milliseconds. */
    since_ms: z.number(),
  }),
  reloads: z.object({
    switched: count,
    refused: count,
    /** What came of the last one; null where there was none. */
    last: z.enum(['switched', 'refused']).nullable(),
  }),
  processes: z.array(
    z.object({
      /** Such as `worker-1`: the label `process` of metrics. */
      name: z.string(),
      /** Such as `worker`: a label too, so of a small fixed set. */
      kind: z.string(),
      pid: count.nullable(),
      /** How often one of this name was started again after it had ended by itself. */
      restarts: count,
      started_ms: z.number().nullable(),
      cpu_seconds: z.number().nullable(),
      memory_bytes: count.nullable(),
    }),
  ),
  zones: z.array(
    z.object({
      zone: z.string(),
      listeners: z.array(z.object({ address: z.string(), port: count })),
      connections: count,
    }),
  ),
  log: z.object({
    state: z.enum(['open', 'failed', 'closed']),
    folder: z.string(),
    /** Age of the oldest outcome known to wait for the disk. */
    lag_ms: z.number(),
  }),
  upstreams: z.array(
    z.object({
      name: z.string(),
      /** Scheme, host and port. */
      origin: z.string(),
      /** `open`: nothing is sent there, because too much failed. */
      breaker: z.enum(BREAKER_STATES),
      /** None before the first request: nothing is resolved before it is needed. */
      addresses: z.array(
        z.object({
          address: z.string(),
          state: z.enum(ADDRESS_STATES),
          in_flight: count,
          consecutive_failures: count,
        }),
      ),
      connections: count,
      waiting: count,
    }),
  ),
  certificates: z.array(
    z.object({
      use: z.enum(['listener', 'trust', 'upstream', 'collector']),
      /** Empty for an upstream and the collector. */
      zone: z.string(),
      /** First host name of the listener, name of the trust, the API, or `traces`. */
      name: z.string(),
      file: z.string(),
      /** When the first certificate of the file expires, Unix milliseconds. */
      expires_ms: z.number(),
    }),
  ),
});

/** What `GET /status` answers. */
export type GateStatus = z.infer<typeof gateStatus>;

/** A fault of a load, as another process tells it. */
export const fault = z.object({
  code: z.enum(Object.keys(FAULTS) as FaultCode[]),
  message: z.string(),
  file: z.string().exactOptional(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
  key: z.string().exactOptional(),
  suggestion: z.string().exactOptional(),
});

export const reloadResult = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), before: z.string(), plan: z.string() }),
  z.object({
    ok: z.literal(false),
    /** The plan that stays in force. */
    plan: z.string(),
    faults: z.array(fault),
    /** Name and place of a defect of ours that kept it from loading; no message. */
    defect: z.string().nullable(),
  }),
]);

/** What `POST /reload` answers. */
export type ReloadResult = z.infer<typeof reloadResult>;
