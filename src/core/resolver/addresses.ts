import type { Address } from './literals.ts';

/** When an address is taken out of use, and for how long. */
export interface EjectionOptions {
  /** Consecutive failures that eject. At least 1. */
  readonly failures: number;
  /** The first ejection; each further one doubles, up to 32 times this. */
  readonly for_ms: number;
}

export interface AddressSetOptions {
  readonly ejection: EjectionOptions;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Uniform in [0, 1); spreads returns so that several gates do not come back in step. */
  readonly random: () => number;
}

export type AddressState = 'healthy' | 'ejected' | 'on-trial';

/** One address of an upstream with what was learnt about it. Changed only by its set. */
export interface AddressEntry extends Address {
  /** Exchanges under way. */
  in_flight: number;
  consecutive_failures: number;
  /** Ejections since it last worked; the exponent of the back-off. */
  ejections: number;
  /** While now is below it, the address is out of use. 0: in use. */
  ejected_until_ms: number;
  /** True while one exchange tries an address whose ejection has run out. */
  on_trial: boolean;
  /** False once the name no longer points here; what is under way may finish. */
  listed: boolean;
}

export interface AddressHealth extends Address {
  readonly state: AddressState;
  readonly in_flight: number;
  readonly consecutive_failures: number;
}

/** The addresses of one name: all that work are used, those that fail are passed over for a while. */
export interface AddressSet {
  /** Takes over a fresh resolution: new ones join healthy, known ones keep their health, missing ones leave. */
  merge(addresses: readonly Address[]): void;
  /**
   * The best address that is not in `except`: healthy or due for trial before ejected, then least in
   * flight, then round robin. If all are ejected, one of them all the same: an upstream that might answer
   * is better than none. Null when nothing is left. Counts as in flight until `succeeded`, `failed` or
   * `released`.
   */
  pick(except: readonly AddressEntry[]): AddressEntry | null;
  succeeded(entry: AddressEntry): void;
  /** @returns true when this failure ejected the address. */
  failed(entry: AddressEntry): boolean;
  /** Ends an exchange that says nothing about the address, such as one the caller gave up. */
  released(entry: AddressEntry): void;
  readonly size: number;
  health(): AddressHealth[];
}

const MAX_BACKOFF_EXPONENT = 5;

export function createAddressSet(options: AddressSetOptions): AddressSet {
  const { ejection, now, random } = options;
  let entries: AddressEntry[] = [];
  let turn = 0;

  function merge(addresses: readonly Address[]): void {
    const known = new Map(entries.map((entry) => [entry.address, entry]));
    const next = addresses.map((address) => known.get(address.address) ?? newEntry(address));
    for (const entry of entries) entry.listed = false;
    for (const entry of next) entry.listed = true;
    entries = next;
  }

  function pick(except: readonly AddressEntry[]): AddressEntry | null {
    const now_ms = now();
    let best: AddressEntry | null = null;
    let best_rank = Number.POSITIVE_INFINITY;
    turn = (turn + 1) % Math.max(entries.length, 1);
    for (let step = 0; step < entries.length; step++) {
      const entry = entries[(turn + step) % entries.length] as AddressEntry;
      if (except.includes(entry)) continue;
      const rank = rankOf(entry, now_ms);
      if (rank < best_rank) {
        best = entry;
        best_rank = rank;
      }
    }
    if (best === null) return null;
    if (best.ejected_until_ms > 0 && now_ms >= best.ejected_until_ms) best.on_trial = true;
    best.in_flight++;
    return best;
  }

  function failed(entry: AddressEntry): boolean {
    release(entry);
    entry.consecutive_failures++;
    const was_out = entry.ejected_until_ms > 0;
    // What was already under way when the address was ejected must not lengthen the ejection.
    if (was_out && !entry.on_trial) return false;
    if (!was_out && entry.consecutive_failures < ejection.failures) return false;
    entry.on_trial = false;
    const backoff = 2 ** Math.min(entry.ejections, MAX_BACKOFF_EXPONENT);
    entry.ejected_until_ms = now() + ejection.for_ms * backoff * (0.9 + 0.2 * random());
    entry.ejections++;
    return true;
  }

  function succeeded(entry: AddressEntry): void {
    release(entry);
    entry.consecutive_failures = 0;
    entry.ejections = 0;
    entry.ejected_until_ms = 0;
    entry.on_trial = false;
  }

  function released(entry: AddressEntry): void {
    release(entry);
    // The trial proved nothing; the next exchange may be the trial.
    entry.on_trial = false;
  }

  return {
    merge,
    pick,
    succeeded,
    failed,
    released,
    get size() {
      return entries.length;
    },
    health: () => entries.map((entry) => healthOf(entry, now())),
  };
}

/** Lower is better. An address that is due for trial is tried at once, by one exchange. */
function rankOf(entry: AddressEntry, now_ms: number): number {
  const OUT = 1e9;
  if (entry.ejected_until_ms === 0) return entry.in_flight;
  if (now_ms >= entry.ejected_until_ms && !entry.on_trial) return -1;
  return OUT + entry.in_flight;
}

function release(entry: AddressEntry): void {
  if (entry.in_flight > 0) entry.in_flight--;
}

function newEntry({ address, family }: Address): AddressEntry {
  return {
    address,
    family,
    in_flight: 0,
    consecutive_failures: 0,
    ejections: 0,
    ejected_until_ms: 0,
    on_trial: false,
    listed: true,
  };
}

function healthOf(entry: AddressEntry, now_ms: number): AddressHealth {
  const { address, family, in_flight, consecutive_failures } = entry;
  const out = entry.ejected_until_ms > 0;
  const state = !out ? 'healthy' : entry.on_trial || now_ms >= entry.ejected_until_ms ? 'on-trial' : 'ejected';
  return { address, family, state, in_flight, consecutive_failures };
}
