/** Quantities for people: three figures and a unit. */

const DAY_S = 86_400;
const HOUR_S = 3600;
const MINUTE_S = 60;

/** `3 d 4 h`, `4 h 5 min`, `5 min`, `12 s`. */
export function shownDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < MINUTE_S) return `${seconds} s`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min`;
  if (seconds < DAY_S) return two(seconds, HOUR_S, 'h', MINUTE_S, 'min');
  return two(seconds, DAY_S, 'd', HOUR_S, 'h');
}

function two(seconds: number, large: number, large_unit: string, small: number, small_unit: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${large_unit}${rest > 0 ? ` ${rest} ${small_unit}` : ''}`;
}

const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function shownBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < SIZES.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? Math.round(value) : figures(value)} ${SIZES[unit]}`;
}

/** A rate a second, `0/s` where nothing happened. */
export function shownRate(per_s: number): string {
  return `${per_s === 0 ? '0' : figures(per_s)}/s`;
}

export function shownMilliseconds(milliseconds: number | null): string {
  return milliseconds === null ? '-' : `${figures(milliseconds)} ms`;
}

export function shownShare(share: number | undefined): string {
  return share === undefined ? '-' : `${figures(share * 100)} %`;
}

function figures(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
