import type { Readable } from 'node:stream';
import type { Refusal } from '../../../core/errors/refusal.ts';
import type { FairShare } from '../../../core/limits/index.ts';
import type {
  AddressHealth,
  Dialler,
  EjectionOptions,
  Endpoint,
  TlsClientProfile,
  UpstreamEvidence,
} from '../../../core/resolver/index.ts';
import type { BreakerOptions, BreakerState } from './breaker.ts';
import type { CheckOptions } from './checks.ts';
import type { RetryBudgetOptions } from './retry-budget.ts';
import type { UpstreamTransition } from './transitions.ts';

export interface UpstreamTimeouts {
  /** Bounds name resolution, TCP connect and TLS handshake, each by itself. */
  readonly connect_ms: number;
  /** From the request being written to the end of the answer's header section. */
  readonly response_ms: number;
  /** Between two parts of the answer's body, and while a streamed request is not taken. */
  readonly idle_ms: number;
}

export interface UpstreamOptions {
  /** The api's name, for messages. */
  readonly name: string;
  /**
   * Scheme, host and port: what the upstream is called, in the Host field, and what it has to prove; `http:` only with
   * literal loopback endpoints. The path is the caller's matter.
   */
  readonly url: URL;
  /** Where it is reached, all at once. At least one. */
  readonly endpoints: readonly Endpoint[];
  /** Where the gate stands: endpoints of the same locality come first. Null where nobody said. */
  readonly locality: string | null;
  /** PEM certificates that may vouch for the upstream, or the operating system's roots. Unused in clear. */
  readonly ca: readonly string[] | 'system';
  /** The name the upstream has to prove. Default: the host of `url`. */
  readonly server_name?: string;
  readonly tls_profile?: TlsClientProfile;
  /** Connections to each address. Default 64. */
  readonly connections?: number;
  /** Requests that may wait for a connection to an address; more are refused as FORWARD_BUSY. Default 256. */
  readonly queue?: number;
  readonly timeouts: UpstreamTimeouts;
  /**
   * How long an unused connection is kept. Must be below the upstream's own; a `Keep-Alive: timeout` hint
   * from it, less one second, shortens it.
   */
  readonly keep_alive_ms: number;
  readonly ejection: EjectionOptions;
  /** Further attempts after the first. 0 and up. */
  readonly retries: number;
  /** How many requests, of all, may be sent once more. */
  readonly retry_budget: RetryBudgetOptions;
  readonly breaker: BreakerOptions;
  /** Null: nothing is asked but what callers ask. */
  readonly checks: CheckOptions | null;
  /** Bound on the header section, and on the trailer section, of an answer. */
  readonly max_header_bytes: number;
  readonly dialler: Dialler;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Told of what befalls addresses and breaker; must not throw. */
  readonly onHealth: (transition: UpstreamTransition) => void;
}

export interface UpstreamRequest {
  readonly method: string;
  /** On whose behalf: what fails for one party does not close the upstream to others. */
  readonly party: string;
  /** Origin-form with base path and query (RFC 9112 section 3.2.1). */
  readonly path: string;
  /**
   * Names and values in turn, names in lower case. Host is the authority of `url` unless given.
   * Content-Length and connection fields are set here and ignored if given.
   */
  readonly headers: readonly string[];
  /** One that is streamed is sent once at most: such a request is never retried after its first byte. */
  readonly body: Buffer | BodySource | null;
  /** Of an answer that is held as a whole. */
  readonly max_response_bytes: number;
  /** Absolute, on the clock given as `now`. */
  readonly deadline_ms: number;
  /** True for an operation that may be executed twice: safe, or declared idempotent. */
  readonly safe_to_retry: boolean;
  /**
   * Most bytes of the body of an answer with this head, where it is wanted while it arrives; null where it is to be
   * held as a whole. Without it every one is.
   */
  readonly streams?: (status: number, headers: readonly string[]) => number | null;
  /**
   * Called once with what to call when the caller leaves, at once where it has left: that frees the connection, and
   * the request ends as CLIENT_GONE. Lighter than an AbortSignal, of which every request would need its own.
   */
  readonly onGone?: ((leave: () => void) => void) | undefined;
}

/** A body that is sent while it arrives. */
export interface BodySource {
  /** In bytes; null sends it in chunks. */
  readonly length_bytes: number | null;
  /** Called once for each attempt whose turn on a connection has come. The stream may end with a Refusal. */
  open(): Readable;
}

export interface UpstreamAnswer {
  /** 200 to 599; interim answers are dropped. */
  readonly status: number;
  /** Names (lower case) and values in turn, as sent, connection fields included; trailers are dropped. */
  readonly headers: string[];
  /** Complete: its end was marked by Content-Length or the last chunk. Empty where it is streamed. */
  readonly body: Buffer;
  /**
   * The body where it is streamed. It ends cleanly only where `body` would be complete, else with a Refusal; whoever
   * does not want it any more destroys it.
   */
  readonly stream: Readable | null;
  /** The address that answered, without port. */
  readonly address: string;
  /** What the connection's handshake proved; null in clear. */
  readonly evidence: UpstreamEvidence | null;
  /** 1 and up; counts every time the request was given to an address. */
  readonly attempts: number;
  /** From the request being written to the end of the header section. */
  readonly first_byte_ms: number;
}

export interface UpstreamHealth {
  readonly addresses: readonly AddressHealth[];
  /** Open connections. */
  readonly connections: number;
  /** Of these, without a request. */
  readonly idle: number;
  /** Requests waiting for a connection. */
  readonly waiting: number;
  readonly breaker: BreakerState;
  /** Repetitions the retry budget allows now. */
  readonly retries_left: number;
}

export interface Upstream {
  /** Streams by party, which share as many places as there may be connections. */
  readonly streams: FairShare;
  /**
   * One request, with retries as far as they are safe.
   * @throws Refusal FORWARD_NAME, FORWARD_UNREACHABLE, FORWARD_UNPROVEN, FORWARD_BROKEN, FORWARD_PROTOCOL,
   *   FORWARD_BUSY, FORWARD_LATE, FORWARD_OPEN, FILTER_BODY_TOO_LARGE, CLIENT_GONE
   */
  request(request: UpstreamRequest): Promise<UpstreamAnswer>;
  /** The refusal a request of this party would get before it is sent anywhere; null where none is known. */
  refusal(party: string): Refusal | null;
  /** Begins to check the addresses, where checks are asked for, before the first request. */
  watch(): void;
  /** Checks no more; requests are answered as before. */
  unwatch(): void;
  health(): UpstreamHealth;
  /** Takes no new request, lets those under way end, and resolves when every socket is closed. */
  close(): Promise<void>;
}
