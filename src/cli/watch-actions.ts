/** What the commands that watch a running gate call, and what they get to show. */
import type { Fault } from '../core/errors/faults.ts';
import type { CommonOptions } from './actions.ts';

export interface GateView {
  readonly gate: string;
  readonly version: string;
  readonly pid: number;
  /** Unix milliseconds, by the gate's clock, as every time here. */
  readonly started_ms: number;
  readonly now_ms: number;
  readonly readiness: {
    readonly ready: boolean;
    readonly reasons: readonly { readonly reason: string; readonly message: string }[];
  };
  readonly plan: { readonly digest: string; readonly since_ms: number };
  readonly reloads: {
    readonly switched: number;
    readonly refused: number;
    readonly last: 'switched' | 'refused' | null;
  };
  readonly processes: readonly {
    readonly name: string;
    readonly kind: string;
    readonly pid: number | null;
    readonly restarts: number;
    readonly started_ms: number | null;
    readonly cpu_seconds: number | null;
    readonly memory_bytes: number | null;
  }[];
  readonly zones: readonly {
    readonly zone: string;
    readonly listeners: readonly { readonly address: string; readonly port: number }[];
    readonly connections: number;
  }[];
  readonly log: { readonly state: string; readonly folder: string; readonly lag_ms: number };
  readonly upstreams: readonly {
    readonly name: string;
    readonly origin: string;
    readonly breaker: 'closed' | 'half-open' | 'open';
    readonly addresses: readonly {
      readonly address: string;
      readonly state: 'serving' | 'returning' | 'on-trial' | 'ejected' | 'failing';
      readonly in_flight: number;
      readonly consecutive_failures: number;
    }[];
    readonly connections: number;
    readonly waiting: number;
  }[];
  readonly certificates: readonly {
    readonly use: 'listener' | 'trust' | 'upstream' | 'collector';
    readonly zone: string;
    readonly name: string;
    readonly file: string;
    readonly expires_ms: number;
  }[];
}

/** What happened between two looks. */
export interface RatesView {
  /** Between the looks. */
  readonly seconds: number;
  readonly allowed_per_s: number;
  readonly refused_per_s: number;
  readonly request_bytes_per_s: number;
  readonly response_bytes_per_s: number;
  /** Milliseconds; null where nothing ended meanwhile. */
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  /** The busiest first. */
  readonly operations: readonly {
    readonly operation: string;
    readonly per_s: number;
    readonly refused_per_s: number;
    readonly p50_ms: number | null;
    readonly p99_ms: number | null;
  }[];
  /** The most frequent first. */
  readonly codes: readonly { readonly code: string; readonly per_s: number }[];
  /** Of one core, by name of the process. */
  readonly cpu_share: Readonly<Record<string, number>>;
}

export interface StatusView {
  readonly status: GateView;
  readonly rates: RatesView;
}

/** A look that found no gate, after one that did: it may be restarting. */
export interface LostView {
  readonly lost: string;
}

export type ReloadView =
  | { readonly ok: true; readonly before: string; readonly plan: string }
  | {
      readonly ok: false;
      readonly plan: string;
      readonly faults: readonly Fault[];
      /** Name and place of a defect of the gate. */
      readonly defect: string | null;
    };

/** How the gate is found: by its configuration file, or by its socket. */
export interface GateOptions extends CommonOptions {
  /** Path of the admin socket; null finds it by the configuration. */
  readonly socket: string | null;
}

/** Each throws an error with words for people where the gate cannot be reached. */
export interface WatchActions {
  /** Looks at the gate twice, a second apart. */
  readonly status: (options: GateOptions) => Promise<StatusView>;
  /** Looks again and again, until the signal. */
  readonly top: (
    options: GateOptions & { readonly interval_ms: number; readonly signal: AbortSignal },
  ) => AsyncIterable<StatusView | LostView>;
  readonly reload: (options: GateOptions) => Promise<ReloadView>;
}
