import { type DurationBounds, formatDuration, parseDuration } from './duration.ts';
import { accepted, rejected, type UnitResult } from './result.ts';
import { formatSize, MAX_SIZE_BYTES, parseSize } from './size.ts';

/** So much in so long: requests, connections, or bytes for a byte rate. */
export interface Rate {
  /** How much the window holds; a whole number of at least 1. */
  readonly quota: number;
  /** Length of the window, 1 second to 1 day. */
  readonly window_ms: number;
}

const WINDOW = '(s|m|h|d|[1-9][0-9]{0,8}(s|m|h|d))';

/** The form of a rate, for JSON Schema. */
export const RATE_PATTERN = `^[1-9][0-9]{0,8}/${WINDOW}$`;

/** The form of a byte rate, for JSON Schema. */
export const BYTE_RATE_PATTERN = `^[1-9][0-9]{0,8}(B|kB|KiB|MB|MiB|GB|GiB)/${WINDOW}$`;

const RATE = new RegExp(RATE_PATTERN);
const BYTE_RATE = new RegExp(BYTE_RATE_PATTERN);
const RATE_FORM = 'must be a rate such as 20/s, 100/1m or 5000/1h';
const BYTE_RATE_FORM = 'must be a byte rate such as 512KiB/s or 64MiB/1m';

const WINDOW_BOUNDS: DurationBounds = { min_ms: 1000, max_ms: 86_400_000 };
const WINDOW_PROBLEM = 'must have a window between 1s and 1d';

/**
 * Reads a rate: a whole number, a slash, and a window (`20/s` is short for `20/1s`).
 *
 * @returns the quota and its window in milliseconds
 */
export function parseRate(text: string): UnitResult<Rate> {
  if (!RATE.test(text)) return rejected(RATE_FORM);
  return withWindow(Number.parseInt(text, 10), afterSlash(text));
}

/** Reads a byte rate: a size, a slash, and a window. The quota is in bytes, at most 1 TiB. */
export function parseByteRate(text: string): UnitResult<Rate> {
  if (!BYTE_RATE.test(text)) return rejected(BYTE_RATE_FORM);
  const quota = parseSize(text.slice(0, text.indexOf('/')));
  if (!quota.ok) return rejected(`must move at most ${formatSize(MAX_SIZE_BYTES)} in its window`);
  return withWindow(quota.value, afterSlash(text));
}

/** Writes a rate with an explicit window: `100/1m`. */
export function formatRate(rate: Rate): string {
  return `${rate.quota}/${formatDuration(rate.window_ms)}`;
}

/** Writes a byte rate with an explicit window: `64MiB/1s`. */
export function formatByteRate(rate: Rate): string {
  return `${formatSize(rate.quota)}/${formatDuration(rate.window_ms)}`;
}

function afterSlash(text: string): string {
  return text.slice(text.indexOf('/') + 1);
}

function withWindow(quota: number, window: string): UnitResult<Rate> {
  const length = /^[0-9]/.test(window) ? window : `1${window}`;
  const window_ms = parseDuration(length, WINDOW_BOUNDS);
  return window_ms.ok ? accepted({ quota, window_ms: window_ms.value }) : rejected(WINDOW_PROBLEM);
}
