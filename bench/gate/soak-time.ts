const UNITS_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Seconds of a text such as `10m`, `90s` or `1h`. @throws Error for the user */
export function readDuration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text) ?? [];
  const seconds = Number(amount) * (UNITS_S[unit ?? ''] ?? Number.NaN);
  if (!(seconds >= 10)) throw new Error('--soak must be a time of at least 10s, such as 10m');
  return seconds;
}
