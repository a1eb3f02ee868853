import { ARRAY, FALSE, INTEGER, NODE_SHIFT, NULL, NUMBER, OBJECT, STRING, type Tape, TRUE } from '../json/tape.ts';
import { children } from '../json/value.ts';
import { type Decimal, parseDecimal } from './decimal.ts';

/**
 * A text that is equal for two nodes exactly when JSON Schema calls them equal (2020-12 section 4.2.2):
 * numbers by value, objects without regard to order. Its length is of the order of the node's bytes.
 */
export function canonicalText(tape: Tape, node: number): string {
  switch (tape.kind(node)) {
    case NULL:
      return 'null';
    case TRUE:
      return 'true';
    case FALSE:
      return 'false';
    case STRING:
      return JSON.stringify(tape.stringAt(node));
    case NUMBER:
      return canonicalNumber(tape, node);
    case ARRAY:
      return `[${[...children(tape, node)].map((child) => canonicalText(tape, child)).join()}]`;
    default:
      return canonicalMembers(
        [...children(tape, node)].map((child) => [tape.keyOf(child) as string, canonicalText(tape, child)]),
      );
  }
}

/** The same text for a value of the schema document. */
export function canonicalValue(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return decimalText(parseDecimal(String(value)));
  if (Array.isArray(value)) return `[${value.map(canonicalValue).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return canonicalMembers(Object.entries(value).map(([name, member]) => [name, canonicalValue(member)]));
}

/** Node kinds a value of the schema document can equal, as a bit for each kind. */
export function kindBitOf(value: unknown): number {
  if (value === null) return 1 << NULL;
  if (typeof value === 'boolean') return value ? 1 << TRUE : 1 << FALSE;
  if (typeof value === 'string') return 1 << STRING;
  if (typeof value === 'number' || typeof value === 'bigint') return 1 << NUMBER;
  return Array.isArray(value) ? 1 << ARRAY : 1 << OBJECT;
}

function canonicalNumber(tape: Tape, node: number): string {
  const text = tape.textAt(node);
  const plain = ((tape.cells[node << NODE_SHIFT] as number) & INTEGER) !== 0;
  return plain && text.length < 16 && !text.endsWith('0') ? `${text}e0` : decimalText(parseDecimal(text));
}

function decimalText({ digits, exponent }: Decimal): string {
  return `${digits}e${exponent}`;
}

function canonicalMembers(members: [string, string][]): string {
  members.sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join()}}`;
}
