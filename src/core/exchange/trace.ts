import type { IdSource } from './uuid7.ts';

/** Sampled (W3C Trace Context, section 3.2.2.5.1): who began the trace exports it, and asks others to. */
const SAMPLED = '01';
const NOT_SAMPLED = '00';

/** W3C Trace Context: the trace an exchange belongs to and the gate's own span in it. */
export interface Trace {
  /** 16 bytes, lower hex. */
  readonly trace_id: string;
  /** 8 bytes, lower hex: the gate's span, parent of what the upstream does. */
  readonly span_id: string;
  /** The caller's span, null where the trace starts here. */
  readonly parent_id: string | null;
  /** 2 hex digits, the caller's sampling decision. */
  readonly flags: string;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * Carries the caller's trace on, or starts one (W3C Trace Context, section 3.2.2). A malformed or repeated
 * `traceparent` starts a new trace, as section 4.3 asks; it is no reason to refuse.
 * `tracestate` is not carried: it is free text of other vendors, and only declared fields pass.
 *
 * @param samples whether a trace that begins here is exported; the caller's decision about its own is passed on as it is
 */
export function traceFrom(
  traceparent: string | undefined,
  ids: IdSource,
  samples: (trace_id: string) => boolean,
): Trace {
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  if (match) {
    const [, version, trace_id, parent_id, flags, rest] = match;
    const valid =
      version !== 'ff' &&
      (version !== '00' || rest === undefined) &&
      !/^0+$/.test(trace_id!) &&
      !/^0+$/.test(parent_id!);
    if (valid) return { trace_id: trace_id!, span_id: ids.hex(8), parent_id: parent_id!, flags: flags! };
  }
  const drawn = ids.hex(24);
  const trace_id = drawn.slice(0, 32);
  const flags = samples(trace_id) ? SAMPLED : NOT_SAMPLED;
  return { trace_id, span_id: drawn.slice(32), parent_id: null, flags };
}

/** The `traceparent` value for the upstream. */
export function traceparent(trace: Trace): string {
  return `00-${trace.trace_id}-${trace.span_id}-${trace.flags}`;
}
