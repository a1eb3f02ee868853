import { accepted, rejected, type UnitResult } from './result.ts';

/** The form of a percentage, for JSON Schema: a whole number, 0 to 100. */
export const PERCENT_PATTERN = '^(0|[1-9][0-9]?|100)%$';

const PERCENT = new RegExp(PERCENT_PATTERN);

/**
 * Reads a percentage: a whole number from 0 to 100 and a percent sign.
 *
 * @param min_percent the least that is accepted; by default 0
 * @returns the share, 0 to 1
 */
export function parsePercent(text: string, min_percent = 0): UnitResult<number> {
  if (!PERCENT.test(text)) return rejected('must be a percentage such as 20%, from 0% to 100%');
  const percent = Number.parseInt(text, 10);
  if (percent < min_percent) return rejected(`must be between ${min_percent}% and 100%`);
  return accepted(percent / 100);
}
