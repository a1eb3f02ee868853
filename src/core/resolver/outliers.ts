import { type AddressEntry, ALL, BAD, isOut } from './address-entry.ts';

/** When an address that answers is set aside all the same, for answering worse than the others. */
export interface OutlierOptions {
  /** How far back is looked. */
  readonly window_ms: number;
  /** Exchanges an address, and the others together, must have had for a comparison. At least 1. */
  readonly volume: number;
  /** By how much its share of bad exchanges must exceed that of the others. Above 0, at most 1. */
  readonly margin: number;
}

/** Standard errors between the two shares: chance alone brings about one in a thousand comparisons so far. */
const SIGNIFICANCE = 3;

/**
 * True where the address fails more often than the other addresses in use do, together, by the margin and by more than
 * chance explains (two-proportion z-test). What fails everywhere, such as a request that no address can answer, sets
 * no address aside. There is no standard deviation over the addresses here: with fewer than six of them, none could ever
 * be far enough from the mean.
 */
export function isOutlier(
  entry: AddressEntry,
  entries: readonly AddressEntry[],
  { volume, margin }: OutlierOptions,
  now_ms: number,
): boolean {
  const all = entry.recent.sum(ALL, now_ms);
  if (all < volume) return false;
  let others = 0;
  let others_bad = 0;
  for (const other of entries) {
    if (other === entry || isOut(other)) continue;
    others += other.recent.sum(ALL, now_ms);
    others_bad += other.recent.sum(BAD, now_ms);
  }
  if (others < volume) return false;
  const bad = entry.recent.sum(BAD, now_ms);
  const excess = bad / all - others_bad / others;
  const together = (bad + others_bad) / (all + others);
  const standard_error = Math.sqrt(together * (1 - together) * (1 / all + 1 / others));
  return excess >= margin && excess > SIGNIFICANCE * standard_error;
}
