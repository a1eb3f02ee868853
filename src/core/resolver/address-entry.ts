import type { Address } from './literals.ts';
import { RecentCounts } from './recent-counts.ts';

/** Where an upstream is reached: one name, all its addresses. */
export interface Endpoint {
  /** A name or a literal address (IPv6 with or without brackets). */
  readonly host: string;
  readonly port: number;
  /** Of each of its addresses against those of other endpoints. Above 0. */
  readonly weight: number;
  /** Where it stands; null where nobody said. */
  readonly locality: string | null;
}

/**
 * - `serving`: in use with its whole weight
 * - `returning`: in use, its weight still grows
 * - `ejected`: out of use for a while, for failing or for answering worse than the others
 * - `on-trial`: its time is over; the next exchange, or one under way, decides
 * - `failing`: out of use until its checks pass again
 */
export type AddressState = 'serving' | 'returning' | 'ejected' | 'on-trial' | 'failing';

export type CheckState = 'unchecked' | 'passing' | 'failing';

/** Why an address was set aside: it failed several times in a row, or more often than the others. */
export type EjectionCause = 'failures' | 'outlier';

/** One address of an upstream with what was learnt about it. Changed only by its set. */
export interface AddressEntry extends Address {
  readonly endpoint: Endpoint;
  /** Exchanges under way. */
  in_flight: number;
  consecutive_failures: number;
  /** Ejections since it last worked for long enough; the exponent of the back-off. */
  ejections: number;
  /** While now is below it, the address is out of use. 0: in use. */
  ejected_until_ms: number;
  ejected_for: EjectionCause;
  /** How long the last ejection was to last. */
  last_ejection_ms: number;
  /** When the last ejection ended. */
  returned_at_ms: number;
  /** True while one exchange tries an address whose ejection has run out. */
  on_trial: boolean;
  /** Since when its weight grows; null for its whole weight. */
  growing_since_ms: number | null;
  /** False once the name no longer points here; what is under way may finish. */
  listed: boolean;
  check: CheckState;
  /** Checks in a row that did not agree with `check`. */
  contrary_checks: number;
  /** When its turn is, in the virtual time of its pool: advances by 1 / weight with each exchange. */
  turn: number;
  /** Exchanges of the last time, and those of them that were bad. */
  readonly recent: RecentCounts;
  last_failure: { readonly reason: string; readonly at_ms: number } | null;
}

export const ALL = 0;
export const BAD = 1;

export function newEntry({ address, family }: Address, endpoint: Endpoint, window_ms: number): AddressEntry {
  return {
    address,
    family,
    endpoint,
    in_flight: 0,
    consecutive_failures: 0,
    ejections: 0,
    ejected_until_ms: 0,
    ejected_for: 'failures',
    last_ejection_ms: 0,
    returned_at_ms: 0,
    on_trial: false,
    growing_since_ms: null,
    listed: true,
    check: 'unchecked',
    contrary_checks: 0,
    turn: 0,
    recent: new RecentCounts(window_ms, 2),
    last_failure: null,
  };
}

/** Not to be used while another one is in use. */
export function isOut(entry: AddressEntry): boolean {
  return entry.ejected_until_ms > 0 || entry.check === 'failing';
}

/** Less than this would leave an address without any exchange to prove itself by. */
const SMALLEST_PART = 0.1;

/** What the address may take now: its weight, less while it returns. Above 0. */
export function weightNow(entry: AddressEntry, now_ms: number, slow_start_ms: number): number {
  const { growing_since_ms, endpoint } = entry;
  if (growing_since_ms === null) return endpoint.weight;
  const age_ms = now_ms - growing_since_ms;
  if (age_ms >= slow_start_ms) {
    entry.growing_since_ms = null;
    return endpoint.weight;
  }
  return endpoint.weight * Math.max(SMALLEST_PART, age_ms / slow_start_ms);
}

export interface AddressHealth extends Address {
  /** The name it belongs to. */
  readonly host: string;
  readonly port: number;
  readonly locality: string | null;
  readonly state: AddressState;
  /** Now, against those of the other addresses. */
  readonly weight: number;
  readonly in_flight: number;
  readonly consecutive_failures: number;
  /** Milliseconds until it may be tried again; 0 where it is not ejected. */
  readonly ejected_ms: number;
  readonly check: CheckState;
  /** The last failure of an exchange or a check: a code and our own words. */
  readonly last_failure: { readonly reason: string; readonly ago_ms: number } | null;
}

export function healthOf(entry: AddressEntry, now_ms: number, slow_start_ms: number): AddressHealth {
  const { address, family, endpoint, in_flight, consecutive_failures, check, last_failure } = entry;
  const weight = weightNow(entry, now_ms, slow_start_ms);
  return {
    address,
    family,
    host: endpoint.host,
    port: endpoint.port,
    locality: endpoint.locality,
    state: stateOf(entry, now_ms),
    weight,
    in_flight,
    consecutive_failures,
    ejected_ms: Math.max(0, entry.ejected_until_ms - now_ms),
    check,
    last_failure: last_failure && { reason: last_failure.reason, ago_ms: now_ms - last_failure.at_ms },
  };
}

function stateOf(entry: AddressEntry, now_ms: number): AddressState {
  if (entry.check === 'failing') return 'failing';
  if (entry.ejected_until_ms > 0) {
    return entry.on_trial || now_ms >= entry.ejected_until_ms ? 'on-trial' : 'ejected';
  }
  return entry.growing_since_ms === null ? 'serving' : 'returning';
}
