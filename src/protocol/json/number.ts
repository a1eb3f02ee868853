/**
 * End of the number that starts at `at` (RFC 8259 section 6), or -1 when there is none. The caller looks
 * at what follows.
 */
export function scanNumber(bytes: Uint8Array, at: number): number {
  let next = scanInteger(bytes, at);
  if (next < 0) return -1;
  if (bytes[next] === 0x2e) {
    next = scanDigits(bytes, next + 1);
    if (next < 0) return -1;
  }
  const byte = bytes[next];
  if (byte !== 0x65 && byte !== 0x45) return next;
  const sign = bytes[next + 1];
  return scanDigits(bytes, sign === 0x2b || sign === 0x2d ? next + 2 : next + 1);
}

/** End of the integer part, or -1: an optional minus, then `0` or digits that do not start with 0. */
export function scanInteger(bytes: Uint8Array, at: number): number {
  const first = bytes[at] === 0x2d ? at + 1 : at;
  return bytes[first] === 0x30 ? first + 1 : scanDigits(bytes, first);
}

function scanDigits(bytes: Uint8Array, at: number): number {
  let next = at;
  let byte = bytes[next] as number;
  while (byte >= 0x30 && byte <= 0x39) byte = bytes[++next] as number;
  return next === at ? -1 : next;
}
