import type { Readable } from 'node:stream';
import { type Caller, Exchange } from '../../core/exchange/index.ts';
import type { PreparedContext } from '../../core/policy/index.ts';
import type { Fields } from './hygiene/fields.ts';
import type { Framing } from './hygiene/framing.ts';
import type { Connection } from './listener/connection.ts';
import type { ApiPlan, PlannedOperation, ZonePlan } from './plan.ts';
import type { RequestStream, Transport } from './transport.ts';
import type { BodySource } from './upstream/upstream.ts';

/** What admit read from the request, once it is known to mean one thing only. */
export interface AdmittedRequest {
  readonly path: string;
  readonly query: string | null;
  readonly fields: Fields;
  readonly framing: Framing;
  readonly host: string;
}

/** What goes to the upstream: rebuilt from validated values, nothing as it was sent. */
export interface Outgoing {
  readonly path: string;
  /** Flat name, value pairs. */
  readonly headers: readonly string[];
  readonly body: Buffer | BodySource | null;
}

/** What the upstream answered, before the filter. */
export interface Incoming {
  readonly status: number;
  /** Flat name, value pairs, names in lower case. */
  readonly headers: readonly string[];
  /** Empty where it is streamed. */
  readonly body: Buffer;
  /** The body where the contract declares opaque bytes. */
  readonly stream: Readable | null;
}

/** What the caller gets. */
export interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer | null;
}

/** An answer of which parts have left already. Its last part is held back until the outcome is on record. */
export interface BegunAnswer {
  readonly status: number;
  /** Bytes of the body handed over for sending. */
  sent_bytes: number;
  /** Null until the upstream's answer has come to its end. */
  last: Buffer | null;
}

/** A REST call. Each step fills in what it proved; a later step may rely on what earlier ones filled. */
export class ApiExchange extends Exchange {
  readonly transport: Transport;
  readonly connection: Connection;
  readonly plan: ApiPlan;
  readonly zone_plan: ZonePlan;
  /** Monotonic milliseconds at which the exchange must be over; the operation may have less time than its zone. */
  deadline_ms: number;

  request: AdmittedRequest | null = null;
  operation: PlannedOperation | null = null;
  captures: readonly string[] = [];
  policy_context: PreparedContext | null = null;
  outgoing: Outgoing | null = null;
  incoming: Incoming | null = null;
  answer: Answer | null = null;
  /** Set once the head of the answer has left, while its body is still coming. */
  begun: BegunAnswer | null = null;
  /** The request body, where it is passed on while it arrives. */
  receiving: RequestStream | null = null;
  /** RateLimit fields for the answer, flat. */
  limit_headers: readonly string[] = [];

  #held_until_sent: (() => void)[] | null = null;

  constructor(
    facts: ConstructorParameters<typeof Exchange>[0],
    parts: {
      transport: Transport;
      connection: Connection;
      plan: ApiPlan;
      zone_plan: ZonePlan;
      deadline_ms: number;
    },
  ) {
    super(facts);
    this.transport = parts.transport;
    this.connection = parts.connection;
    this.plan = parts.plan;
    this.zone_plan = parts.zone_plan;
    this.deadline_ms = parts.deadline_ms;
    this.tls = parts.connection.tls;
  }

  /** Registers something to be given back when the answer has left, or nobody is there to take it. */
  holdUntilSent(release: () => void): void {
    if (this.#held_until_sent) this.#held_until_sent.push(release);
    else this.#held_until_sent = [release];
  }

  /** The answer has left, or never will. */
  settled(): void {
    const held = this.#held_until_sent;
    if (held === null) return;
    this.#held_until_sent = null;
    for (const release of held) release();
  }

  /** The parts that a step needs, for certain. A missing one is a defect of ours and fails the exchange. */
  proven(): { request: AdmittedRequest; caller: Caller; operation: PlannedOperation } {
    const { request, caller, operation } = this;
    if (!request || !caller || !operation) throw new Error('a step ran before the steps it relies on');
    return { request, caller, operation };
  }
}
