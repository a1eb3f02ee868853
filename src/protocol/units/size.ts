import { accepted, rejected, type UnitResult } from './result.ts';

/** Bytes of each unit (IEC 80000-13 binary prefixes and SI decimal prefixes), the largest first. */
const UNITS_BYTES = {
  GiB: 1024 ** 3,
  GB: 1000 ** 3,
  MiB: 1024 ** 2,
  MB: 1000 ** 2,
  KiB: 1024,
  kB: 1000,
  B: 1,
} as const;

type SizeUnit = keyof typeof UNITS_BYTES;

/** The form of a size, for JSON Schema. */
export const SIZE_PATTERN = '^[1-9][0-9]{0,8}(B|kB|KiB|MB|MiB|GB|GiB)$';

const SIZE = new RegExp(SIZE_PATTERN);
const FORM = 'must be a size such as 512B, 64KiB, 2MiB or 10MB';

/** No size is larger than this: 1 TiB. */
export const MAX_SIZE_BYTES = 1024 ** 4;

export interface SizeBounds {
  readonly min_bytes: number;
  readonly max_bytes: number;
}

const ANY: SizeBounds = { min_bytes: 1, max_bytes: MAX_SIZE_BYTES };

/**
 * Reads a size: a whole number of at least 1 and one unit. `KiB`, `MiB`, `GiB` count in 1024, `kB`, `MB`, `GB`
 * in 1000. `KB` is refused: it is read both ways.
 *
 * @param bounds inclusive, in bytes; by default 1 byte to 1 TiB
 * @returns bytes
 */
export function parseSize(text: string, bounds: SizeBounds = ANY): UnitResult<number> {
  if (!SIZE.test(text)) return rejected(FORM);
  const unit = text.replace(/^[0-9]+/, '') as SizeUnit;
  const size_bytes = Number.parseInt(text, 10) * UNITS_BYTES[unit];
  if (size_bytes < bounds.min_bytes || size_bytes > bounds.max_bytes) {
    return rejected(`must be between ${formatSize(bounds.min_bytes)} and ${formatSize(bounds.max_bytes)}`);
  }
  return accepted(size_bytes);
}

/** Writes bytes in the unit that gives the smallest whole number: 65536 is `64KiB`, 10000000 is `10MB`. */
export function formatSize(size_bytes: number): string {
  for (const [unit, unit_bytes] of Object.entries(UNITS_BYTES)) {
    if (size_bytes >= unit_bytes && size_bytes % unit_bytes === 0) return `${size_bytes / unit_bytes}${unit}`;
  }
  return `${size_bytes}B`;
}
