/**
 * Formats of RFC 3339, as 2020-12 validation section 7.3.1 names them. They look at `bytes[start, end)`,
 * because times are in almost every message and decoding them costs more than checking them.
 */

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const MINUTES_PER_DAY = 1440;

/** `full-date` (RFC 3339 section 5.6): a day that exists. */
export function isDate(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 10 || bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return false;
  const century = twoDigits(bytes, start);
  const year = twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  if (century < 0 || year < 0 || day < 1 || day > (DAYS[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year !== 0 || century % 4 === 0));
}

/** `full-time`: with an offset; second 60 only where UTC can have a leap second. */
export function isTime(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < 9 || bytes[start + 2] !== 0x3a || bytes[start + 5] !== 0x3a) return false;
  const hour = twoDigits(bytes, start);
  const minute = twoDigits(bytes, start + 3);
  const second = twoDigits(bytes, start + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  const offset_minutes = offsetAt(bytes, skipFraction(bytes, start + 8, end), end);
  if (Number.isNaN(offset_minutes)) return false;
  return second < 60 || (hour * 60 + minute - offset_minutes + 2 * MINUTES_PER_DAY) % MINUTES_PER_DAY === 1439;
}

/** `date-time`: a date, `T` in either case, a time. */
export function isDateTime(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start > 11 &&
    isLetter(bytes[start + 10], 0x74) &&
    isDate(bytes, start, start + 10) &&
    isTime(bytes, start + 11, end)
  );
}

/** `duration` (RFC 3339 appendix A): units in order without gaps, or weeks alone. */
export function isDuration(text: string): boolean {
  return (
    text !== 'P' &&
    !text.endsWith('T') &&
    /^P(?:\d+W|(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)?(?:T(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)$/.test(
      text,
    )
  );
}

/** The number two digits make, or -1. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 0x30;
  const ones = (bytes[at + 1] as number) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

/** End of a fraction of at least one digit, or `at` when there is none. */
function skipFraction(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== 0x2e) return at;
  let next = at + 1;
  while (next < end && (bytes[next] as number) >= 0x30 && (bytes[next] as number) <= 0x39) next++;
  return next === at + 1 ? at : next;
}

/** `Z` or `+hh:mm` up to the end, as minutes; NaN for anything else. */
function offsetAt(bytes: Uint8Array, at: number, end: number): number {
  if (end - at === 1) return isLetter(bytes[at], 0x7a) ? 0 : Number.NaN;
  const sign = bytes[at] === 0x2b ? 1 : bytes[at] === 0x2d ? -1 : 0;
  if (sign === 0 || end - at !== 6 || bytes[at + 3] !== 0x3a) return Number.NaN;
  const hour = twoDigits(bytes, at + 1);
  const minute = twoDigits(bytes, at + 4);
  return hour < 0 || hour > 23 || minute < 0 || minute > 59 ? Number.NaN : sign * (hour * 60 + minute);
}

/** @param lower the letter's lower-case code */
function isLetter(byte: number | undefined, lower: number): boolean {
  return byte !== undefined && (byte | 0x20) === lower;
}
