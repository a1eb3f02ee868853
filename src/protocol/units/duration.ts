import { accepted, rejected, type UnitResult } from './result.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Milliseconds of each unit, the largest first. */
const UNITS_MS = { d: DAY_MS, h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS, ms: 1 } as const;

type DurationUnit = keyof typeof UNITS_MS;

/** The form of a duration, for JSON Schema. At most nine digits, so that every value stays a safe integer. */
export const DURATION_PATTERN = '^[1-9][0-9]{0,8}(ms|s|m|h|d)$';

const DURATION = new RegExp(DURATION_PATTERN);
const FORM = 'must be a duration such as 250ms, 10s, 5m, 2h or 30d';

/** No duration is longer than this: ten years of 365 days. */
export const MAX_DURATION_MS = 3650 * DAY_MS;

export interface DurationBounds {
  readonly min_ms: number;
  readonly max_ms: number;
}

const ANY: DurationBounds = { min_ms: 1, max_ms: MAX_DURATION_MS };

/**
 * Reads a duration: a whole number of at least 1 and one unit (`ms`, `s`, `m`, `h`, `d`), nothing else.
 *
 * A bare number is refused, because a reader cannot tell seconds from milliseconds.
 *
 * @param text what the user wrote
 * @param bounds inclusive, in milliseconds; by default 1 ms to ten years
 * @returns milliseconds
 */
export function parseDuration(text: string, bounds: DurationBounds = ANY): UnitResult<number> {
  if (!DURATION.test(text)) return rejected(FORM);
  const unit = text.replace(/^[0-9]+/, '') as DurationUnit;
  const duration_ms = Number.parseInt(text, 10) * UNITS_MS[unit];
  if (duration_ms < bounds.min_ms || duration_ms > bounds.max_ms) {
    return rejected(`must be between ${formatDuration(bounds.min_ms)} and ${formatDuration(bounds.max_ms)}`);
  }
  return accepted(duration_ms);
}

/** Writes milliseconds in the largest unit that divides them: 90000 is `90s`, 120000 is `2m`. */
export function formatDuration(duration_ms: number): string {
  for (const [unit, unit_ms] of Object.entries(UNITS_MS)) {
    if (duration_ms >= unit_ms && duration_ms % unit_ms === 0) return `${duration_ms / unit_ms}${unit}`;
  }
  return `${duration_ms}ms`;
}
