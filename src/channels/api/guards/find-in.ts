import type { InspectedText } from './rule.ts';
import type { Find, Scanner } from './scanner.ts';

/** How a side of an operation reads its texts. */
export interface Reading {
  readonly scanner: Scanner;
  /** Requests: what is percent-encoded inside a value is read a second time, decoded. */
  readonly decode: boolean;
}

/** What the rules find in a text, and in what it decodes to where it holds percent-encoded bytes. */
export function findsIn(reading: Reading, text: InspectedText): Find[] {
  const finds = reading.scanner.scan(text);
  if (!reading.decode) return finds;
  const decoded = percentDecoded(text);
  return decoded ? [...finds, ...reading.scanner.scan({ bytes: decoded, start: 0, end: decoded.length })] : finds;
}

const ENCODED = /%[0-9A-Fa-f]{2}/;

/** Once, as whoever reads a value twice would; what is no encoding stays. Null where nothing is encoded. */
function percentDecoded({ bytes, start, end }: InspectedText): Buffer | null {
  const text = bytes.toString('latin1', start, end);
  if (!ENCODED.test(text)) return null;
  const decoded = text.replaceAll(/%([0-9A-Fa-f]{2})/g, (_whole, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(decoded, 'latin1');
}
