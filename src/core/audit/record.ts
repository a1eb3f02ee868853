/**
 * What the audit log holds, in the gate's own words; ocsf.ts turns it into the wire shape.
 *
 * No type here has a place for a body, a query value, a header value or a token: what cannot be put in
 * cannot leak. Strings that come from the far end are bounded and escaped when they are serialised.
 */

import type { RefusalCode, StepName } from '../errors/codes.ts';

export interface SourceAddress {
  /** IPv4 or IPv6 text, no zone index. */
  readonly address: string;
  readonly port: number;
}

/**
 * What the TLS handshake proved. Build one per connection and give the same object to every record of
 * that connection: its serialised form is kept by identity, so it must not be changed afterwards.
 */
export interface TlsEvidence {
  /** `TLSv1.3` and the like; null when the handshake ended before it was agreed. */
  readonly version: string | null;
  /** IANA name of the cipher suite. */
  readonly cipher: string | null;
  /** Key exchange group that was used. */
  readonly group: string | null;
  readonly resumed: boolean;
  /** Server name the client asked for. */
  readonly sni: string | null;
  readonly alpn: string | null;
  /** JA4 client fingerprint. */
  readonly ja4: string | null;
  /** Groups the client offered, at most 32 are recorded. */
  readonly offered_groups: readonly string[];
}

/** Who called, as far as it was proven; all null before authentication. */
interface Caller {
  readonly party: string | null;
  readonly machine: string | null;
  /** SHA-256 thumbprint of the client certificate (RFC 8705 section 3.1). */
  readonly credential: string | null;
}

interface Correlated {
  /** UUIDv7; joins an intent with its outcome. */
  readonly exchange_id: string;
  /** W3C trace id, 32 hexadecimal digits. */
  readonly trace_id: string;
  /** Unix time in milliseconds. */
  readonly started_ms: number;
  /** Digest of the plan that was in force. */
  readonly plan: string;
  readonly zone: string;
  readonly source: SourceAddress;
  /** Contract and operation, such as `orders.createOrder`; null when none matched. */
  readonly operation: string | null;
  /** The contract's path template, never the path that was sent; null when none matched. */
  readonly path_template: string | null;
}

/** Written before an unsafe operation is forwarded: it may have been executed from here on. */
export interface IntentRecord extends Correlated, Caller {
  readonly method: string | null;
}

/** What a guard found in a request or an answer: where, and by which rule; never the text. */
export interface GuardRecord {
  readonly guard: string;
  /** Id of the rule. */
  readonly rule: string;
  readonly action: 'block' | 'mask' | 'report';
  /** As `pointer` of the outcome, with `*` for indices. */
  readonly pointer: string;
  /** How often there. */
  readonly count: number;
}

/** The one outcome of one exchange. */
export interface ExchangeRecord extends Correlated, Caller {
  /** W3C span id, 16 hexadecimal digits. */
  readonly span_id?: string;
  /** Unix time in milliseconds. */
  readonly ended_ms: number;
  readonly channel: 'api';
  readonly tls: TlsEvidence | null;
  /** Null when the exchange ended before a request was read. */
  readonly http: { readonly version: string; readonly method: string } | null;
  /** Body bytes that came in, and body bytes that went out. */
  readonly request_bytes: number;
  readonly response_bytes: number;
  /** Microseconds spent in each step that ran. */
  readonly steps_us: Partial<Record<StepName, number>>;
  readonly verdict: 'allowed' | 'refused';
  /** Null exactly when allowed. */
  readonly code: RefusalCode | null;
  /** The step that refused. */
  readonly step: StepName | null;
  /** Where the contract was broken: a JSON Pointer (RFC 6901), `query/name`, `path/name` or `header/name`. */
  readonly pointer: string | null;
  /** The rule that was broken, told to the caller. */
  readonly rule: string | null;
  /** Why, for this record only; holds no payload value. */
  readonly reason: string | null;
  /** HTTP status of the answer to the caller; null when none was sent. */
  readonly status: number | null;
  readonly upstream: {
    readonly address: string | null;
    readonly status: number | null;
    readonly attempts: number;
    /** Fields removed from the answer because the contract does not give them to this party. */
    readonly trimmed: number;
  } | null;
  /** Ids of the policies that decided, at most 32 are recorded. */
  readonly policies: readonly string[];
  /** At most 32 are recorded; absent where no guard found anything. */
  readonly guards?: readonly GuardRecord[];
}

/** Things that happen to the gate itself. */
export const EVENTS = [
  'gate_started',
  'gate_stopped',
  'plan_switched',
  'plan_refused',
  'process_ended',
  'process_stuck',
  'process_restarted',
  'upstream_changed',
  'certificate_expiring',
  'certificate_expired',
  'certificate_issued',
  'certificate_refused',
  'log_recovered',
  'log_resumed',
] as const;

export type EventName = (typeof EVENTS)[number];

export interface EventRecord {
  readonly event: EventName;
  /** Unix time in milliseconds. */
  readonly at_ms: number;
  /** Digest of the plan in force, null before the first. */
  readonly plan: string | null;
  /** At most 32 further facts; no secret, nothing the far end sent. */
  readonly data: Readonly<Record<string, string | number | boolean | null>>;
}

export type RecordKind = 'intent' | 'outcome' | 'event';

/** The outcome of an intent whose real outcome never reached the log (crash, or a failed write). */
export function unknownOutcome(intent: IntentRecord, ended_ms: number): ExchangeRecord {
  const { method, ...known } = intent;
  return {
    ...known,
    ended_ms,
    channel: 'api',
    tls: null,
    http: method === null ? null : { version: 'unknown', method },
    request_bytes: 0,
    response_bytes: 0,
    steps_us: {},
    verdict: 'refused',
    code: 'OUTCOME_UNKNOWN',
    step: 'record',
    pointer: null,
    rule: null,
    reason: 'the intent is on record, its outcome is not',
    status: null,
    upstream: null,
    policies: [],
  };
}
