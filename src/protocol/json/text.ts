/**
 * Unescapes `bytes[start, end)`, the inside of a JSON string that the parser has already accepted
 * (RFC 8259 section 7).
 *
 * @param wide whether it may hold escapes or bytes above 0x7f
 */
export function decodeString(bytes: Buffer, start: number, end: number, escaped: boolean, wide = true): string {
  if (escaped) return JSON.parse(bytes.toString('utf8', start - 1, end + 1)) as string;
  return bytes.toString(wide ? 'utf8' : 'latin1', start, end);
}

/** Length of a string in Unicode code points, which is what JSON Schema counts. */
export function codePointLength(text: string): number {
  let length = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    if ((text.charCodeAt(at) & 0xfc00) !== 0xd800 || (text.charCodeAt(at + 1) & 0xfc00) !== 0xdc00) continue;
    length--;
    at++;
  }
  return length;
}

/** Code points in valid UTF-8 without escapes: every byte that does not continue a sequence. */
export function codePointsInUtf8(bytes: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let at = start; at < end; at++) if (((bytes[at] as number) & 0xc0) !== 0x80) length++;
  return length;
}
