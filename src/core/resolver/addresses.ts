import {
  type AddressEntry,
  type AddressHealth,
  ALL,
  BAD,
  type EjectionCause,
  type Endpoint,
  healthOf,
  isOut,
  newEntry,
} from './address-entry.ts';
import { Balance } from './balance.ts';
import type { Address } from './literals.ts';
import { isOutlier, type OutlierOptions } from './outliers.ts';

/** When an address is taken out of use, and for how long. */
export interface EjectionOptions {
  /** Consecutive failures that eject. At least 1. */
  readonly failures: number;
  /** The first ejection; each further one doubles. */
  readonly for_ms: number;
  /** No ejection is longer. At least `for_ms`. */
  readonly max_ms: number;
  /** How long the weight of an address grows after it came back, or joined others. 0: not at all. */
  readonly slow_start_ms: number;
  /** Share of the addresses that may be out of use before none is set aside any more for being an outlier. */
  readonly max_share: number;
  /** Null: answers are not compared. */
  readonly outliers: OutlierOptions | null;
}

/** Checks in a row that change what is held of an address. */
export interface CheckThresholds {
  readonly healthy: number;
  readonly unhealthy: number;
}

/** What befell the addresses, for whoever watches them. */
export type AddressChange =
  | {
      readonly change: 'ejected';
      readonly entry: AddressEntry;
      readonly cause: EjectionCause | 'checks';
      /** A code and our own words. */
      readonly reason: string;
      /** Null for checks: until they pass again. */
      readonly for_ms: number | null;
    }
  | { readonly change: 'returned'; readonly entry: AddressEntry }
  /** No address is in use any more: all are used, as if they were. */
  | { readonly change: 'all-out' }
  | { readonly change: 'some-in-use' };

export interface AddressSetOptions {
  readonly ejection: EjectionOptions;
  /** Null where nothing is checked. */
  readonly checks: CheckThresholds | null;
  /** Where the gate stands; null where nobody said. */
  readonly locality: string | null;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Uniform in [0, 1); spreads returns so that several gates do not come back in step. */
  readonly random: () => number;
  readonly onChange: (change: AddressChange) => void;
}

/** The addresses of an upstream: all that work are used, those that fail are passed over for a while. */
export interface AddressSet {
  /** Takes over what an endpoint's name means now: known ones keep their health, missing ones leave. */
  merge(endpoint: Endpoint, addresses: readonly Address[]): void;
  /**
   * The best address in use that is not in `except`; one whose ejection has run out comes first, for one exchange. If
   * none is in use, all are: an upstream that might answer is better than none. Null where nothing is left. Counts
   * as in flight until `succeeded`, `failed` or `released`.
   *
   * @param careful leaves the trial of an address to others, which can be repeated, for as long again as it was out
   */
  pick(except: readonly AddressEntry[], careful: boolean): AddressEntry | null;
  /** @param bad the answer speaks of an error of the server */
  succeeded(entry: AddressEntry, bad: boolean): void;
  /** @param reason a code and our own words */
  failed(entry: AddressEntry, reason: string): void;
  /** Ends an exchange that says nothing about the address, such as one the caller gave up. */
  released(entry: AddressEntry): void;
  /** @param reason why the check failed; null where it passed */
  checked(entry: AddressEntry, reason: string | null): void;
  readonly entries: readonly AddressEntry[];
  readonly size: number;
  health(): AddressHealth[];
}

/** Of one name; those beyond are not used. A name that means more is a mistake, or was made to cost. */
const MAX_ADDRESSES = 256;
/** Doublings beyond this change nothing below any `max_ms`. */
const MAX_BACKOFF_EXPONENT = 30;
/** Where outliers are not looked for, nothing needs counting; the window has to be some time all the same. */
const NO_WINDOW_MS = 10_000;

export function createAddressSet(options: AddressSetOptions): AddressSet {
  return new Addresses(options);
}

class Addresses implements AddressSet {
  entries: readonly AddressEntry[] = [];
  private readonly options: AddressSetOptions;
  private readonly balance: Balance;
  private all_out = false;
  /** Endpoints whose addresses were told before. */
  private readonly known = new Set<Endpoint>();

  constructor(options: AddressSetOptions) {
    this.options = options;
    this.balance = new Balance({ locality: options.locality, slow_start_ms: options.ejection.slow_start_ms });
  }

  get size(): number {
    return this.entries.length;
  }

  merge(endpoint: Endpoint, addresses: readonly Address[]): void {
    const others = this.entries.filter((entry) => entry.endpoint !== endpoint);
    const own = this.entries.filter((entry) => entry.endpoint === endpoint);
    // An address that two names share is one address.
    const taken = new Set(
      others.filter((entry) => entry.endpoint.port === endpoint.port).map(({ address }) => address),
    );
    const next = addresses
      .slice(0, MAX_ADDRESSES)
      .filter(({ address }) => !taken.has(address))
      .map((address) => own.find((entry) => entry.address === address.address) ?? this.join(address, endpoint));
    this.known.add(endpoint);
    for (const entry of own) entry.listed = false;
    for (const entry of next) entry.listed = true;
    this.entries = [...others, ...next];
    this.judgeAll();
  }

  pick(except: readonly AddressEntry[], careful: boolean): AddressEntry | null {
    const now_ms = this.options.now();
    const due = this.dueForTrial(except, careful, now_ms);
    const entry = due ?? this.balance.pick(this.entries, except, this.all_out, now_ms);
    if (entry !== null) entry.in_flight++;
    return entry;
  }

  succeeded(entry: AddressEntry, bad: boolean): void {
    release(entry);
    const now_ms = this.options.now();
    this.count(entry, bad, now_ms);
    if (entry.ejected_until_ms > 0) this.judgeTrial(entry, bad, now_ms);
    else if (bad) this.judgeOutlier(entry, 'answers with errors of the server', now_ms);
    else this.forgive(entry, now_ms);
    entry.consecutive_failures = 0;
  }

  failed(entry: AddressEntry, reason: string): void {
    release(entry);
    const now_ms = this.options.now();
    this.count(entry, true, now_ms);
    entry.consecutive_failures++;
    entry.last_failure = { reason, at_ms: now_ms };
    if (entry.ejected_until_ms > 0) {
      // What was already under way when the address was ejected must not lengthen the ejection.
      if (entry.on_trial) this.eject(entry, 'failures', reason, now_ms);
    } else if (entry.consecutive_failures >= this.options.ejection.failures) {
      this.eject(entry, 'failures', reason, now_ms);
    } else {
      this.judgeOutlier(entry, reason, now_ms);
    }
  }

  released(entry: AddressEntry): void {
    release(entry);
    // The trial proved nothing; the next exchange may be the trial.
    entry.on_trial = false;
  }

  checked(entry: AddressEntry, reason: string | null): void {
    const { checks, now } = this.options;
    if (checks === null || !entry.listed) return;
    if (reason !== null) entry.last_failure = { reason, at_ms: now() };
    const found = reason === null ? 'passing' : 'failing';
    // The first check that passes says all there is to say; the first that fails may be an accident.
    if (entry.check === found || (entry.check === 'unchecked' && found === 'passing')) {
      entry.check = found;
      entry.contrary_checks = 0;
      return;
    }
    entry.contrary_checks++;
    if (entry.contrary_checks < (found === 'passing' ? checks.healthy : checks.unhealthy)) return;
    entry.contrary_checks = 0;
    entry.check = found;
    if (found === 'passing') this.comeBack(entry);
    else this.options.onChange({ change: 'ejected', entry, cause: 'checks', reason: reason ?? '', for_ms: null });
    this.judgeAll();
  }

  health(): AddressHealth[] {
    const now_ms = this.options.now();
    return this.entries.map((entry) => healthOf(entry, now_ms, this.options.ejection.slow_start_ms));
  }

  private join(address: Address, endpoint: Endpoint): AddressEntry {
    const { outliers } = this.options.ejection;
    const entry = newEntry(address, endpoint, outliers?.window_ms ?? NO_WINDOW_MS);
    this.balance.admit(entry);
    // What a name meant from the start is as good as any other.
    if (this.known.has(endpoint)) this.grow(entry);
    return entry;
  }

  private grow(entry: AddressEntry): void {
    entry.growing_since_ms = this.options.ejection.slow_start_ms > 0 ? this.options.now() : null;
  }

  private dueForTrial(except: readonly AddressEntry[], careful: boolean, now_ms: number): AddressEntry | null {
    for (const entry of this.entries) {
      const { ejected_until_ms, on_trial, last_ejection_ms, check } = entry;
      if (ejected_until_ms === 0 || on_trial || check === 'failing') continue;
      if (now_ms < ejected_until_ms + (careful ? last_ejection_ms : 0) || except.includes(entry)) continue;
      entry.on_trial = true;
      return entry;
    }
    return null;
  }

  private count(entry: AddressEntry, bad: boolean, now_ms: number): void {
    if (this.options.ejection.outliers === null) return;
    entry.recent.add(ALL, now_ms);
    if (bad) entry.recent.add(BAD, now_ms);
  }

  private judgeTrial(entry: AddressEntry, bad: boolean, now_ms: number): void {
    // With no address in use there is nothing to wait for: whichever answers is one.
    if (!entry.on_trial && !this.all_out) return;
    if (!bad || entry.ejected_for === 'failures') this.readmit(entry);
    else if (entry.on_trial) this.eject(entry, 'outlier', 'still answers with errors of the server', now_ms);
  }

  private judgeOutlier(entry: AddressEntry, reason: string, now_ms: number): void {
    const { outliers, max_share } = this.options.ejection;
    if (outliers === null || !entry.listed || isOut(entry)) return;
    const out = this.entries.filter(isOut).length;
    const in_use = this.entries.length - out;
    if (in_use < 2 || out + 1 > max_share * this.entries.length) return;
    if (isOutlier(entry, this.entries, outliers, now_ms)) this.eject(entry, 'outlier', reason, now_ms);
  }

  private eject(entry: AddressEntry, cause: EjectionCause, reason: string, now_ms: number): void {
    const { for_ms, max_ms } = this.options.ejection;
    const backoff_ms = Math.min(for_ms * 2 ** Math.min(entry.ejections, MAX_BACKOFF_EXPONENT), max_ms);
    const spread_ms = backoff_ms * (0.9 + 0.2 * this.options.random());
    const was_out = isOut(entry);
    entry.on_trial = false;
    entry.ejections++;
    entry.ejected_for = cause;
    entry.last_ejection_ms = spread_ms;
    entry.ejected_until_ms = now_ms + spread_ms;
    entry.last_failure = { reason, at_ms: now_ms };
    if (!was_out && entry.listed) this.options.onChange({ change: 'ejected', entry, cause, reason, for_ms: spread_ms });
    this.judgeAll();
  }

  private readmit(entry: AddressEntry): void {
    entry.ejected_until_ms = 0;
    entry.on_trial = false;
    this.comeBack(entry);
    this.judgeAll();
  }

  /** Nothing it did before counts any more, but how often it had to go. */
  private comeBack(entry: AddressEntry): void {
    if (isOut(entry)) return;
    entry.consecutive_failures = 0;
    entry.recent.clear();
    entry.returned_at_ms = this.options.now();
    this.balance.admit(entry);
    this.grow(entry);
    if (entry.listed) this.options.onChange({ change: 'returned', entry });
  }

  /** One that comes and goes stays away longer each time; one that stayed for as long as it was away is as good as new. */
  private forgive(entry: AddressEntry, now_ms: number): void {
    if (entry.ejections === 0) return;
    if (now_ms - entry.returned_at_ms >= entry.last_ejection_ms) entry.ejections = 0;
  }

  private judgeAll(): void {
    const all_out = this.entries.length > 0 && this.entries.every(isOut);
    if (all_out === this.all_out) return;
    this.all_out = all_out;
    this.options.onChange({ change: all_out ? 'all-out' : 'some-in-use' });
  }
}

function release(entry: AddressEntry): void {
  if (entry.in_flight > 0) entry.in_flight--;
}
