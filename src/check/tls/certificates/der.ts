/** Just enough of DER (X.690) to walk a certificate: element by element, never deeper than it is asked, never copying. */

export interface Element {
  readonly tag: number;
  /** What it holds, a view of the bytes it was read from. */
  readonly content: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

/** Thrown for what is no DER. */
export class NotDer extends Error {}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bit_string: 0x03,
  octet_string: 0x04,
  oid: 0x06,
  enumerated: 0x0a,
  generalized_time: 0x18,
  sequence: 0x30,
} as const;

/**
 * The elements that stand one after another in these bytes: tags of one byte, definite lengths below 2^24.
 *
 * @throws NotDer where they do not fill the bytes, or where there are more than `max`
 */
export function elements(bytes: Buffer, max = 64): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (found.length === max) throw new NotDer('too many elements');
    const element = elementAt(bytes, at);
    found.push(element);
    at += element.whole.length;
  }
  return found;
}

/** @throws NotDer where these bytes are not one element of this tag, with nothing behind it */
export function contentOf(bytes: Buffer, tag: number): Buffer {
  const element = elementAt(bytes, 0);
  if (element.tag !== tag || element.whole.length !== bytes.length) throw new NotDer('another element');
  return element.content;
}

function elementAt(bytes: Buffer, at: number): Element {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new NotDer('no element');
  const long = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || long > 3 || at + 2 + long > bytes.length) throw new NotDer('no length');
  const length = long === 0 ? first : bytes.readUIntBE(at + 2, long);
  const start = at + 2 + long;
  const end = start + length;
  if (end > bytes.length) throw new NotDer('cut short');
  return { tag, content: bytes.subarray(start, end), whole: bytes.subarray(at, end) };
}

const MAX_OID_BYTES = 64;

/** An object identifier in dots, by what it holds. @throws NotDer */
export function oidText(content: Buffer): string {
  if (content.length === 0 || content.length > MAX_OID_BYTES || content.at(-1)! >= 0x80) throw new NotDer('no OID');
  const numbers: bigint[] = [];
  let number = 0n;
  for (const byte of content) {
    number = number * 128n + BigInt(byte & 0x7f);
    if (byte >= 0x80) continue;
    numbers.push(number);
    number = 0n;
  }
  const [head = 0n, ...rest] = numbers;
  const top = head < 80n ? head / 40n : 2n;
  return [top, head - top * 40n, ...rest].join('.');
}
