/**
 * How much one party usually gets from one operation, as running statistics of constant size: mean and mean deviation of
 * the binary logarithm, both exponentially weighted.
 */

/** What an answer amounts to. */
export interface Amount {
  /** Items of the largest array. */
  readonly rows: number;
  readonly bytes: number;
}

export interface Series {
  /** Mean of log2(1 + amount). */
  mean: number;
  /** Mean absolute deviation from it. */
  spread: number;
}

export interface History {
  answers: number;
  readonly rows: Series;
  readonly bytes: Series;
}

/** No verdict before so many answers, and none about amounts up to these. */
const LEARNING_ANSWERS = 50;
const QUIET: Amount = { rows: 100, bytes: 65_536 };
/** Unusual is more than four times the usual, and more than six deviations above it. */
const LEAST_BITS = 2;
const DEVIATIONS = 6;
/** Weight of a new answer once the history is full: about the last hundred count. */
const WEIGHT = 0.02;
/** An outlier moves the statistics by at most so many deviations: a few large answers must not become the usual. */
const CLIP = 3;
const LEAST_SPREAD = 0.25;

export const newHistory = (): History => ({
  answers: 0,
  rows: { mean: 0, spread: 0 },
  bytes: { mean: 0, spread: 0 },
});

/** Which of the two is unusual, `rows` first; null where neither is or where it is too early to say. */
export function unusual(history: History, amount: Amount): 'rows' | 'bytes' | null {
  if (history.answers < LEARNING_ANSWERS) return null;
  if (amount.rows > QUIET.rows && isFar(history.rows, amount.rows)) return 'rows';
  return amount.bytes > QUIET.bytes && isFar(history.bytes, amount.bytes) ? 'bytes' : null;
}

function isFar({ mean, spread }: Series, amount: number): boolean {
  return bits(amount) > mean + Math.max(LEAST_BITS, DEVIATIONS * spread);
}

/** Takes an answer into account, whatever was said about it. */
export function learn(history: History, amount: Amount): void {
  history.answers++;
  const weight = Math.max(WEIGHT, 1 / history.answers);
  learnSeries(history.rows, bits(amount.rows), weight);
  learnSeries(history.bytes, bits(amount.bytes), weight);
}

function learnSeries(series: Series, value: number, weight: number): void {
  const reach = CLIP * Math.max(series.spread, LEAST_SPREAD);
  const first = weight === 1;
  const clipped = first ? value : Math.min(Math.max(value, series.mean - reach), series.mean + reach);
  const distance = first ? 0 : clipped - series.mean;
  series.mean += first ? value : weight * distance;
  series.spread += weight * (Math.abs(distance) - series.spread);
}

const bits = (amount: number): number => Math.log2(1 + amount);
