import type { Called, Caller } from '../../core/exchange/index.ts';
import type { Registry } from '../../core/identity/index.ts';
import type { PolicyEngine } from '../../core/policy/index.ts';
import type { ChainMemory, TlsProfileName, TrustStore } from '../../core/trust/index.ts';
import type { JsonParser } from '../../protocol/json/index.ts';
import type { Budgets } from './budgets.ts';
import type { Matcher } from './contract/matcher.ts';
import type { Operation, Viewer } from './contract/types.ts';
import type { GuardPlan } from './guards/plan.ts';
import type { Bounds } from './limits-config.ts';
import type { Upstream } from './upstream/upstream.ts';

/** Everything an exchange needs to know, compiled at load. A plan is never changed; a reload makes another. */
export interface ApiPlan {
  /** SHA-256 over everything it was made from, lower hex; stands in every record. */
  readonly digest: string;
  readonly zones: ReadonlyMap<string, ZonePlan>;
}

/** What holds in one zone. */
export interface ZonePlan {
  readonly id: string;
  /** The TLS profile of its listeners. */
  readonly tls: TlsProfileName;
  readonly trust: TrustStore;
  /** Intermediates seen in full handshakes, for the resumed sessions that bring the leaf alone. */
  readonly chains: ChainMemory;
  readonly registry: Registry;
  readonly policy: PolicyEngine;
  readonly matcher: Matcher;
  /** By operation id. */
  readonly operations: ReadonlyMap<string, PlannedOperation>;
  readonly budgets: Budgets;
  readonly timeouts: ExchangeTimeouts;
  /** What `x-views` may name about a caller; the same set for the same caller, because answers are compiled by it. */
  viewerOf(caller: Caller): Viewer;
}

export interface ExchangeTimeouts {
  /** From the decision to read the body to its last byte. */
  readonly body_ms: number;
  /** The whole exchange. */
  readonly total_ms: number;
}

/** One operation with the service behind it. */
export interface PlannedOperation {
  readonly operation: Operation;
  readonly called: Called;
  /** Names a record may show of a body. */
  readonly declared_names: ReadonlySet<string>;
  readonly upstream: Upstream;
  /** Path of the upstream's URL before the contract's path; no trailing slash. */
  readonly base_path: string;
  /** `host[:port]` for the Host field. */
  readonly upstream_authority: string;
  /** What an exchange of the operation may carry and cost: the api's bounds, tightened by the contract. */
  readonly bounds: Bounds;
  readonly guards: GuardPlan;
  /** Largest request body that is held as a whole: any but a binary one. */
  readonly body_bytes: number;
  /** Largest answer that is held as a whole. */
  readonly response_bytes: number;
  /** The Accept field: every media type the contract declares for answers; '' where it declares none. */
  readonly accept: string;
  /** For bodies, with the bounds of the api. Its tape holds until its next text: judge and trim in one turn. */
  readonly json: JsonParser;
}
