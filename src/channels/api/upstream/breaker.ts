import { Voices } from './voices.ts';

export interface BreakerOptions {
  /** How far back is looked. */
  readonly window_ms: number;
  /** Exchanges in the window before anything is concluded from them. At least 1. */
  readonly volume: number;
  /** It opens when more than this share fails. Above 0; with 1 it never opens. */
  readonly share: number;
  /** How long it stays open before some are let through. */
  readonly for_ms: number;
  /** How many are let through at once, and how many of these must succeed. At least 1. */
  readonly probes: number;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** How an exchange let in was let in. */
export type Entry = 'normal' | 'probe';

/** What an exchange says about the upstream; `nothing` where its caller left, for one. */
export type Finding = 'good' | 'bad' | 'nothing';

export type BreakerChange =
  | { readonly change: 'breaker-opened'; readonly for_ms: number; readonly failed_share: number }
  | { readonly change: 'breaker-closed' };

/**
 * Refuses at once what would most likely fail after a long wait. The share that fails is taken of each party and then
 * of all parties alike: one party whose requests fail, on purpose or not, does not close the upstream to the others.
 * While it is open, a few are let through: of any party when its time is over, before that of parties that have not
 * failed lately. One of a party at a time.
 */
export class Breaker {
  private readonly options: BreakerOptions;
  private readonly now: () => number;
  private readonly onChange: (change: BreakerChange) => void;
  private readonly voices: Voices;
  /** While now is below it, it is open. 0: closed. */
  private open_until_ms = 0;
  /** Parties with a request let through to try. */
  private readonly probing = new Set<string>();
  /** How the last request let through of each party ended, since it opened. */
  private readonly probed = new Map<string, boolean>();
  private successes = 0;

  constructor(options: BreakerOptions, now: () => number, onChange: (change: BreakerChange) => void) {
    this.options = options;
    this.now = now;
    this.onChange = onChange;
    this.voices = new Voices(options.window_ms);
  }

  get state(): BreakerState {
    if (this.open_until_ms === 0) return 'closed';
    return this.now() < this.open_until_ms ? 'open' : 'half-open';
  }

  /** Seconds after which a refused request may be let in; null where one would be let in now. Changes nothing. */
  refusesFor_s(party: string): number | null {
    if (this.open_until_ms === 0 || this.mayProbe(party)) return null;
    return Math.max(1, Math.ceil((this.open_until_ms - this.now()) / 1000));
  }

  /** Lets an exchange in; null refuses it. Each that was let in is to be told of by `ended`. */
  enter(party: string): Entry | null {
    if (this.open_until_ms === 0) return 'normal';
    if (!this.mayProbe(party)) return null;
    this.probing.add(party);
    return 'probe';
  }

  ended(party: string, entry: Entry, finding: Finding): void {
    if (entry === 'probe') this.probing.delete(party);
    if (finding === 'nothing') return;
    const now_ms = this.now();
    this.voices.heard(party, finding === 'bad', now_ms);
    if (this.open_until_ms === 0) {
      if (finding === 'bad') this.judge(now_ms);
    } else if (entry === 'probe') {
      this.judgeProbe(party, finding === 'good', now_ms);
    }
  }

  private mayProbe(party: string): boolean {
    if (this.probing.size >= this.options.probes || this.probing.has(party)) return false;
    const now_ms = this.now();
    return now_ms >= this.open_until_ms || !this.voices.failedLately(party, now_ms);
  }

  private judge(now_ms: number): void {
    const { volume, share, for_ms } = this.options;
    const { all, failed_share } = this.voices.verdict(now_ms);
    if (all < volume || failed_share <= share) return;
    this.open_until_ms = now_ms + for_ms;
    this.successes = 0;
    this.probed.clear();
    this.onChange({ change: 'breaker-opened', for_ms, failed_share });
  }

  private judgeProbe(party: string, good: boolean, now_ms: number): void {
    this.probed.set(this.voices.nameOf(party), good);
    if (good) this.successes++;
    const bad = [...this.probed.values()].filter((one) => !one).length;
    if (bad > this.options.share * this.probed.size) {
      this.successes = 0;
      if (now_ms >= this.open_until_ms) this.open_until_ms = now_ms + this.options.for_ms;
    } else if (this.successes >= this.options.probes) {
      this.open_until_ms = 0;
      this.voices.clear();
      this.onChange({ change: 'breaker-closed' });
    }
  }
}
