/** The elements of a certificate as a checker walks them: what is no DER is thrown, for each field is caught by itself. */
import { type DerElement, readElements } from '../../../protocol/der/elements.ts';

export { TAG } from '../../../protocol/der/elements.ts';

export type Element = DerElement<Buffer>;

/** Thrown for what is no DER. */
export class NotDer extends Error {}

/**
 * The elements that stand one after another in these bytes, never deeper.
 *
 * @throws NotDer where they do not fill the bytes, or where there are more than `max`
 */
export function elements(bytes: Buffer, max = 64): readonly Element[] {
  const found = readElements(bytes, max);
  if (found === null) throw new NotDer('no elements');
  return found;
}

/** @throws NotDer where these bytes are not one element of this tag, with nothing behind it */
export function contentOf(bytes: Buffer, tag: number): Buffer {
  const [element] = elements(bytes, 1);
  if (element?.tag !== tag) throw new NotDer('another element');
  return element.content;
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
