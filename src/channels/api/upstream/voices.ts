import { RecentCounts } from '../../../core/resolver/recent-counts.ts';

/** Parties counted apart; those beyond share one voice. */
const MAX_PARTIES = 256;
const OTHERS = '';
const ALL = 0;
const BAD = 1;

/** How the exchanges of each party went lately. */
export class Voices {
  private readonly window_ms: number;
  private readonly parties = new Map<string, RecentCounts>();

  constructor(window_ms: number) {
    this.window_ms = window_ms;
  }

  /** The party, or the one voice of all for whom there is no room. */
  nameOf(party: string): string {
    return this.parties.has(party) ? party : OTHERS;
  }

  heard(party: string, bad: boolean, now_ms: number): void {
    const counts = this.parties.get(party) ?? this.newVoice(party, now_ms);
    counts.add(ALL, now_ms);
    if (bad) counts.add(BAD, now_ms);
  }

  failedLately(party: string, now_ms: number): boolean {
    return (this.parties.get(this.nameOf(party))?.sum(BAD, now_ms) ?? 0) > 0;
  }

  /** All exchanges of the window, and the share that failed: the mean of the shares of each party. */
  verdict(now_ms: number): { readonly all: number; readonly failed_share: number } {
    let all = 0;
    let heard = 0;
    let shares = 0;
    for (const counts of this.parties.values()) {
      const own = counts.sum(ALL, now_ms);
      if (own === 0) continue;
      heard++;
      all += own;
      shares += counts.sum(BAD, now_ms) / own;
    }
    return { all, failed_share: heard === 0 ? 0 : shares / heard };
  }

  clear(): void {
    this.parties.clear();
  }

  private newVoice(party: string, now_ms: number): RecentCounts {
    if (this.parties.size >= MAX_PARTIES) this.forgetSilent(now_ms);
    const name = this.parties.size >= MAX_PARTIES ? OTHERS : party;
    const counts = this.parties.get(name) ?? new RecentCounts(this.window_ms, 2);
    this.parties.set(name, counts);
    return counts;
  }

  private forgetSilent(now_ms: number): void {
    for (const [party, counts] of this.parties) {
      if (counts.sum(ALL, now_ms) === 0) this.parties.delete(party);
    }
  }
}
