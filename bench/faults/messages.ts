/** What the frame and the process beside the gate say to each other. */

export const PHASES = ['before', 'during', 'after'] as const;
export type Phase = (typeof PHASES)[number];

export interface CompanionStart {
  readonly say: 'start';
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly connections: number;
  /** Between two calls of a connection. */
  readonly pause_ms: number;
  readonly call_ms: number;
}

export type ToCompanion =
  | { readonly say: 'phase'; readonly phase: Phase }
  /** What the fault took away is there again: recovery counts from here. */
  | { readonly say: 'lifted' }
  | { readonly say: 'service'; readonly up: boolean }
  | { readonly say: 'steady' }
  | { readonly say: 'report' };

/** What a partner saw in one phase. */
export interface PhaseFacts {
  readonly calls: number;
  /** Calls without the answer they should get, by status or by the error's name. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of calls that were answered as they should be; 0 where there is none. */
  readonly p50_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

/** An answer whose head arrived. */
export interface Answered {
  readonly exchange_id: string;
  readonly method: string;
  readonly status: number;
}

export interface CompanionReport {
  readonly phases: Readonly<Record<Phase, PhaseFacts>>;
  readonly answered: readonly Answered[];
  /** Longest time in which no call succeeded, from the fault on. */
  readonly longest_gap_ms: number;
  /** From the fault, or from when it was lifted, to the end of the first success after the last failure; 0 without failure. */
  readonly recovery_ms: number;
  /** Exchange ids of the orders that reached the service. */
  readonly executed: readonly string[];
}

export type FromCompanion =
  | { readonly say: 'service'; readonly port: number }
  | { readonly say: 'done' }
  /** Calls that succeeded since the last failure. */
  | { readonly say: 'steady'; readonly in_a_row: number }
  | ({ readonly say: 'report' } & CompanionReport);
