/** Characters of a UUID. */
const LENGTH = 36;
/** 1 at the code of each hexadecimal digit. */
const HEX = Uint8Array.from({ length: 256 }, (_, code) => (/[0-9a-f]/i.test(String.fromCharCode(code)) ? 1 : 0));

/** Whether `bytes[start, end)` is a UUID in either case (RFC 9562 section 4). */
export function isUuid(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== LENGTH) return false;
  let digits = 0;
  for (let at = start; at < end; at++) digits += HEX[bytes[at] as number] as number;
  return (
    digits === 32 &&
    isDash(bytes, start + 8) &&
    isDash(bytes, start + 13) &&
    isDash(bytes, start + 18) &&
    isDash(bytes, start + 23)
  );
}

function isDash(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x2d;
}
