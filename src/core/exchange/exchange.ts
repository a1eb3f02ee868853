import type { GuardRecord, SourceAddress, TlsEvidence } from '../audit/record.ts';
import type { Refusal, StepName } from '../errors/index.ts';
import type { Trace } from './trace.ts';

/** Who is calling, once proven. */
export interface Caller {
  readonly machine: string;
  readonly party: string;
  /** All groups the machine and its party belong to, ancestors included. */
  readonly groups: readonly string[];
  /** SHA-256 of the certificate, lower hex. */
  readonly credential: string;
}

/** What is called, once matched. */
export interface Called {
  /** `api.operationId`. */
  readonly id: string;
  /** The declared path with its placeholders; never the path as sent. */
  readonly path_template: string;
  /** True for an operation without effects (RFC 9110 section 9.2.1); others write an intent first. */
  readonly safe: boolean;
}

export interface UpstreamFacts {
  address: string | null;
  status: number | null;
  attempts: number;
  /** Locations removed from the answer because they are undeclared or not for this party. */
  trimmed: number;
}

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly refusal: Refusal; readonly step: StepName };

/**
 * One call, event, file or mail on its way through the nine steps. Facts are filled in as they are proven;
 * what is null was never proven.
 */
export abstract class Exchange {
  /** UUIDv7. */
  readonly id: string;
  readonly channel: 'api';
  readonly zone: string;
  /** Unix milliseconds. */
  readonly started_ms: number;
  readonly source: SourceAddress;
  trace: Trace;
  tls: TlsEvidence | null = null;
  /** Digest of the plan this exchange walks. */
  readonly plan_digest: string;
  caller: Caller | null = null;
  /** The credential that was presented, also when it was refused. SHA-256, lower hex. */
  presented_credential: string | null = null;
  called: Called | null = null;
  /** Policies that decided. */
  policies: readonly string[] = [];
  /** What was asked for in HTTP; null where no request was read. */
  http: { readonly version: string; readonly method: string } | null = null;
  /** What the guards found, whatever was done about it. */
  guards: readonly GuardRecord[] = [];
  upstream: UpstreamFacts | null = null;
  request_bytes = 0;
  response_bytes = 0;
  /** The answer's status, as the caller gets it. */
  status: number | null = null;
  readonly steps_us: Partial<Record<StepName, number>> = {};
  verdict: Verdict | null = null;

  constructor(facts: {
    id: string;
    channel: 'api';
    zone: string;
    started_ms: number;
    source: SourceAddress;
    trace: Trace;
    plan_digest: string;
  }) {
    this.id = facts.id;
    this.channel = facts.channel;
    this.zone = facts.zone;
    this.started_ms = facts.started_ms;
    this.source = facts.source;
    this.trace = facts.trace;
    this.plan_digest = facts.plan_digest;
  }
}
