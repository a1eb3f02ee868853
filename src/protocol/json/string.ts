/**
 * End of the escape sequence that starts with the backslash at `at` (RFC 8259 section 7), or -1. A
 * surrogate pair is one sequence; half of a pair is refused, because it has no UTF-8 form and two parsers
 * would read it two ways.
 */
export function scanEscape(bytes: Uint8Array, at: number): number {
  if (bytes[at + 1] !== 0x75) return isSimpleEscape(bytes[at + 1]) ? at + 2 : -1;
  const unit = hexUnit(bytes, at + 2);
  if (unit < 0 || (unit & 0xfc00) === 0xdc00) return -1;
  if ((unit & 0xfc00) !== 0xd800) return at + 6;
  if (bytes[at + 6] !== 0x5c || bytes[at + 7] !== 0x75) return -1;
  const low = hexUnit(bytes, at + 8);
  return low >= 0 && (low & 0xfc00) === 0xdc00 ? at + 12 : -1;
}

/** One of `" \ / b f n r t`. */
function isSimpleEscape(byte: number | undefined): boolean {
  switch (byte) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return true;
    default:
      return false;
  }
}

/** Four hexadecimal digits as a UTF-16 code unit, or -1. */
function hexUnit(bytes: Uint8Array, at: number): number {
  let unit = 0;
  for (let digit = at; digit < at + 4; digit++) {
    const value = hexDigit(bytes[digit]);
    if (value < 0) return -1;
    unit = (unit << 4) | value;
  }
  return unit;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
